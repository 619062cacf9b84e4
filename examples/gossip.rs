//! Messages that flood a ring of cliques, with the links that they took counted.
//!
//! `cargo run --example gossip`, and in simulated time `CLUSTER_SIMULATED=7 cargo run --features simulated --example gossip`

use std::collections::BTreeMap;

use cluster_runtime::{Loopback, Result, clique, connect, create, start, topology};

#[tokio::main]
async fn main() -> Result {
    // Five cliques of three; each is linked to the next one, node by node: Tezt's `meta_ring connect`.
    let cliques: Vec<_> = (1..=5).map(|number| create(&Loopback::new(), &format!("clique.{number}"), 3)).collect();
    cliques.iter().for_each(clique);
    topology::ring(&cliques).for_each(|(a, b)| connect(a, b));
    let net = start(&cliques).wait_connections(true).await?;

    cliques[0][0].publish("the news").await?;

    let mut by_hops: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for node in cliques.iter().flatten() {
        let hops = node.wait_for("message", |value| value["hops"].as_u64()).await?;
        by_hops.entry(hops).or_default().push(node.name().to_owned());
    }
    println!("| hops | nodes |");
    println!("|--:|---|");
    for (hops, nodes) in by_hops {
        println!("| {hops} | {} |", nodes.join(", "));
    }
    println!("\nthe diameter is {}", net.topology().diameter().expect("a ring of cliques is connected"));
    net.stop().await
}

#[test]
fn the_news_reaches_all() -> Result {
    main()
}
