//! Real gossip, of the crate `chitchat`, among five nodes over UDP: each learns of all others from the first one, a node that is
//! killed is missed by all, and is known again when it is back.
//!
//! `cargo run -p gossip-udp-example`, and in simulated time `CLUSTER_SIMULATED=7 cargo run -p gossip-udp-example`: seconds of
//! heartbeats take less than one. chitchat draws whom it gossips with from `rand::rng()`, so that two runs differ there.

#[cfg(test)]
mod tests;
mod transport;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chitchat::{Chitchat, ChitchatConfig, ChitchatId, FailureDetectorConfig, spawn_chitchat};
use cluster_runtime::error::BoxError;
use cluster_runtime::kinds::{Provide, ServiceProtocol};
use cluster_runtime::{Error, Node, NodeContext, Result, Service, cluster};
use tokio::sync::Mutex;

use transport::Datagrams;

/// The state of a running node, for the test.
type State = Arc<Mutex<Chitchat>>;
type Gossip = Service<ServiceProtocol, State>;

cluster! {
    pub struct Gossips(gossip: Gossip);
    use gossip;
    first;
    others[4]: star(first);
}

/// Each run of a node has one of its own, higher than that before. The clock of the system, which others use, does not move in
/// simulated time.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Runs a node, which knows its peers at first and no others. It gossips in a task of chitchat's own, which ends with the node.
async fn serve(node: NodeContext, state: Provide<State>) -> Result<(), BoxError> {
    let config = ChitchatConfig {
        chitchat_id: ChitchatId::new(node.name(), GENERATION.fetch_add(1, Ordering::Relaxed), node.addr()),
        cluster_id: "example".to_owned(),
        gossip_interval: Duration::from_millis(50),
        listen_addr: node.addr(),
        seed_nodes: node.peers().iter().map(|peer| peer.addr().to_string()).collect(),
        failure_detector_config: FailureDetectorConfig {
            initial_interval: Duration::from_millis(200),
            ..FailureDetectorConfig::default()
        },
        marked_for_deletion_grace_period: Duration::from_secs(3600),
        catchup_callback: None,
        extra_liveness_predicate: None,
    };
    let gossip = spawn_chitchat(config, Vec::new(), &Datagrams(node.clone())).await?;
    state.set(gossip.chitchat());
    node.ready();
    node.stopped().await;
    Ok(gossip.shutdown().await?)
}

/// Five nodes. They use sockets of their nodes only, so that their links can be cut.
fn gossips() -> Gossips {
    Gossips::create(Service::providing(serve).gated())
}

/// Waits until a node knows of so many live ones, itself too.
async fn knows(net: &Gossips, node: &Node<Gossip>, count: usize) -> Result {
    let are_known = || async {
        let live = node.call(|state| async move {
            let state = state.lock().await;
            Ok::<BTreeSet<_>, Error>(state.live_nodes().map(|node| node.node_id.to_string()).collect())
        });
        let live = live.await.map_err(|error| error.to_string())?;
        if live.len() == count { Ok(()) } else { Err(format!("it knows of {live:?}")) }
    };
    net.eventually(are_known).await?;
    println!("{} knows of {count} live nodes", node.name());
    Ok(())
}

/// One of them is killed, and comes back.
async fn miss_one_that_is_killed(net: &Gossips) -> Result {
    let (first, other) = (&net.first, &net.others[1]);
    knows(net, first, 5).await?;
    other.kill().await?;
    println!("{} is killed", other.name());
    knows(net, first, 4).await?;
    other.restart().await?;
    println!("{} is back", other.name());
    knows(net, first, 5).await
}

#[tokio::main]
async fn main() -> Result {
    let net = gossips().start().await?;
    miss_one_that_is_killed(&net).await?;
    net.stop().await
}
