//! What a place cannot do is refused before anything of it is made.

use std::time::Duration;

use cluster_runtime::place::Namespaces;
use cluster_runtime::{Result, cluster};
use cluster_tests::{remove_files, sleeper};

use super::At;

#[tokio::test]
async fn nodes_of_the_process_are_refused_in_namespaces() {
    let error = cluster! { a; b: connect(a) }.start().on(Namespaces::new()).await.expect_err("they are in the process");
    let error = error.to_string();
    let expected = "nodes `a` and `b` are in the test's process, and cannot run in network namespaces";
    assert!(error.contains(expected), "{error}");
}

#[tokio::test]
async fn delays_are_refused_in_namespaces() -> Result {
    let declared = cluster! { use sleeper(); a; b: connect(a, latency = 5ms) };
    let error = declared.start().public(true).on(Namespaces::new()).await.expect_err("it cannot delay").to_string();
    let expected = "delaying what `a` and `b` send each other cannot be done in network namespaces";
    assert!(error.contains(expected), "{error}");
    if !At::Namespaces.is_had().await {
        return Ok(());
    }
    let net = cluster! { use sleeper(); a; b: connect(a) }.start().public(true).on(Namespaces::new()).await?;
    let error = net.condition(&net.a, &net.b).latency(Duration::from_millis(5)).await.expect_err("it cannot delay");
    let error = error.to_string();
    assert!(error.contains("delaying what nodes send cannot be done in network namespaces"), "{error}");
    net.stop().await?;
    [&net.a, &net.b].into_iter().for_each(remove_files);
    Ok(())
}

#[tokio::test]
async fn links_to_another_cluster_are_refused_in_namespaces() {
    let (inside, outside) = (cluster! { a = sleeper() }, cluster! { b = sleeper() });
    cluster_runtime::connect(&inside.a, &outside.b);
    let error = inside.start().public(true).on(Namespaces::new()).await.expect_err("it has no way there").to_string();
    assert!(error.contains("node `a` is linked to `b`, which is not of its cluster"), "{error}");
}

#[tokio::test]
async fn a_node_that_has_an_address_on_this_machine_stays_there() {
    let net = cluster! { a = sleeper() };
    assert!(net.a.addr().ip().is_loopback());
    let error = net.start().public(true).on(Namespaces::new()).await.expect_err("its address is on loopback");
    let error = error.to_string();
    assert!(error.contains("node `a` is to run in network namespaces"), "{error}");
}
