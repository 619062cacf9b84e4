//! The same declaration on this machine and in network namespaces, where servers that tell each other their addresses are partitioned.
//!
//! `apt-get install nats-server nftables`, `cargo run -p cluster-examples --features daemons --example places`

use std::time::Instant;

use cluster_daemons::nats;
use cluster_runtime::place::{AnyPlace, Local, Namespaces};
use cluster_runtime::{Result, cluster};

#[tokio::main]
async fn main() -> Result {
    run_on("this machine", Local).await?;
    run_on("network namespaces", Namespaces::new()).await
}

async fn run_on(name: &str, place: impl Into<AnyPlace>) -> Result {
    let begun = Instant::now();
    let net = cluster! { use nats(); servers[4]: ring }.start().on(place).public(true).wait_connections(true).await?;
    println!(
        "{name}: {} servers in {:.0?}, the first at {}",
        net.nodes().len(),
        begun.elapsed(),
        net.servers[0].addr()
    );

    match net.partition((&net.servers[..2], &net.servers[2..])).refuse().await {
        // The servers have told each other their addresses, and have ways around every relay.
        Err(error) => println!("  {}", error.to_string().lines().next().unwrap_or_default()),
        Ok(partition) => {
            net.eventually(async || net.observed().await.is_ok_and(|seen| seen.links().len() == 2)).await?;
            partition.heal().await?;
            println!(
                "  {} has held {}, and let {} across",
                partition.name(),
                partition.evidence(),
                partition.evidence().crossed
            );
        }
    }
    net.stop().await
}
