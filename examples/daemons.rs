//! Starts a network of real programs, and prints its links: as they are declared, and as the programs report them.
//!
//! `apt-get install yggdrasil`, `cargo run -p cluster-examples --features daemons --example daemons`

use cluster_daemons::yggdrasil;
use cluster_runtime::{Result, cluster};

#[tokio::main]
async fn main() -> Result {
    let net = cluster! {
        use yggdrasil();
        center;
        leaves[5]: star(center);
        k[4]: clique;
        connect(center, k)
    }
    .start()
    .wait_connections(true)
    .await?;

    println!("{:<10} {:<21} {:<9} connected to", "node", "address", "process");
    for node in [&net.center].into_iter().chain(&net.leaves).chain(&net.k) {
        let connections: Vec<_> = node.connections().await?.iter().map(ToString::to_string).collect();
        let process = node.process_id().unwrap_or_default();
        println!("{:<10} {:<21} {process:<9} {}", node.name(), node.addr(), connections.join(" "));
    }
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}
