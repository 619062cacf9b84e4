//! The same without the macro: nodes are created, linked and started by plain functions, as Tezt's users do.
//!
//! `cargo run --example by_hand`, and in simulated time `CLUSTER_SIMULATED=7 cargo run --features simulated --example by_hand`

use cluster_runtime::{Loopback, Node, Result, add_peer, create, ring, star, start};

#[tokio::main]
async fn main() -> Result {
    let center = Node::new(&Loopback::new(), "center");
    let leaves = create(&Loopback::new(), "leaves", 5);
    let observer = Node::new(&Loopback::new(), "observer");
    star(&center, &leaves);
    ring(&leaves);
    // One way: only the observer dials. The center knows and admits it.
    add_peer(&observer, &center);

    let net = start((&center, &leaves, &observer)).wait_connections(true).await?;
    print!("{}", net.observed().await?);
    println!("the diameter is {:?}", net.topology().diameter());

    // A set is anything that holds nodes: this stops some of them, and the others notice.
    for leaf in &leaves[1..3] {
        leaf.stop().await?;
        center.wait_for("disconnected", |value| value["peer"] == leaf.name()).await?;
    }
    let left = center.connections().await?;
    println!("the center is left with {}", left.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    net.stop().await
}

#[test]
fn a_network_by_hand_is_ready_and_connected() -> Result {
    main()
}
