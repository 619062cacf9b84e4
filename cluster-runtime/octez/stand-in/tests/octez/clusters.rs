//! Networks that Octez's own tests make, as far as they need no block.

use cluster_octez::{HistoryMode, Octez, OctezExt};
use cluster_runtime::process::Signal;
use cluster_runtime::{Level, Node, Result, add_peer, cluster, start};
use serde_json::{Value, json};

use crate::{octez, remove_files, rpc};

#[tokio::test]
async fn a_clique_of_three() -> Result {
    let net = cluster! { use octez(); k[3]: clique }.start().wait_connections(true).await?;
    for node in &net.k {
        assert_eq!(node.connections().await?.len(), 2, "{node:?}");
    }
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_node_at_the_head_of_a_ring_of_four_with_a_section_at_debug() -> Result {
    let net = cluster! { use octez(); head; others[3]; ring(head, others) }
        .start()
        .event_sections_levels([("p2p", Level::Debug)])
        .wait_connections(true)
        .await?;
    net.head.wait_for("authenticate_start", |_| Some(())).await?;
    assert_eq!(net.head.connections().await?.len(), 2);
    net.stop().await
}

#[tokio::test]
async fn a_late_joiner_finds_a_public_clique_of_nine() -> Result {
    let node = octez().connections(8);
    let net = cluster! { use node.clone(); k[9]: clique }.start().public(true).wait_connections(true).await?;
    assert!(net.topology().links().count() == 36 && net.k[0].connections().await?.len() == 8);

    let late = Node::new(&node, "late");
    add_peer(&late, &net.k[0]);
    let late_net = start(&late).public(true).wait_connections(true).await?;
    let introducer = net.k[0].identity().map(|id| json!(id.as_str()));
    late.wait_for("connection", |id| (Some(id) != introducer.as_ref()).then_some(())).await?;
    assert!(late.connections().await?.iter().any(|connection| connection.name.as_deref() == Some("k.1")));
    late_net.stop().await?;
    net.stop().await
}

#[tokio::test]
async fn cliques_of_five_with_expected_identities() -> Result {
    let node = octez().expect_peer_ids(true);
    let net = cluster! { use node; a[5]: clique; b[5]: clique }.start().wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology(), "no link joins the two");
    net.stop().await
}

#[tokio::test]
async fn archive_full_and_rolling_nodes_in_one_clique() -> Result {
    let net = cluster! {
        archive = octez().history_mode(HistoryMode::Archive);
        full = octez().history_mode(HistoryMode::Full(None));
        rolling[2] = octez().history_mode(HistoryMode::Rolling(Some(5)));
        clique(archive, full, rolling);
    }
    .start()
    .wait_connections(true)
    .await?;
    assert_eq!(net.observed().await?, net.topology());
    for (node, mode) in [(&net.archive, "archive"), (&net.full, "full"), (&net.rolling[1], "rolling")] {
        let answer = rpc::get(node.rpc_addr(), "/config/history_mode").await.to_string();
        assert!(answer.contains(mode), "{node:?} keeps {answer}");
    }
    net.stop().await
}

#[tokio::test]
async fn nodes_of_a_ring_of_five_die_and_come_back() -> Result {
    let net = cluster! { use octez(); r[5]: ring }.start().wait_connections(true).await?;
    let [witness, stopped, _, killed, _] = &net.r;
    let identities = [stopped.identity(), killed.identity()];
    killed.signal(Signal::Kill)?;
    let end = killed.wait_ended().await?;
    assert!(end.is_death(), "it was killed: {end:?}");
    stopped.stop().await?;
    witness.wait_for("disconnection", times(1, stopped)).await?;
    assert_eq!(net.observed().await?.links().count(), 1, "only r.1 - r.5 is left");

    let again = start((stopped, killed)).wait_connections(true).await?;
    assert_eq!([stopped.identity(), killed.identity()], identities, "a node keeps its directory");
    witness.wait_for("connection", times(2, stopped)).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await?;
    drop(again);
    remove_files(killed)
}

/// A filter for events about a node, that accepts the one of this number.
fn times(number: usize, node: &Node<Octez>) -> impl FnMut(&Value) -> Option<()> + Send + 'static {
    let id = node.identity().map(|id| json!(id.as_str()));
    let mut seen = 0;
    move |value| {
        seen += usize::from(Some(value) == id.as_ref());
        (seen == number).then_some(())
    }
}

#[tokio::test]
async fn an_external_rpc_server_answers() -> Result {
    let net =
        cluster! { use octez().rpc_external(true); k[2]: connect(hub); hub }.start().wait_connections(true).await?;
    assert_eq!(net.hub.connections().await?.len(), 2);
    net.stop().await
}
