//! The life of a node: it listens, dials its peers, and links to those that it admits.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::AbortHandle;

use super::hub::Hub;
use super::link;
use crate::error::Result;
use crate::event::Level;
use crate::net::Listener;
use crate::node::{NodeContext, Peer, PeerChange, PeerChanges};

/// The pause after an accept that failed, as when no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);
/// The time between two beats.
const BEAT: Duration = Duration::from_secs(5);

/// Runs until the test stops the node.
pub(super) async fn run(node: NodeContext) -> Result {
    let listener = node.listen()?;
    let hub = Arc::new(Hub::new(node.clone()));
    // Before its peers are looked at, so that none that is added is missed.
    let changes = node.peer_changes();
    let dialling = dial_all(&node, &hub);
    node.provide(hub.clone());
    node.event(Level::Info, "node", "listening", json!({ "addr": node.addr().to_string() }));
    node.ready();
    tokio::select! {
        biased;
        () = make_links(&node, &listener, &hub) => {}
        () = follow_peers(&node, &hub, changes, dialling) => {}
        () = beat(&hub) => {}
        () = node.stopped() => {}
    }
    Ok(())
}

/// The tasks that dial declared peers, by the peer's name.
type Dialling = Vec<(String, AbortHandle)>;

fn dial_all(node: &NodeContext, hub: &Arc<Hub>) -> Dialling {
    let dialled = node.peers().into_iter().filter(Peer::dial);
    dialled.map(|peer| (peer.name().to_owned(), node.spawn(link::keep_dialling(hub.clone(), peer)))).collect()
}

/// Dials peers that are added, and dials those no longer that are removed.
async fn follow_peers(node: &NodeContext, hub: &Arc<Hub>, mut changes: PeerChanges, mut dialling: Dialling) {
    loop {
        match changes.next().await {
            PeerChange::Added(peer) if peer.dial() && !dialling.iter().any(|(name, _)| name == peer.name()) => {
                dialling.push((peer.name().to_owned(), node.spawn(link::keep_dialling(hub.clone(), peer))));
            }
            PeerChange::Added(_) => {}
            PeerChange::Removed(peer) => {
                if let Some(place) = dialling.iter().position(|(name, _)| name == peer.name()) {
                    dialling.swap_remove(place).1.abort();
                }
            }
        }
    }
}

async fn beat(hub: &Hub) {
    loop {
        hub.context().sleep(BEAT).await;
        hub.beat();
    }
}

/// Accepts connections, for as long as it is polled.
async fn make_links(node: &NodeContext, listener: &Listener, hub: &Arc<Hub>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(node.spawn(link::serve(hub.clone(), stream))),
            Err(error) => {
                node.event(Level::Error, "p2p.accept", "accept_failed", json!({ "error": error.to_string() }));
                node.sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
