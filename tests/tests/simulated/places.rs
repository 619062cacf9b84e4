//! What runs in simulated time, and what does not.

use cluster_runtime::{Error, NodeContext, Result, Service, cluster};
use cluster_tests::alone;

async fn idle(node: NodeContext) -> Result {
    node.ready();
    node.stopped().await;
    Ok(())
}

fn refusal<C>(started: Result<C>) -> String {
    match started {
        Err(error @ Error::Refused { .. }) => error.to_string(),
        Err(error) => panic!("expected a refusal, found {error:?}"),
        Ok(_) => panic!("it was started"),
    }
}

#[tokio::test]
async fn a_service_that_may_have_its_own_sockets_is_refused() {
    let net = cluster! { web = Service::new(idle); a };
    let why = refusal(net.start().simulated(1).await);
    assert!(why.contains("`web`") && why.contains("`.gated()`"), "{why}");
}

#[tokio::test]
async fn a_node_whose_address_was_asked_for_is_refused() {
    let net = cluster! { a; b: connect(a) };
    let addr = net.a.addr();
    let why = refusal(net.start().simulated(1).await);
    assert!(why.contains("`a`") && why.contains("in simulated time"), "{addr}: {why}");
}

/// What a process prints that has this variable and runs one of these tests.
fn with_variable(value: &str, test: &str) -> (bool, String) {
    let run = alone(test).arg("--nocapture").env("CLUSTER_SIMULATED", value).output().expect("a test can be run");
    (run.status.success(), String::from_utf8_lossy(&run.stderr).into_owned())
}

#[tokio::test]
#[ignore = "another test runs it in a process of its own"]
async fn all_that_can_be() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.sleep(std::time::Duration::from_secs(100_000)).await?;
    net.stop().await
}

#[tokio::test]
#[ignore = "another test runs it in a process of its own"]
async fn some_that_cannot_be() -> Result {
    let net = cluster! { web = Service::new(idle) }.start().await?;
    net.stop().await
}

#[test]
fn the_environment_simulates_what_can_be() {
    let (is_ok, said) = with_variable("5", "places::all_that_can_be");
    assert!(is_ok && !said.contains("CLUSTER_SIMULATED"), "{said}");
}

#[test]
fn the_environment_leaves_the_rest_where_it_was() {
    let (is_ok, said) = with_variable("5", "places::some_that_cannot_be");
    assert!(is_ok && said.contains("CLUSTER_SIMULATED: this cluster is not simulated: node `web`"), "{said}");
}

#[test]
fn a_variable_that_is_no_seed_is_refused() {
    let (is_ok, said) = with_variable("fast", "places::all_that_can_be");
    assert!(!is_ok && said.contains("`fast`"), "{said}");
}
