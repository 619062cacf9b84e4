//! A start takes all nodes through the phases, at the same time.

use std::future::IntoFuture;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use cluster_runtime::error::Refusal;
use cluster_runtime::{
    Error, Identity, Kind, Loopback, Node, NodeContext, Result, Service, Speaks, clique, cluster, connect, create,
    start,
};
use tokio::sync::Barrier;

cluster_tests::on_both_runtimes! {
    all_nodes_start_at_the_same_time
    a_configuration_finds_the_identities_of_all_peers
    a_cluster_without_nodes_starts_and_stops
    one_node_alone_is_connected
    a_node_can_be_started_again_after_its_stop
    of_two_starts_of_a_node_at_the_same_time_one_is_refused
}

struct Talk;
impl Speaks<Talk> for Talk {}

/// A kind that writes down its phases.
#[derive(Clone, Default)]
struct Diarist(Arc<Mutex<Vec<String>>>);

impl Diarist {
    fn write(&self, node: &NodeContext, phase: &str) {
        self.0.lock().expect("no panic").push(format!("{} {phase}", node.name()));
    }
}

impl Kind for Diarist {
    type Protocol = Talk;

    async fn identity(&self, node: &NodeContext) -> Result {
        self.write(node, "identity");
        node.set_identity(Identity::new(format!("id of {}", node.name())));
        Ok(())
    }

    async fn config(&self, node: &NodeContext) -> Result {
        for peer in node.peers() {
            let identity = peer.identity().ok_or_else(|| Error::other("a peer has no identity"))?;
            assert_eq!(identity.as_str(), format!("id of {}", peer.name()));
        }
        self.write(node, "config");
        Ok(())
    }

    async fn run(&self, node: NodeContext) -> Result {
        self.write(&node, "run");
        for peer in node.peers() {
            node.connected(peer.name());
        }
        node.ready();
        node.stopped().await;
        self.write(&node, "stopped");
        Ok(())
    }
}

async fn all_nodes_start_at_the_same_time() -> Result {
    let together = Arc::new(Barrier::new(50));
    let kind = Service::new(move |node: NodeContext| {
        let together = together.clone();
        async move {
            // Nobody is ready before all run.
            together.wait().await;
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        }
    });
    let nodes = create(&kind, "n", 50);
    start(&nodes).await?.stop().await
}

async fn a_configuration_finds_the_identities_of_all_peers() -> Result {
    let kind = Diarist::default();
    let nodes = create(&kind, "n", 4);
    clique(&nodes);
    start(&nodes).await?.stop().await
}

#[tokio::test]
async fn a_node_goes_through_the_phases_in_order() -> Result {
    let kind = Diarist::default();
    let node = Node::new(&kind, "n");
    let net = start(&node).wait_connections(true).await?;
    assert_eq!(*kind.0.lock().expect("no panic"), ["n identity", "n config", "n run"]);
    net.stop().await?;
    assert_eq!(*kind.0.lock().expect("no panic"), ["n identity", "n config", "n run", "n stopped"]);
    Ok(())
}

#[tokio::test]
async fn all_identities_come_before_the_first_configuration() -> Result {
    let kind = Diarist::default();
    let nodes = create(&kind, "n", 10);
    let net = start(&nodes).await?;
    let diary = kind.0.lock().expect("no panic").clone();
    assert!(diary[..10].iter().all(|line| line.ends_with("identity")), "{diary:?}");
    net.stop().await
}

async fn a_cluster_without_nodes_starts_and_stops() -> Result {
    let none: [Node<Loopback>; 0] = [];
    start(none).wait_connections(true).await?.stop().await
}

async fn one_node_alone_is_connected() -> Result {
    let node = Node::new(&Loopback::new(), "alone");
    let net = start(&node).wait_connections(true).await?;
    assert_eq!(node.connections().await?, []);
    net.stop().await
}

