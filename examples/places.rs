//! The same declaration on this machine and in network namespaces, where servers that tell each other their addresses are partitioned;
//! and, where hosts are named that ssh reaches without a question, on those.
//!
//! `apt-get install nats-server nftables`, `cargo run -p cluster-examples --features daemons --example places -- [HOST..]`.
//! In containers, which a package of its own makes: `cargo run -p cluster-containers --example containers`.

use std::time::Instant;

use cluster_daemons::nats;
use cluster_runtime::place::{AnyPlace, Local, Namespaces, Remote};
use cluster_runtime::{Result, cluster};

#[tokio::main]
async fn main() -> Result {
    run_on("this machine", Local).await?;
    run_on("network namespaces", Namespaces::new()).await?;
    let hosts: Vec<_> = std::env::args().skip(1).collect();
    if hosts.is_empty() { Ok(()) } else { run_on("other hosts", Remote::ssh(hosts).with_faults()).await }
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
