//! A step that all nodes take together once they are ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Process, Ready, Result, cluster};

use super::{remove_files, script};

/// Counts its steps, each with the names of the nodes.
fn counting(steps: &Arc<AtomicUsize>) -> Process {
    let steps = steps.clone();
    script("touch up; exec sleep 1000").ready(Ready::file("up")).once(move |nodes: Vec<ProcessContext>| {
        let steps = steps.clone();
        async move {
            for node in &nodes {
                assert!(node.exists("up").await, "{} is not ready", node.name());
                node.write("names", nodes.iter().map(|node| node.name()).collect::<Vec<_>>().join(" ")).await?;
            }
            steps.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Error>(())
        }
    })
}

#[tokio::test]
async fn it_is_taken_once_in_a_start_when_all_are_ready() -> Result {
    let steps = Arc::new(AtomicUsize::new(0));
    let net = cluster! { use counting(&steps); a; k[2] }.start().await?;
    assert_eq!(steps.load(Ordering::Relaxed), 1);
    assert_eq!(std::fs::read_to_string(net.k[1].dir()?.join("names"))?, "a k.1 k.2");
    net.a.restart().await?;
    assert_eq!(steps.load(Ordering::Relaxed), 1, "a restart is no start");
    net.stop().await
}

#[tokio::test]
async fn its_error_fails_the_start() -> Result {
    let failing = script("exec sleep 1000").once(async |_: Vec<ProcessContext>| Err::<(), _>("no quorum"));
    let net = cluster! { use failing; k[2] };
    let nodes = net.k.clone();
    let error = net.start().await.map(drop).expect_err("it fails").to_string();
    assert!(error.contains("no quorum"), "{error}");
    nodes.iter().filter(|node| node.dir().is_ok_and(|dir| dir.exists())).for_each(remove_files);
    Ok(())
}

#[tokio::test]
async fn one_that_does_not_end_is_named_by_the_timeout() -> Result {
    let endless = script("exec sleep 1000").once(async |_: Vec<ProcessContext>| {
        std::future::pending::<()>().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { use endless; k[2] };
    let nodes = net.k.clone();
    let error = net.start().timeout(Duration::from_millis(300)).await.map(drop).expect_err("it never ends");
    let report = cluster_tests::report(&error);
    assert!(report.contains("the step that its kind takes once, when all nodes are ready, does not end"), "{report}");
    nodes.iter().for_each(remove_files);
    Ok(())
}
