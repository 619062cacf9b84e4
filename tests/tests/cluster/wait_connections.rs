//! Connected means: the set of declared peers, by identity, each once, at both ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cluster_runtime::{
    Error, Identity, Kind, Level, Loopback, Node, NodeContext, Profile, Result, Service, Speaks, add_peer, clique,
    connect, create, ring, start,
};
use serde_json::Value;
use tokio::sync::{Barrier, Notify};

cluster_tests::on_both_runtimes! {
    a_node_without_peers_is_connected
    a_ring_of_two_is_one_link
    both_ends_of_a_one_way_link_wait_for_it
    a_link_counts_once_however_often_it_is_declared
    every_link_of_a_clique_is_up_when_the_start_returns
}

async fn a_node_without_peers_is_connected() -> Result {
    let nodes = create(&Loopback::new(), "n", 3);
    connect(&nodes[0], &nodes[1]);
    let net = start(&nodes).wait_connections(true).await?;
    assert_eq!(nodes[2].connections().await?, []);
    net.stop().await
}

async fn a_ring_of_two_is_one_link() -> Result {
    let nodes = create(&Loopback::new(), "n", 2);
    ring(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    assert_eq!(net.topology().links().len(), 1);
    assert_eq!(nodes[0].connections().await?.len(), 1);
    assert_eq!(nodes[1].connections().await?.len(), 1);
    net.stop().await
}

#[tokio::test]
async fn a_ring_of_one_is_no_link() -> Result {
    let nodes = create(&Loopback::new(), "n", 1);
    ring(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    assert_eq!(net.topology().links().len(), 0);
    net.stop().await
}

async fn both_ends_of_a_one_way_link_wait_for_it() -> Result {
    for (from, to) in [(0, 1), (1, 0)] {
        let nodes = create(&Loopback::new(), "n", 2);
        add_peer(&nodes[from], &nodes[to]);
        let net = start(&nodes).wait_connections(true).await?;
        assert_eq!(nodes[from].connections().await?[0].name.as_deref(), Some(nodes[to].name()));
        assert_eq!(nodes[to].connections().await?[0].name.as_deref(), Some(nodes[from].name()));
        net.stop().await?;
    }
    Ok(())
}

async fn a_link_counts_once_however_often_it_is_declared() -> Result {
    let nodes = create(&Loopback::new(), "n", 3);
    clique(&nodes);
    ring(&nodes);
    add_peer(&nodes[0], &nodes[1]);
    add_peer(&nodes[1], &nodes[0]);
    let net = start(&nodes).wait_connections(true).await?;
    assert_eq!(net.topology().links().len(), 3);
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

async fn every_link_of_a_clique_is_up_when_the_start_returns() -> Result {
    let nodes = create(&Loopback::new(), "n", 20);
    clique(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    for node in &nodes {
        assert_eq!(node.connections().await?.len(), 19, "{} is not wired", node.name());
    }
    net.stop().await
}

/// A service that reports what the test sends it: links go up and down without a socket.
fn scripted(go: Arc<Notify>, script: fn(&NodeContext)) -> Service {
    Service::new(move |node: NodeContext| {
        let go = go.clone();
        async move {
            node.ready();
            script(&node);
            node.event(Level::Info, "script", "done", Value::Null);
            tokio::select! {
                () = go.notified() => node.peers().iter().for_each(|peer| node.connected(peer.name())),
                () = node.stopped() => {}
            }
            node.stopped().await;
            Ok::<_, Error>(())
        }
    })
    // The start must not see it half-way.
    .shared()
}

/// Starts `a` with its script and a steady `b`, lets the script run, and sees the start wait for the rest.
async fn waits_after(script: fn(&NodeContext)) -> Result {
    let go = Arc::new(Notify::new());
    let a = Node::new(&scripted(go.clone(), script), "a");
    let others = create(&scripted(Arc::new(Notify::new()), |node| node.connected("a")), "b", 2);
    connect(&a, &others);
    let starting = tokio::spawn({
        let start = start((&a, &others)).wait_connections(true);
        async move { start.await }
    });
    for node in [&a, &others[0], &others[1]] {
        node.wait_for("done", |_| Some(())).await?;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!starting.is_finished(), "the start counts a link that is not there");
    go.notify_one();
    let net = starting.await.expect("the start does not panic")?;
    assert_eq!(a.connections().await?.len(), 2);
    net.stop().await
}

#[tokio::test]
async fn a_peer_that_reconnects_counts_once() -> Result {
    waits_after(|node| {
        node.connected("b.1");
        node.disconnected("b.1");
        node.connected("b.1");
        node.connected("b.1");
    })
    .await
}

#[tokio::test]
async fn a_link_that_went_down_again_is_waited_for() -> Result {
    waits_after(|node| {
        node.connected("b.1");
        node.connected("b.2");
        node.disconnected("b.2");
    })
    .await
}

#[tokio::test]
async fn an_undeclared_neighbour_does_not_stand_in_for_a_peer() -> Result {
    let go = Arc::new(Notify::new());
    let a = Node::new(
        &scripted(go.clone(), |node| {
            node.connected("c");
            node.event(Level::Info, "script", "met_c", Value::Null);
        }),
        "a",
    );
    let b = Node::new(&scripted(Arc::new(Notify::new()), |node| node.connected("a")), "b");
    let c = Node::new(&scripted(Arc::new(Notify::new()), |_| ()), "c");
    connect(&a, &b);
    let starting = tokio::spawn({
        let start = start((&a, &b, &c)).wait_connections(true);
        async move { start.await }
    });
    a.wait_for("met_c", |_| Some(())).await?;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!starting.is_finished(), "c was counted as b");
    go.notify_one();
    let net = starting.await.expect("the start does not panic")?;
    net.stop().await
}

#[tokio::test]
async fn disconnecting_what_was_never_connected_does_no_harm() -> Result {
    waits_after(|node| {
        node.disconnected("b.1");
        node.disconnected("b.1");
        node.connected("b.1");
    })
    .await
}

#[tokio::test]
async fn a_start_that_does_not_wait_returns_before_the_links_are_up() -> Result {
    let a = Node::new(&scripted(Arc::new(Notify::new()), |_| ()), "a");
    let b = Node::new(&scripted(Arc::new(Notify::new()), |_| ()), "b");
    connect(&a, &b);
    let net = start((&a, &b)).await?;
    assert_eq!(a.connections().await?, []);
    net.stop().await
}

struct Talk;
impl Speaks<Talk> for Talk {}

/// A kind whose nodes learn their identity when they run, after their peers have connected to them.
#[derive(Clone)]
struct LateIdentity(Arc<Barrier>);

impl Kind for LateIdentity {
    type Protocol = Talk;

    async fn identity(&self, _: &NodeContext) -> Result {
        Ok(())
    }

    async fn run(&self, node: NodeContext) -> Result {
        for peer in node.peers() {
            node.connected(peer.name());
        }
        self.0.wait().await;
        node.set_identity(Identity::new(format!("id of {}", node.name())));
        node.ready();
        node.stopped().await;
        for peer in node.peers() {
            node.disconnected(peer.name());
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_peer_that_learns_its_identity_late_counts() -> Result {
    let nodes = create(&LateIdentity(Arc::new(Barrier::new(2))), "n", 2);
    connect(&nodes[0], &nodes[1]);
    let net = start(&nodes).wait_connections(true).timeout(Duration::from_secs(5)).await?;
    let connections = nodes[0].connections().await?;
    assert_eq!(connections.len(), 1);
    assert_eq!(connections[0].name.as_deref(), Some("n.2"));
    assert_eq!(connections[0].identity.as_str(), "id of n.2");
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

/// A kind that must be asked, and answers with a new link each time.
#[derive(Clone, Default)]
struct Polled(Arc<AtomicUsize>);

impl Kind for Polled {
    type Protocol = Talk;

    async fn run(&self, node: NodeContext) -> Result {
        node.ready();
        node.stopped().await;
        Ok(())
    }

    async fn connections(&self, node: &NodeContext) -> Result<Option<Vec<Identity>>> {
        let asked = self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Some(node.peers().iter().take(asked / 2).map(|peer| Identity::new(peer.name())).collect()))
    }

    fn profile(&self) -> Profile {
        Profile::default().connections_interval(Duration::from_millis(1))
    }
}

#[tokio::test]
async fn a_kind_that_does_not_tell_of_changes_is_asked_again() -> Result {
    let nodes = create(&Polled::default(), "n", 3);
    clique(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    assert_eq!(nodes[2].connections().await?.len(), 2);
    net.stop().await
}
