//! rstest: a network as a fixture, and one test for several networks.

use cluster_runtime::start::Start;
use cluster_runtime::{Result, cluster};
use rstest::{fixture, rstest};
use suites_example::Star;

/// It is started by the test, with the options that the test wants.
#[fixture]
fn star() -> Start<Star> {
    Star::create().start()
}

#[rstest]
#[tokio::test]
async fn a_fixture_is_started_in_the_test(star: Start<Star>) -> Result {
    let net = star.wait_connections(true).await?;
    assert_eq!(net.hub.connections().await?.len(), 5);
    net.stop().await
}

#[rstest]
fn a_message_goes_round_rings_of_any_size(#[values(3, 4, 9)] size: usize) -> Result {
    let net = cluster! { ring[dyn size]: ring }.start().wait_connections(true).blocking()?;
    net.ring[0].publish("hello").blocking()?;
    let farthest = size / 2;
    let hops = net.ring[farthest].wait_for("message", |value| value["hops"].as_u64()).blocking()?;
    assert!(hops >= farthest as u64, "it came over {hops} links");
    net.stop().blocking()
}
