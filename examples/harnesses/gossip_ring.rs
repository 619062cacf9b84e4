//! A ring of nodes that gossip over UDP, by the crate chitchat, to which nodes are added and from which links are removed. chitchat's
//! simulator has 1,054 lines for it, with pauses after each operation; here links are cut by relays, and what is expected
//! is waited for.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chitchat::transport::{RecvOutcome, SendOutcome, Socket, Transport, UdpTransport};
use chitchat::{Chitchat, ChitchatConfig, ChitchatEnvelope, ChitchatId, FailureDetectorConfig};
use chitchat::{ProtocolVersion, spawn_chitchat};
use cluster_runtime::error::BoxError;
use cluster_runtime::kinds::{Provide, ServiceProtocol};
use cluster_runtime::{Cluster, Error, Node, NodeContext, Result, Service, connect, create, ring, start};
use tokio::sync::Mutex;

// The harness: 79 lines.
type State = Arc<Mutex<Chitchat>>;
type Gossiper = Node<Service<ServiceProtocol, State>>;

/// The socket of a node, which sends to its peers only, as they are the ends of its links.
struct PeerSocket(NodeContext, Box<dyn Socket>);

#[async_trait::async_trait]
impl Socket for PeerSocket {
    fn local_addr(&self) -> anyhow::Result<SocketAddr> {
        self.1.local_addr()
    }

    async fn send(&mut self, to: SocketAddr, envelope: ChitchatEnvelope) -> anyhow::Result<SendOutcome> {
        match self.0.peers().iter().any(|peer| peer.addr() == to) {
            true => self.1.send(to, envelope).await,
            false => Ok(SendOutcome { num_bytes_sent: 0 }),
        }
    }

    async fn recv(&mut self) -> anyhow::Result<RecvOutcome> {
        self.1.recv().await
    }
}

struct PeerTransport(NodeContext);

#[async_trait::async_trait]
impl Transport for PeerTransport {
    async fn open(&self, addr: SocketAddr) -> anyhow::Result<Box<dyn Socket>> {
        Ok(Box::new(PeerSocket(self.0.clone(), UdpTransport.open(addr).await?)))
    }
}

async fn gossip(node: NodeContext, state: Provide<State>) -> Result<(), BoxError> {
    let config = ChitchatConfig {
        chitchat_id: ChitchatId::new(node.name(), 0, node.addr()),
        cluster_id: "test".to_owned(),
        gossip_interval: Duration::from_millis(20),
        listen_addr: node.addr(),
        seed_nodes: node.peers().iter().map(|peer| peer.addr().to_string()).collect(),
        failure_detector_config: FailureDetectorConfig {
            initial_interval: Duration::from_millis(100),
            ..FailureDetectorConfig::default()
        },
        marked_for_deletion_grace_period: Duration::from_secs(3600),
        catchup_callback: None,
        extra_liveness_predicate: None,
        protocol_version: ProtocolVersion::V0,
    };
    let gossip = spawn_chitchat(config, Vec::new(), &PeerTransport(node.clone())).await?;
    state.set(gossip.chitchat());
    node.ready();
    node.stopped().await;
    Ok(gossip.shutdown().await?)
}

fn gossiper() -> Service<ServiceProtocol, State> {
    Service::providing(gossip)
}

async fn set(node: &Gossiper, key: &'static str, value: &'static str) -> Result {
    let set = node.call(move |state| async move {
        state.lock().await.self_node_state().set(key, value);
        Ok::<_, Error>(())
    });
    set.await
}

type Names = BTreeSet<String>;

/// The nodes that have a value for the key, as far as a node knows.
async fn known(node: &Gossiper, key: &'static str) -> Result<Names> {
    let known = node.call(move |state| async move {
        let state = state.lock().await;
        let states = state.node_states().iter().filter(|(_, node)| node.get(key).is_some());
        Ok::<_, Error>(states.map(|(id, _)| id.node_id.to_string()).collect())
    });
    known.await
}

/// The nodes that a node takes for alive.
async fn alive(node: &Gossiper) -> Result<Names> {
    let alive = node.call(|state| async move {
        let state = state.lock().await;
        Ok::<_, Error>(state.live_nodes().map(|id| id.node_id.to_string()).collect())
    });
    alive.await
}

async fn all_know(net: &Cluster, nodes: &[Gossiper], key: &'static str, expected: &[&str]) -> Result {
    for node in nodes {
        net.eventually(|| async { Ok::<_, Error>(known(node, key).await?.iter().eq(expected)) }).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_a_node_says_goes_round_and_reaches_one_that_is_added() -> Result {
    let mut nodes = create(&gossiper(), "n", 5);
    ring(&nodes);
    let net = start(&nodes).link_control(true).await?;
    set(&nodes[0], "colour", "red").await?;
    all_know(&net, &nodes, "colour", &["n.1"]).await?;
    let late = Node::new(&gossiper(), "late");
    connect(&late, (&nodes[2], &nodes[3]));
    net.add(&late).await?;
    set(&late, "colour", "blue").await?;
    nodes.push(late);
    all_know(&net, &nodes, "colour", &["late", "n.1"]).await?;
    net.stop().await
}

#[tokio::test]
async fn it_goes_the_other_way_round_when_a_link_is_removed_and_nowhere_when_both_are() -> Result {
    let nodes = create(&gossiper(), "n", 5);
    ring(&nodes);
    let net = start(&nodes).link_control(true).await?;
    let one = net.cut(&nodes[0], &nodes[1]).await?;
    set(&nodes[0], "colour", "red").await?;
    all_know(&net, &nodes, "colour", &["n.1"]).await?;
    one.wait_bitten().await?;

    let both = net.cut(&nodes[0], &nodes[4]).await?;
    set(&nodes[0], "shape", "round").await?;
    for node in &nodes[1..] {
        net.eventually(|| async { Ok::<_, Error>(!alive(node).await?.contains("n.1")) }).await?;
    }
    both.wait_bitten().await?;
    for node in &nodes[1..] {
        assert_eq!(known(node, "shape").await?, Names::new(), "it came to {} across a cut", node.name());
    }

    both.heal().await?;
    all_know(&net, &nodes, "shape", &["n.1"]).await?;
    for node in &nodes {
        net.eventually(|| async { Ok::<_, Error>(alive(node).await?.len() == 5) }).await?;
    }
    one.heal().await?;
    net.stop().await
}
