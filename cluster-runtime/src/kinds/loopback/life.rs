//! The life of a node: it listens, dials its peers and nodes that it learns of, and links with those that it admits.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;

use super::frame::Contact;
use super::hub::Hub;
use super::link;
use crate::error::Result;
use crate::event::Level;
use crate::net::Listener;
use crate::node::NodeContext;

/// The pause after an accept that failed, as when no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// The time between two beats.
const BEAT: Duration = Duration::from_secs(5);

/// Runs until the test stops the node.
pub(super) async fn run(node: NodeContext) -> Result {
    let listener = node.listen()?;
    let (learned, to_dial) = mpsc::unbounded_channel();
    let hub = Arc::new(Hub::new(node.clone(), learned));
    for peer in node.peers() {
        if peer.dial() {
            node.spawn(link::keep_dialling(hub.clone(), peer));
        }
    }
    node.spawn(beat(hub.clone()));
    node.provide(hub.clone());
    node.event(Level::Info, "node", "listening", json!({ "addr": node.addr().to_string() }));
    node.ready();
    tokio::select! {
        () = make_links(&node, &listener, &hub, to_dial) => {}
        () = node.stopped() => {}
    }
    Ok(())
}

async fn beat(hub: Arc<Hub>) {
    loop {
        hub.context().sleep(BEAT).await;
        hub.beat();
    }
}

/// Accepts connections and dials nodes that were learned of, for as long as it is polled.
async fn make_links(
    node: &NodeContext,
    listener: &Listener,
    hub: &Arc<Hub>,
    mut to_dial: mpsc::UnboundedReceiver<Box<Contact>>,
) {
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => node.spawn(link::serve(hub.clone(), stream)),
                Err(error) => {
                    node.event(Level::Error, "p2p.accept", "accept_failed", json!({ "error": error.to_string() }));
                    node.sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(contact) = to_dial.recv() => node.spawn(link::try_dialling(hub.clone(), *contact)),
        }
    }
}
