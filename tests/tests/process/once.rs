//! A step that all nodes take together once they are ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Identity, Node, Process, Ready, Result, cluster, start};
use cluster_tests::{remove_files, script};

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
async fn that_of_the_start_comes_after_those_of_kinds_and_once() -> Result {
    let steps = Arc::new(AtomicUsize::new(0));
    let (before, seen) = (steps.clone(), steps.clone());
    let net = cluster! { use counting(&steps); a; k[2] }
        .start()
        .once(async move |nodes| {
            let names: Vec<_> = nodes.iter().map(|node| node.name().to_owned()).collect();
            assert_eq!(names, ["a", "k.1", "k.2"]);
            assert_eq!(before.fetch_add(1, Ordering::Relaxed), 1, "the step of the kind comes first");
            Ok::<_, Error>(())
        })
        .once(async move |_| {
            assert_eq!(seen.fetch_add(1, Ordering::Relaxed), 2, "they come in their order");
            Ok::<_, Error>(())
        })
        .await?;
    assert_eq!(steps.load(Ordering::Relaxed), 3);
    net.a.restart().await?;
    assert_eq!(steps.load(Ordering::Relaxed), 3, "a restart is no start");
    net.stop().await
}

#[tokio::test]
async fn that_of_the_start_comes_before_it_waits_for_connections() -> Result {
    let joined = Arc::new(std::sync::Mutex::new(Vec::new()));
    let known = joined.clone();
    // Its nodes are connected to nobody before the step has told them.
    let kind = script("exec sleep 1000").connections(move |node: ProcessContext| {
        let known = known.clone();
        async move {
            let joined = known.lock().expect("nobody panics").clone();
            Ok::<_, Error>(joined.into_iter().filter(|id: &Identity| id.as_str() != node.name()).collect())
        }
    });
    let net = cluster! { use kind; k[2]: clique }
        .start()
        .wait_connections(true)
        .once(async move |nodes| {
            *joined.lock().expect("nobody panics") = nodes.iter().map(|node| Identity::new(node.name())).collect();
            Ok::<_, Error>(())
        })
        .await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn the_error_of_that_of_the_start_fails_it() -> Result {
    let net = cluster! { use script("exec sleep 1000"); k[2] };
    let nodes = net.k.clone();
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    let error = net.start().once(async |_| Err(full)).await.map(drop).expect_err("it fails");
    let expected = "the step that the start takes once, when all nodes are ready, failed: no storage space";
    assert_eq!(error.to_string(), expected, "it is told as a failure of something else");
    let Error::Step { source, .. } = error else { panic!("{error:?}") };
    assert!(source.is::<std::io::Error>(), "whoever takes it gets their own error");
    assert!(nodes.iter().all(|node| node.process_id().is_none()), "they are stopped");
    nodes.iter().filter(|node| node.dir().is_ok_and(|dir| dir.exists())).for_each(remove_files);
    Ok(())
}

#[tokio::test]
async fn that_of_a_start_without_nodes_is_taken_too() -> Result {
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = taken.clone();
    let none: [Node<Process>; 0] = [];
    let net = start(none)
        .once(async move |nodes| {
            counted.fetch_add(1 + nodes.len(), Ordering::Relaxed);
            Ok::<_, Error>(())
        })
        .await?;
    assert_eq!(taken.load(Ordering::Relaxed), 1);
    net.stop().await
}

#[tokio::test]
async fn its_error_fails_the_start() -> Result {
    let failing = script("exec sleep 1000").once(async |_: Vec<ProcessContext>| Err::<(), _>("no quorum"));
    let net = cluster! { use failing; k[2] };
    let nodes = net.k.clone();
    let error = net.start().await.map(drop).expect_err("it fails");
    let expected = "the step that the kind of `k.1`, `k.2` takes once, when all nodes are ready, failed: no quorum";
    assert_eq!(error.to_string(), expected, "it is told as a failure of something else");
    assert_eq!(cluster_tests::report(&error), format!("{expected}\nthe nodes of the start were stopped"));
    nodes.iter().filter(|node| node.dir().is_ok_and(|dir| dir.exists())).for_each(remove_files);
    Ok(())
}

#[tokio::test]
async fn its_panic_is_told_as_its_own() -> Result {
    let net = cluster! { use script("exec sleep 1000"); k[2] };
    let nodes = net.k.clone();
    let panicking = async |nodes: Vec<cluster_runtime::AnyNode>| match nodes.len() {
        2 => panic!("a second node was not expected"),
        _ => Ok::<_, Error>(()),
    };
    let error = net.start().once(panicking).await.map(drop).expect_err("it panics").to_string();
    let expected = "the step that the start takes once, when all nodes are ready, failed: it panicked: a second node was not expected";
    assert_eq!(error, expected);
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

#[tokio::test]
async fn that_of_a_start_is_named_by_the_timeout_if_it_does_not_end() {
    let net = cluster! { use script("exec sleep 1000"); k[2] };
    let nodes = net.k.clone();
    let endless = async |_| {
        std::future::pending::<()>().await;
        Ok::<_, Error>(())
    };
    let error =
        net.start().once(endless).timeout(Duration::from_millis(300)).await.map(drop).expect_err("it is endless");
    let report = cluster_tests::report(&error);
    assert!(report.contains("the step that the start takes once, when all nodes are ready, does not end"), "{report}");
    nodes.iter().for_each(remove_files);
}
