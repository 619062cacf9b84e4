//! Nodes that start after others.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Peer, Process, Ready, Result, cluster};
use cluster_tests::{remove_files, script};

/// Is ready a moment after it runs; `up` is the file that it makes then.
fn slow(up: &Arc<OnceLock<String>>) -> Process {
    let up = up.clone();
    script("sleep 0.2; touch up; exec sleep 1000").ready(Ready::file("up")).config(move |node: ProcessContext| {
        let known = up.set(node.path("up"));
        async move { known.map_err(|_| Error::other("it is configured once")) }
    })
}

#[tokio::test]
async fn a_node_is_configured_when_those_that_it_dials_are_ready() -> Result {
    let up = Arc::new(OnceLock::<String>::new());
    let file = up.clone();
    let late = script("exec sleep 1000").after(Peer::dial).config(move |_: ProcessContext| {
        let is_up = file.get().is_some_and(|file| std::path::Path::new(file).exists());
        async move { if is_up { Ok(()) } else { Err(Error::other("it came first")) } }
    });
    let net = cluster! { first = slow(&up); late = late: connect(first) }.start().await?;
    net.stop().await
}

#[tokio::test]
async fn a_timeout_names_the_node_that_is_waited_for() {
    let never = script("exec sleep 1000").ready(Ready::file("up"));
    let net = cluster! { first = never; late = script("exec sleep 1000").after(Peer::dial): connect(first) };
    let nodes = [net.first.clone(), net.late.clone()];
    let error = net.start().timeout(Duration::from_millis(300)).await.map(drop).expect_err("it is never ready");
    let report = cluster_tests::report(&error);
    assert!(report.contains("it starts after `first`, which is not ready"), "{report}");
    nodes.iter().filter(|node| node.dir().is_ok_and(|dir| dir.exists())).for_each(remove_files);
}
