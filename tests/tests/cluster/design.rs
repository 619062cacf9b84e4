//! The declaration that the project shows first, word for word, and every program that must stay valid.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cluster_runtime::{
    DefaultLevel, Level, Loopback, Node, NodeContext, Result, Service, cluster, create, star, start, topology,
};
use serde_json::json;
use tokio::task::JoinSet;

#[tokio::test]
async fn everyone_is_wired() -> Result {
    let net = cluster! {
        center;
        leaves[5]: star(center);
        k[4]: clique;
        connect(center, k)
    }
    .start()
    .wait_connections(true)
    .await?;

    assert_eq!(net.center.connections().await?.len(), 9);
    assert_eq!(net.leaves[0].name(), "leaves.1");
    assert_eq!(net.k[3].connections().await?.len(), 4);
    net.stop().await
}

#[tokio::test]
async fn the_first_network_is_broken_and_mended() -> Result {
    let net = cluster! { center; leaves[5]: star(center); k[4]: clique; connect(center, k) }
        .start()
        .wait_connections(true)
        .await?;
    net.k[3].kill().await?;
    net.wait_until(|observed| observed.links().len() == 11).await?;
    net.k[3].restart().wait_connections(true).await?;
    net.pause(&net.leaves).await?;
    net.resume(&net.leaves).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_clusters_start_in_parallel_without_a_clash() -> Result {
    let mut clusters = JoinSet::new();
    for _ in 0..20 {
        clusters.spawn(async {
            let net = cluster! {
                center;
                leaves[5]: star(center);
                k[4]: clique;
                connect(center, k)
            }
            .start()
            .wait_connections(true)
            .await?;
            assert_eq!(net.observed().await?, net.topology());
            // All twenty run at the same time: none is stopped before all are up.
            Ok::<_, cluster_runtime::Error>(net)
        });
    }
    let mut addresses = std::collections::HashSet::new();
    let mut running = Vec::new();
    while let Some(net) = clusters.join_next().await {
        let net = net.expect("no start panics")?;
        for node in net.nodes() {
            assert!(addresses.insert(node.addr()), "{} was given twice", node.addr());
        }
        running.push(net);
    }
    assert_eq!(addresses.len(), 200);
    for net in running {
        net.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn all_options_are_optional_and_go_together() -> Result {
    let net = cluster! { k[4]: clique };
    let net = net
        .start()
        .public(true)
        .event_level(DefaultLevel::Debug)
        .event_sections_levels([("p2p", Level::Debug), ("gossip", Level::Fatal)])
        .wait_connections(true)
        .timeout(Duration::from_secs(20))
        .await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_node_may_be_private_in_a_public_cluster() -> Result {
    let net = cluster! {
        open[3]: ring;
        hidden = Loopback::new().private(true): connect(open[0]);
    }
    .start()
    .public(true)
    .wait_connections(true)
    .await?;
    assert_eq!(net.hidden.connections().await?.len(), 1);
    net.stop().await
}

/// A directory of the nodes' addresses.
type Store = Arc<Mutex<Vec<(String, SocketAddr)>>>;

async fn serve(node: NodeContext) -> Result {
    let listener = node.listener()?;
    assert_eq!(listener.local_addr()?, node.addr());
    for peer in node.peers() {
        store_contact(peer.name(), peer.addr(), peer.dial());
        node.connected(peer.name());
    }
    node.event(Level::Info, "serve", "listening", json!({}));
    node.ready();
    node.stopped().await;
    Ok(())
}

fn store_contact(name: &str, addr: SocketAddr, _dial: bool) {
    assert!(addr.ip().is_loopback() && addr.port() != 0, "{name} is at {addr}");
}

async fn serve_boot(node: NodeContext, store: Store) -> Result {
    let _listener = node.listener()?;
    for peer in node.peers() {
        store.lock().expect("no panic").push((peer.name().to_owned(), peer.addr()));
        node.connected(peer.name());
    }
    node.event(Level::Info, "serve", "listening", json!({}));
    node.ready();
    node.stopped().await;
    Ok(())
}

#[tokio::test]
async fn a_test_brings_its_own_server() -> Result {
    let store = Store::default();
    let seen = store.clone();
    let net = cluster! {
        use Service::new(serve);
        boot = Service::new(move |node| serve_boot(node, store.clone()));
        peers[8]: ring + star(boot);
    };
    let net = net.start().wait_connections(true).await?;
    for node in net.nodes() {
        node.wait_for("listening", |value| value.as_object().map(drop)).await?;
    }
    assert_eq!(seen.lock().expect("no panic").len(), 8);
    assert_eq!(net.topology().degree("peers.1"), Some(3));
    net.stop().await
}

struct Server {
    contacts: Mutex<Vec<u32>>,
    number: u32,
}

impl Server {
    fn new(number: u32) -> Self {
        Self { contacts: Mutex::default(), number }
    }

    async fn dial(&self, other: &Server) -> Result {
        tokio::task::yield_now().await;
        self.contacts.lock().expect("no panic").push(other.number);
        Ok(())
    }
}

#[tokio::test]
async fn shapes_serve_any_type_and_any_function() -> Result {
    let servers: Vec<_> = (0..4).map(Server::new).collect();
    for (a, b) in topology::clique(&servers) {
        a.dial(b).await?;
    }
    assert_eq!(*servers[0].contacts.lock().expect("no panic"), [1, 2, 3]);
    let hub = "hub";
    let pairs: Vec<(&&str, &Server)> = topology::star(&hub, &servers).collect();
    assert_eq!(pairs.len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_ring_of_cliques_is_wired_by_hand() -> Result {
    let cliques: Vec<Vec<Node<Loopback>>> =
        (1..=3).map(|number| create(&Loopback::new(), &format!("clique{number}"), 3)).collect();
    for nodes in &cliques {
        cluster_runtime::clique(nodes);
    }
    topology::ring(&cliques).for_each(|(a, b)| cluster_runtime::connect(a, b));
    let net = start(&cliques).wait_connections(true).await?;
    assert_eq!(net.topology().links().len(), 3 * 3 + 3 * 9);
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_directed_graph_is_wired_by_hand() -> Result {
    let nodes = create(&Loopback::new(), "n", 4);
    topology::ring(&nodes).for_each(|(a, b)| cluster_runtime::add_peer(a, b));
    let net = start(&nodes).wait_connections(true).await?;
    assert!(net.topology().links().all(|link| link.is_one_way()), "{}", net.topology());
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_star_is_wired_by_hand() -> Result {
    let center = Node::new(&Loopback::new(), "center");
    let leaves = create(&Loopback::new(), "leaves", 5); // leaves.1 .. leaves.5
    star(&center, &leaves);
    let net = start((&center, &leaves)).wait_connections(true).await?; // stops them when dropped
    assert_eq!(center.connections().await?.len(), 5);
    drop(net);
    center.wait_stopped().await?;
    leaves[4].wait_stopped().await
}

#[tokio::test]
async fn events_are_waited_for_and_streamed() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        node.ready();
        for level in 0..10 {
            node.event(Level::Info, "chain", "head_increment.v0", json!({ "level": level }));
            tokio::task::yield_now().await;
        }
        node.stopped().await;
        Ok::<_, cluster_runtime::Error>(())
    });
    let net = cluster! { center = kind }.start().await?;
    let level =
        net.center.wait_for("head_increment", |value| value["level"].as_u64().filter(|level| *level >= 5)).await?;
    assert_eq!(level, 5);
    let mut events = net.center.events(); // a Stream, from the node's first event on
    let first = events.next().await?.expect("the node has reported something");
    assert_eq!((&*first.section, &*first.name), ("node", "ready"));
    net.stop().await
}

#[tokio::test]
async fn the_wiring_is_a_value() -> Result {
    let net = cluster! {
        center;
        leaves[5]: star(center);
        k[4]: clique;
        connect(center, k)
    }
    .start()
    .wait_connections(true)
    .await?;
    let t = net.topology(); // as declared
    assert_eq!(t.links().len(), 5 + 6 + 4);
    assert_eq!(t.degree("center"), Some(9));
    assert!(t.is_connected());
    assert_eq!(t.diameter(), Some(2));
    assert_eq!(t.to_mermaid().matches("---").count(), 15, "{}", t.to_mermaid());
    assert_eq!(net.observed().await?, t); // as it is now
    net.stop().await
}
