//! Nodes that are held back, added and removed while others run.

use std::time::Duration;

use cluster_runtime::kind::PeerChange;
use cluster_runtime::{Error, Level, Loopback, Node, NodeContext, Result, Service, cluster, connect, create, start};
use serde_json::json;

cluster_tests::on_both_runtimes! {
    a_node_that_is_held_back_joins_later
    running_nodes_dial_a_late_one
    a_service_learns_of_its_peers_as_they_change
    a_removed_node_leaves_no_link
    a_removed_node_can_come_back
    the_names_of_nodes_that_were_learned_of_stay
}

async fn a_node_that_is_held_back_joins_later() -> Result {
    let net = cluster! { k[3]: clique; late[2]: connect(k); last: connect(late) }
        .start()
        .hold(|net| &net.late)
        .hold(|net| &net.last)
        .wait_connections(true)
        .await?;
    net.wait_connections().await?;
    assert_eq!(net.observed().await?.links().len(), 3);
    assert_eq!(net.k[0].connections().await?.len(), 2);
    net.add(&net.late).await?;
    net.wait_connections().await?;
    assert_eq!(net.observed().await?.links().len(), 9);
    net.add(&net.last).await?;
    net.wait_connections().await?;
    assert_eq!(net.observed().await?, net.topology());
    assert_eq!(net.nodes().len(), 6);
    net.stop().await
}

async fn running_nodes_dial_a_late_one() -> Result {
    let late = Node::new(&Loopback::new(), "late");
    let net = cluster! { k[3]: clique }.start().wait_connections(true).await?;
    // The one that was created last dials: these are the others.
    connect(&net.k, &late);
    net.add(&late).await?;
    net.wait_connections().await?;
    assert_eq!(late.connections().await?.len(), 3);
    assert_eq!(net.observed().await?, net.topology());
    assert_eq!(net.nodes().len(), 4);
    net.stop().await?;
    late.wait_stopped().await
}

/// A service that reports the changes of its peers.
async fn follow(node: NodeContext) -> Result {
    let mut changes = node.peer_changes();
    node.ready();
    loop {
        let change = tokio::select! {
            change = changes.next() => change,
            () = node.stopped() => return Ok(()),
        };
        match change {
            PeerChange::Added(peer) => node.event(Level::Info, "test", "added", json!(peer.name())),
            PeerChange::Removed(peer) => node.event(Level::Info, "test", "removed", json!(peer.name())),
        }
    }
}

async fn a_service_learns_of_its_peers_as_they_change() -> Result {
    let net = cluster! { use Service::new(follow); old; other: connect(old) }.start().await?;
    let late = create(&Service::new(follow), "late", 3);
    connect(&net.old, &late);
    net.add(&late).await?;
    for node in &late {
        net.old.wait_for("added", |name| (name == node.name()).then_some(())).await?;
    }
    net.remove((&net.other, &late[1])).await?;
    for node in [net.other.name(), late[1].name()] {
        net.old.wait_for("removed", |name| (name == node).then_some(())).await?;
    }
    let peers: Vec<_> = net.old.peers().iter().map(|peer| peer.name().to_owned()).collect();
    assert_eq!(peers, ["late.1", "late.3"]);
    net.stop().await
}

async fn a_removed_node_leaves_no_link() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    net.remove(&net.k[1]).await?;
    assert_eq!(net.nodes().len(), 3);
    assert!(net.k[1].peers().is_empty());
    assert_eq!(net.k[0].peers().len(), 2);
    net.wait_connections().await?;
    net.wait_until(|observed| observed.links().len() == 3).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

async fn a_removed_node_can_come_back() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    for _ in 0..3 {
        net.remove(&net.k[1]).await?;
        connect(&net.k[1], (&net.k[0], &net.k[2..]));
        net.add(&net.k[1]).await?;
        net.wait_connections().await?;
        net.wait_until(|observed| observed.links().len() == 6).await?;
    }
    net.stop().await
}

#[tokio::test]
async fn a_dead_node_can_be_removed() -> Result {
    let mortal = Service::new(|node: NodeContext| async move {
        node.ready();
        node.sleep(Duration::from_millis(20)).await;
        Err("power cut")
    });
    let net = cluster! { other; mortal = mortal }.start().await?;
    net.other.wait_stopped().await.expect_err("a node has died");
    let error = net.remove(&net.mortal).await.expect_err("it died").to_string();
    assert_eq!(error, "node `mortal` failed: power cut");
    net.other.publish("and nobody mourns").await?;
    net.other.wait_for("message", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn who_cannot_join_is_refused_and_changes_nothing() -> Result {
    let net = cluster! { k[2]: clique }.start().wait_connections(true).await?;
    let double = Node::new(&Loopback::new(), "k.1");
    let error = net.add(&double).await.expect_err("that name is taken").to_string();
    assert_eq!(error, "the addition was refused: two nodes are called `k.1`\nhelp: give each node a name of its own");
    // It belongs to no cluster.
    start(&double).await?.stop().await?;

    let elsewhere = cluster! { stranger }.start().await?;
    let error = net.add(&elsewhere.stranger).await.expect_err("it is of another cluster").to_string();
    assert!(
        error.starts_with("the addition was refused: nodes `k.1` and `stranger` belong to different clusters"),
        "{error}"
    );

    let error = net.add(&net.k[0]).await.expect_err("it runs").to_string();
    assert!(error.contains("`k.1`") && error.contains("started already"), "{error}");
    elsewhere.stop().await?;
    net.stop().await
}

#[tokio::test]
async fn a_node_that_fails_to_join_is_none_of_the_cluster() -> Result {
    let net = cluster! { k[2]: clique }.start().wait_connections(true).await?;
    let failing = Service::new(|node: NodeContext| async move {
        node.event(Level::Info, "test", "trying", json!(null));
        Err::<(), _>("no licence")
    });
    let failing = Node::new(&failing, "failing");
    let error = net.add(&failing).await.expect_err("it fails").to_string();
    assert_eq!(error, "node `failing` failed in phase `ready`: it failed: no licence");
    assert_eq!(net.nodes().len(), 2);
    net.k[0].publish("and the others go on").await?;
    net.k[1].wait_for("message", |_| Some(())).await?;
    let silence = net.k[0].wait_for("rain", |_| Some(())).timeout(Duration::from_millis(10)).await;
    let report = format!("{:?}", silence.expect_err("nothing comes"));
    assert!(!report.contains("failing"), "it is none of the cluster: {report}");
    net.stop().await
}

async fn the_names_of_nodes_that_were_learned_of_stay() -> Result {
    let net = cluster! { k[4]: line }.start().public(true).wait_connections(true).await?;
    net.wait_until(|observed| observed.diameter() == Some(1)).await?;
    net.k[3].restart().await?;
    net.wait_until(|observed| observed.diameter() == Some(1)).await?;
    for node in &net.k {
        let connections = node.connections().await?;
        assert!(connections.iter().all(|connection| connection.name.is_some()), "{node:?}: {connections:?}");
    }
    net.stop().await?;
    Ok::<_, Error>(())
}
