//! Files in a node's directory.

use std::time::Duration;

use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Node, Result, start};
use cluster_tests::{remove_files, sleeper};

#[tokio::test]
async fn a_named_pipe_is_refused_where_a_file_is_expected() -> Result {
    let kind = sleeper().config(async |node: ProcessContext| {
        node.command_of("mkfifo").arg("pipe").run().await?;
        let read = node.read("pipe").await.expect_err("nobody writes");
        let written = node.write("pipe", "text").await.expect_err("nobody reads");
        Err::<(), _>(Error::other(format!("{read}; {written}")))
    });
    let node = Node::new(&kind, "n");
    let error = start(&node).timeout(Duration::from_secs(10)).await.expect_err("it is told to").to_string();
    assert_eq!(error.matches("it is not a regular file").count(), 2, "{error}");
    remove_files(&node);
    Ok(())
}
