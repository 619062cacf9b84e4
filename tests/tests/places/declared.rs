//! Declarations of real programs.

use std::collections::HashSet;

use cluster_daemons::{nats, yggdrasil};
use cluster_runtime::{Result, cluster};
use cluster_tests::is_installed;

use super::{At, at_all_places};

at_all_places! {
    routers_are_wired_as_declared
    servers_learn_of_each_other
    a_node_that_is_added_is_reached
}

async fn routers_are_wired_as_declared(at: At) -> Result {
    if !is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    let net = cluster! {
        use yggdrasil();
        center;
        leaves[5]: star(center);
        k[4]: clique;
        connect(center, k)
    }
    .start()
    .on(at.place())
    .wait_connections(true)
    .await?;

    assert_eq!(net.center.connections().await?.len(), 9);
    assert_eq!(net.leaves[0].name(), "leaves.1");
    assert_eq!(net.k[3].connections().await?.len(), 4);
    assert_eq!(net.observed().await?, net.topology());
    let hosts: HashSet<_> = net.nodes().iter().map(|node| node.addr().ip()).collect();
    assert_eq!(hosts.len(), 10, "{hosts:?}");
    net.stop().await
}

async fn servers_learn_of_each_other(at: At) -> Result {
    if !is_installed("nats-server", "nats-server") {
        return Ok(());
    }
    let net = cluster! { use nats(); ring[4]: ring }.start().on(at.place()).public(true).wait_connections(true).await?;
    cluster_tests::until_answered("all servers know each other", async || Ok(net.observed().await?.links().len() == 6))
        .await?;
    net.stop().await
}

async fn a_node_that_is_added_is_reached(at: At) -> Result {
    if !is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    let net =
        cluster! { use yggdrasil(); k[2]: clique }.start().on(at.place()).public(true).wait_connections(true).await?;
    let late = cluster_runtime::Node::new(&yggdrasil(), "late");
    cluster_runtime::connect(&late, &net.k);
    net.add(&late).await?;
    net.wait_connections().await?;
    assert_eq!(late.connections().await?.len(), 2);
    net.stop().await
}
