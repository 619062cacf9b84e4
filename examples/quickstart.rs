//! The smallest whole thing: a network of ten nodes, started, looked at, and stopped.
//!
//! `cargo run --example quickstart`, and in simulated time `CLUSTER_SIMULATED=7 cargo run --features simulated --example quickstart`

use std::time::Instant;

use cluster_runtime::{Result, cluster};

#[tokio::main]
async fn main() -> Result {
    let started = Instant::now();
    let net = cluster! {
        center;
        leaves[5]: star(center);
        k[4]: clique;
        connect(center, k)
    }
    .start()
    .wait_connections(true)
    .await?;
    let took = started.elapsed();

    println!("| node | address | links declared | links observed |");
    println!("|---|---|--:|--:|");
    let (declared, observed) = (net.topology(), net.observed().await?);
    for node in net.nodes() {
        let degrees = [&declared, &observed].map(|topology| topology.degree(node.name()).unwrap_or(0));
        println!("| {} | {} | {} | {} |", node.name(), node.addr(), degrees[0], degrees[1]);
    }

    println!(
        "\n{} nodes and {} links, ready and connected in {took:.1?}",
        declared.nodes().len(),
        observed.links().len()
    );
    println!("\n```mermaid\n{}\n```", observed.to_mermaid().trim_end());
    net.stop().await
}

#[test]
fn a_network_is_ready_and_connected() -> Result {
    main()
}
