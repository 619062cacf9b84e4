//! Large networks.

use std::time::{Duration, Instant};

use cluster_runtime::{Loopback, NodeContext, Result, Service, cluster};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Sends a byte a second over each of its links, and reads those of the others.
async fn heart(node: NodeContext) -> Result {
    let listener = node.listen()?;
    for peer in node.peers() {
        if peer.dial() {
            let node = node.clone();
            node.clone().spawn(async move {
                if let Ok(stream) = node.connect(&peer).await {
                    beat(&node, stream).await;
                }
            });
        }
    }
    node.ready();
    loop {
        tokio::select! {
            biased;
            () = node.stopped() => return Ok(()),
            accepted = listener.accept() => {
                let (stream, _from) = accepted?;
                let beating = node.clone();
                node.spawn(async move { beat(&beating, stream).await });
            }
        }
    }
}

async fn beat(node: &NodeContext, mut stream: cluster_runtime::net::Stream) {
    let (mut reader, mut writer) = stream.split();
    let hearing = async { while reader.read_u8().await.is_ok() {} };
    let beating = async {
        while writer.write_u8(1).await.is_ok() {
            node.sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::join!(hearing, beating);
}

/// The most memory that this process has had, where the system tells.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|most| format!(", in{most}")).unwrap_or_default()
}

#[tokio::test]
async fn ten_thousand_nodes_beat_for_a_minute() -> Result {
    let count = if cfg!(debug_assertions) { 1_000 } else { 10_000 };
    let net = cluster! { hearts[dyn count] = Service::new(heart).gated().shared(): ring(latency = 40ms) };
    let wall = Instant::now();
    let net = net.start().simulated(1).await?;
    let started = wall.elapsed();
    net.sleep(Duration::from_secs(60)).await?;
    println!("{count} nodes: started in {started:?}, a minute in {:?}{}", wall.elapsed() - started, memory());
    net.stop().timeout(Duration::from_secs(600)).await
}

#[tokio::test]
async fn a_thousand_public_nodes_gossip() -> Result {
    let (count, rounds) = if cfg!(debug_assertions) { (200, 20) } else { (1_000, 60) };
    let net = cluster! { k[dyn count] = Loopback::new(): scale_free(2, seed = 3) };
    let wall = Instant::now();
    let net = net.start().public(true).simulated(1).wait_connections(true).await?;
    let started = wall.elapsed();
    for round in 0..rounds {
        net.k[round].publish(format!("round {round}")).await?;
        net.sleep(Duration::from_secs(1)).await?;
    }
    let took = wall.elapsed() - started;
    println!("{count} nodes: started in {started:?}, {rounds} rounds in {took:?}{}", memory());
    let heard = net.journal().iter().filter(|event| event.name == "message").count();
    println!("its journal is read{}", memory());
    assert_eq!(heard, rounds * count);
    net.stop().timeout(Duration::from_secs(600)).await
}
