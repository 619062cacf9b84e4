//! The wiring as a value: as it is declared, and as the nodes report it.

use cluster_runtime::{
    Error, Loopback, Node, NodeContext, Result, Service, add_peer, clique, cluster, connect, create, line, ring, start,
};

cluster_tests::on_both_runtimes! {
    what_is_declared_is_observed
    a_node_that_is_down_has_no_links
}

async fn what_is_declared_is_observed() -> Result {
    let net = cluster! {
        center;
        leaves[5]: star(center);
        k[4]: clique;
        connect(center, k);
        k[0] -> leaves[1]
    }
    .start()
    .wait_connections(true)
    .await?;
    let declared = net.topology();
    assert_eq!(declared.links().len(), 5 + 6 + 4 + 1);
    assert_eq!(declared.links().filter(|link| link.is_one_way()).count(), 1);
    assert_eq!(net.observed().await?, declared);
    net.stop().await
}

async fn a_node_that_is_down_has_no_links() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    net.k[1].stop().await?;
    let observed = net.observed().await?;
    assert_eq!(observed.degree("k.2"), Some(0));
    assert_eq!(observed.nodes().len(), 4);
    assert_eq!(net.topology().links().len(), 6, "what is declared stays");
    net.stop().await
}

#[tokio::test]
async fn a_link_is_there_when_both_its_ends_report_it() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        let told = |peer: &str| node.name() == "n.1" || peer == "n.1";
        node.peers().iter().filter(|peer| told(peer.name())).for_each(|peer| node.connected(peer.name()));
        if node.name() == "n.2" {
            node.connected("n.3");
        }
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let nodes = create(&kind, "n", 3);
    clique(&nodes);
    let net = start(&nodes).await?;
    assert_eq!(net.observed().await?.to_string(), "3 nodes, 2 links\nn.1  2: n.2, n.3\nn.2  1: n.1\nn.3  1: n.1\n");
    net.stop().await
}

#[tokio::test]
async fn the_topology_is_known_before_and_after_the_run() -> Result {
    let net = cluster! { hub; rim[6]: ring; connect(hub, rim) };
    assert_eq!(net.topology().diameter(), Some(2));
    let net = net.start().wait_connections(true).await?;
    net.stop().await?;
    assert_eq!(net.topology().degree("hub"), Some(6));
    assert_eq!(net.observed().await?.links().len(), 0);
    Ok(())
}

#[tokio::test]
async fn links_to_nodes_outside_of_the_start_are_not_part_of_it() -> Result {
    let (inside, outside) = (create(&Loopback::new(), "in", 2), Node::new(&Loopback::new(), "out"));
    connect((&inside, &outside), &inside[0..0]);
    line((&inside, &outside));
    let net = start(&inside).await?;
    assert_eq!(net.topology().to_string(), "2 nodes, 1 link\nin.1  1: in.2\nin.2  1: in.1\n");
    net.stop().await
}

#[tokio::test]
async fn observed_links_keep_the_direction_that_was_declared() -> Result {
    let nodes = create(&Loopback::new(), "n", 3);
    add_peer(&nodes[2], &nodes[0]);
    add_peer(&nodes[0], &nodes[1]);
    let net = start(&nodes).wait_connections(true).await?;
    let expected = "3 nodes, 2 links\nn.1  2: -> n.2, <- n.3\nn.2  1: <- n.1\nn.3  1: -> n.1\n";
    assert_eq!(net.topology().to_string(), expected);
    assert_eq!(net.observed().await?.to_string(), expected);
    net.stop().await
}

#[tokio::test]
async fn hundreds_of_nodes_are_wired_and_observed() -> Result {
    let nodes = create(&Loopback::new(), "n", 500);
    ring(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}