#[tokio::test]
async fn nodes_of_several_kinds_start_together() -> Result {
    let (a, b) = (Node::new(&Loopback::new(), "a"), Node::new(&Diarist::default(), "b"));
    let net = start((&a, std::slice::from_ref(&b), vec![Node::new(&Loopback::new(), "c")])).await?;
    let names: Vec<_> = net.nodes().iter().map(|node| node.name().to_owned()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    net.stop().await
}

#[tokio::test]
async fn a_start_does_nothing_until_it_is_awaited() -> Result {
    let kind = Diarist::default();
    let node = Node::new(&kind, "n");
    let start = start(&node);
    tokio::task::yield_now().await;
    assert!(kind.0.lock().expect("no panic").is_empty());
    start.await?.stop().await
}

async fn a_node_can_be_started_again_after_its_stop() -> Result {
    let nodes = create(&Loopback::new(), "n", 3);
    clique(&nodes);
    let mut net = start(&nodes).wait_connections(true).await?;
    let first = (nodes[0].addr(), nodes[0].identity());
    for _ in 0..3 {
        net.stop().await?;
        // The cluster of the last run goes here, and must not take the nodes of this one with it.
        net = start(&nodes).wait_connections(true).await?;
        tokio::task::yield_now().await;
        assert_eq!(net.observed().await?, net.topology());
    }
    assert_eq!((nodes[0].addr(), nodes[0].identity()), first, "both are a node's for good");
    net.stop().await
}

#[tokio::test]
async fn one_node_can_be_started_again_while_the_others_run() -> Result {
    let nodes = create(&Loopback::new(), "n", 3);
    clique(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    nodes[1].stop().await?;
    let again = start(&nodes[1]).wait_connections(true).await?;
    assert_eq!(nodes[1].connections().await?.len(), 2);
    drop(again);
    assert_eq!(nodes[1].connections().await?.len(), 2, "the cluster that it belongs to is still there");
    drop(net);
    nodes[1].wait_stopped().await
}

#[tokio::test]
async fn a_node_that_is_started_again_goes_with_the_new_value_where_the_old_one_is_gone() -> Result {
    let nodes = create(&Loopback::new(), "n", 2);
    let first = start(&nodes).await?;
    nodes[0].stop().await?;
    let second = start(&nodes[0]).await?;
    drop(first);
    nodes[1].wait_stopped().await?;
    nodes[0].publish("still here").await?;
    drop(second);
    nodes[0].wait_stopped().await
}

#[tokio::test]
async fn nodes_of_two_clusters_are_not_started_together() -> Result {
    let (a, b) = (Node::new(&Loopback::new(), "a"), Node::new(&Loopback::new(), "b"));
    start(&a).await?.stop().await?;
    start(&b).await?.stop().await?;
    let error = start((&a, &b)).await.expect_err("each belongs to a cluster of its own");
    let Error::Refused { refusals, .. } = error else { panic!("expected a refusal, found {error:?}") };
    assert!(matches!(&*refusals, [Refusal::TwoClusters { .. }]), "{refusals:?}");
    Ok(())
}

#[tokio::test]
async fn a_node_by_hand_joins_the_cluster_that_it_is_started_with() -> Result {
    let net = cluster! { a };
    let late = Node::new(&Loopback::new(), "late");
    connect(&late, &net.a);
    let both = start((&net.a, &late)).wait_connections(true).await?;
    assert!(both.journal().iter().any(|event| &*event.node == "late"), "it reports to the journal of its cluster");
    drop(both);
    assert_eq!(late.connections().await?.len(), 1, "`net` is still there");
    drop(net);
    late.wait_stopped().await
}

#[tokio::test]
async fn a_late_node_joins_a_running_one() -> Result {
    let early = Node::new(&Loopback::new(), "early");
    let net = start(&early).await?;
    let late = Node::new(&Loopback::new(), "late");
    connect(&late, &early);
    let late_net = start(&late).wait_connections(true).await?;
    assert_eq!(late.connections().await?[0].name.as_deref(), Some("early"));
    early.wait_for("connected", |value| (value["peer"] == "late").then_some(())).await?;
    late_net.stop().await?;
    net.stop().await
}

#[tokio::test]
async fn a_refused_start_leaves_a_running_node_alone() -> Result {
    let node = Node::new(&Loopback::new(), "n");
    let net = start(&node).await?;
    start(&node).await.expect_err("it runs already");
    drop(start(&node));
    // It would have ended after this if it had been stopped.
    tokio::task::yield_now().await;
    assert_eq!(node.connections().await?, []);
    node.publish("still here").await?;
    net.stop().await
}

async fn of_two_starts_of_a_node_at_the_same_time_one_is_refused() -> Result {
    for _ in 0..50 {
        let nodes = create(&Loopback::new(), "n", 5);
        let [first, second] = [start(&nodes), start(&nodes)].map(|start| tokio::spawn(start.into_future()));
        let net = match (first.await.expect("no panic"), second.await.expect("no panic")) {
            (Ok(net), Err(Error::Refused { .. })) | (Err(Error::Refused { .. }), Ok(net)) => net,
            (first, second) => panic!("expected one start and one refusal, found {first:?} and {second:?}"),
        };
        nodes[4].publish("still here").await?;
        net.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_failed_start_can_be_tried_again() -> Result {
    let attempts = Arc::new(AtomicUsize::new(0));
    let kind = Service::new(move |node: NodeContext| {
        let attempt = attempts.fetch_add(1, Ordering::Relaxed);
        async move {
            if attempt == 0 {
                return Err("not yet");
            }
            node.ready();
            node.stopped().await;
            Ok(())
        }
    });
    let node = Node::new(&kind, "n");
    start(&node).await.expect_err("the first attempt fails");
    start(&node).await?.stop().await
}

#[tokio::test]
async fn a_cluster_that_is_awaited_starts_with_default_options() -> Result {
    let net = cluster! { center; leaves[2]: star(center) }.await?;
    net.wait_connections().await?;
    assert_eq!(net.leaves[0].name(), "leaves.1");
    net.stop().await
}
