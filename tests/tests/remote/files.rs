//! Files of nodes on hosts.

use cluster_runtime::place::Remote;
use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Node, Ready, Result, start};
use cluster_tests::{script, sleeper, until};

use super::by_each_way;

by_each_way!(
    a_file_is_written_read_and_removed,
    a_restart_keeps_files_unless_it_wipes_them,
    a_unix_socket_is_reached,
    what_is_no_file_is_refused,
);

async fn a_file_is_written_read_and_removed(hosts: Remote) -> Result {
    let kind = sleeper().config(async |node: ProcessContext| {
        // With what a shell, an option or a pattern could take for something else.
        for file in ["-n", "a b/$(c)/'d", "e*"] {
            assert!(!node.exists(file).await, "{file}");
            node.write(file, "one\n\"two\" $HOME '\\n'").await?;
            assert_eq!(node.read(file).await?, "one\n\"two\" $HOME '\\n'");
            node.write(file, "three").await?;
            assert_eq!(node.read(file).await?, "three", "it is replaced");
            node.remove(file).await?;
            assert!(!node.exists(file).await, "{file}");
            node.remove(file).await?;
        }
        Ok::<_, Error>(())
    });
    let node = Node::new(&kind, "n");
    start(&node).on(hosts).public(true).await?.stop().await
}

async fn a_restart_keeps_files_unless_it_wipes_them(hosts: Remote) -> Result {
    let kind = script("echo $(($(cat runs 2>/dev/null) + 1)) >runs; exec sleep 1000");
    let node = Node::new(&kind, "n");
    let net = start(&node).on(hosts).public(true).await?;
    let runs = || std::fs::read_to_string(node.dir().expect("it has one").join("runs")).unwrap_or_default();
    until("it is written", || runs() == "1\n").await;
    node.kill().await?;
    node.restart().await?;
    until("the file is kept", || runs() == "2\n").await;
    node.restart().wiped().await?;
    until("the file is new", || runs() == "1\n").await;
    net.stop().await
}

async fn a_unix_socket_is_reached(hosts: Remote) -> Result {
    let daemon = env!("CARGO_BIN_EXE_daemon");
    let kind = cluster_runtime::Process::new(daemon, |node, command| {
        command.arg("unix").arg(node.path("admin.sock"));
    });
    let node = Node::new(&kind.ready(Ready::unix_socket("admin.sock")), "n");
    start(&node).on(hosts).public(true).await?.stop().await
}

async fn what_is_no_file_is_refused(hosts: Remote) -> Result {
    let kind = sleeper().config(async |node: ProcessContext| {
        node.command_of("mkfifo").arg("pipe").run().await?;
        let read = node.read("pipe").await.expect_err("nobody writes");
        let written = node.write("pipe", "text").await.expect_err("nobody reads");
        let missing = node.read("missing").await.expect_err("it is missing");
        Err::<(), _>(Error::other(format!("{read}; {written}; {missing}")))
    });
    let node = Node::new(&kind, "n");
    let error = start(&node).on(hosts).public(true).await.expect_err("it is told to").to_string();
    assert_eq!(error.matches("it is not a regular file").count(), 2, "{error}");
    assert!(error.contains("missing cannot be read: host `h1`: "), "{error}");
    Ok(())
}
