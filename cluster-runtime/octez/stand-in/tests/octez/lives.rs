//! Tezt's long test: a ring in which nodes die and come back for as long as it lasts.

use std::time::{Duration, Instant};

use cluster_runtime::{Result, create, ring, start};

use crate::octez;

const SHORT: Duration = Duration::from_secs(5);
const LONG: Duration = Duration::from_secs(60);

/// A ring of five, in which every second node dies and another comes back, every quarter of a second.
async fn a_ring_of_five_lives_for(duration: Duration) -> Result {
    let nodes = create(&octez(), "r", 5);
    ring(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    let identities: Vec<_> = nodes.iter().map(|node| node.identity()).collect();
    let (began, mut rounds) = (Instant::now(), 0);
    net.kill(&nodes[0]).await?;
    while began.elapsed() < duration {
        let (dead, next) = (&nodes[rounds * 2 % 5], &nodes[(rounds + 1) * 2 % 5]);
        next.kill().await?;
        dead.restart().await?;
        net.wait_until(|observed| observed.links().len() == 3 && observed.degree(next.name()) == Some(0)).await?;
        rounds += 1;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    nodes[rounds * 2 % 5].restart().wait_connections(true).await?;
    net.wait_connections().await?;
    assert_eq!(net.observed().await?, net.topology(), "after {rounds} rounds");
    let last: Vec<_> = nodes.iter().map(|node| node.identity()).collect();
    assert_eq!(last, identities, "a node keeps its directory");
    net.stop().await
}

#[tokio::test]
async fn a_ring_of_five_lives() -> Result {
    a_ring_of_five_lives_for(SHORT).await
}

#[tokio::test]
#[ignore = "takes a minute"]
async fn a_ring_of_five_lives_long() -> Result {
    a_ring_of_five_lives_for(LONG).await
}
