use std::any::Any;
use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Dial, Identity, Peer, Peers, State};
use crate::error::Result;
use crate::event::Level;
use crate::place::Hosts;

/// A node as it sees itself: its name, address and peers, and what it tells of itself.
///
/// # Examples
/// ```
/// use cluster_runtime::{Level, NodeContext, Result};
/// use serde_json::json;
///
/// async fn serve(node: NodeContext) -> Result {
///     let listener = node.listener()?;
///     node.event(Level::Info, "serve", "listening", json!({ "addr": listener.local_addr()?.to_string() }));
///     node.ready();
///     node.stopped().await;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct NodeContext {
    state: Arc<State>,
    peers: Arc<Peers>,
}

impl NodeContext {
    pub(crate) fn new(name: &str, hosts: Hosts, ports: &[&'static str]) -> Self {
        Self { state: Arc::new(State::new(name, hosts, ports)), peers: Arc::default() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.state.name()
    }

    /// Its address on loopback, reserved as long as the node exists: nobody else is given its port. A server that sets
    /// SO_REUSEADDR, as tokio's does, may bind it; or take [`listener`](Self::listener).
    pub fn addr(&self) -> SocketAddr {
        self.state.spot().addr()
    }

    /// Its address with the port of this name, one of those that its kind asks for, and reserved as that of
    /// [`addr`](Self::addr) is, which has the name "". Any other name is an error that ends the node.
    pub fn addr_of(&self, port: &str) -> SocketAddr {
        self.state.spot().addr_of(port).unwrap_or_else(|| {
            self.misused(format!("it has no port `{port}`: its kind asks for {:?}", self.state.spot().port_names()));
            (self.addr().ip(), 0).into()
        })
    }

    /// A listener of tokio's on its address, already listening: for servers that take no other. See
    /// [`listen`](Self::listen).
    ///
    /// # Errors
    /// When someone in this process listens there already, or no file descriptor is left.
    pub fn listener(&self) -> Result<TcpListener> {
        self.state.spot().listener().map_err(|error| self.unable("listen on", error))
    }

    /// The nodes that it was told of, in the order of their creation.
    pub fn peers(&self) -> Vec<Peer> {
        let peers = self.peers.all();
        peers.into_iter().map(|(peer, direction)| Peer::new(peer, direction, self.state.id())).collect()
    }

    /// Whether it is private: it dials and admits its declared peers only.
    pub fn private(&self) -> bool {
        self.state.facts().private
    }

    /// Its identity, once it is known.
    pub fn identity(&self) -> Option<Identity> {
        self.state.identity()
    }

    /// Says what its identity is.
    pub fn set_identity(&self, identity: Identity) {
        self.state.change(|facts| facts.identity = Some(identity));
    }

    /// Reports an event.
    pub fn event(
        &self,
        level: Level,
        section: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        value: Value,
    ) {
        self.state.log().append(level, section.into(), name.into(), value);
    }

    /// The lowest level that the test wants to see of a section: for a kind that passes it on to a program.
    pub fn level_of(&self, section: &str) -> Level {
        self.state.log().levels().of(section)
    }

    /// Says that it is ready to serve.
    pub fn ready(&self) {
        if !self.state.change(|facts| std::mem::replace(&mut facts.ready, true)) {
            self.event(Level::Notice, "node", "ready", Value::Null);
        }
    }

    /// Resolves when it has called [`ready`](Self::ready).
    pub(crate) async fn is_ready(&self) {
        self.state.until(|facts| facts.ready.then_some(())).await;
    }

    /// Says what the node is expected to do until it is ready. A report of a timeout tells it.
    pub fn expect(&self, expected: &str) {
        expected.clone_into(&mut self.state.facts().expected);
    }

    /// Says that it dialled a peer and waits for an answer. A report of missing links tells it.
    ///
    /// Like [`connected`](Self::connected), it takes the name of a peer or of a node that was started with this one; any
    /// other name is an error that ends the node.
    pub fn dialled(&self, peer: &str) {
        if let Some(peer) = self.known(peer) {
            self.note_dial(peer.name(), Dial::Dialled);
        }
    }

    /// Says why dialling a peer failed. A report of missing links tells it.
    pub fn dial_failed(&self, peer: &str, why: impl std::fmt::Display) {
        if let Some(peer) = self.known(peer) {
            self.note_dial(peer.name(), Dial::Failed(why.to_string()));
        }
    }

    /// Says that it is connected to a peer.
    pub fn connected(&self, peer: &str) {
        if let Some(peer) = self.known(peer) {
            let identity = peer.identity().unwrap_or_else(|| Identity::new(peer.name()));
            self.link_up(&identity, peer.name());
        }
    }

    /// Says that a connection to a peer is gone.
    pub fn disconnected(&self, peer: &str) {
        if let Some(peer) = self.known(peer) {
            let name = Identity::new(peer.name());
            let told = self.state.facts().connected.contains_key(&name);
            let identity = peer.identity().filter(|_| !told).unwrap_or(name);
            self.link_down(&identity, peer.name());
        }
    }

    /// Resolves when the test stops the node.
    pub async fn stopped(&self) {
        self.state.until(|facts| facts.stop_asked.then_some(())).await;
    }

    /// Hands something of the running node to the handles of the node, for methods of `Node<K>` such as a client's. It is
    /// gone when the node has ended; a second one takes the place of the first.
    pub fn provide<T: Any + Send + Sync>(&self, value: Arc<T>) {
        self.state.change(|facts| facts.provided = Some(value));
    }

    /// To whom it is connected, by what it has told.
    pub(crate) fn reported_connections(&self) -> Vec<Identity> {
        let told = self.state.facts().connected.keys().cloned().collect();
        self.peers.with_identities(told)
    }

    pub(crate) fn note_dial(&self, peer: &Arc<str>, dial: Dial) {
        self.state.facts().dials.insert(peer.clone(), dial);
    }

    pub(crate) fn link_up(&self, identity: &Identity, name: &str) {
        self.state.link_up(identity, name);
        self.event(Level::Info, "p2p", "connected", json!({ "peer": name }));
    }

    pub(crate) fn link_down(&self, identity: &Identity, name: &str) {
        if self.state.link_down(identity) {
            self.event(Level::Info, "p2p", "disconnected", json!({ "peer": name }));
        }
    }

    pub(crate) fn state(&self) -> &Arc<State> {
        &self.state
    }

    pub(crate) fn peer_set(&self) -> &Peers {
        &self.peers
    }

    /// The node of that name, if this one may speak of it; otherwise a misuse is noted.
    fn known(&self, name: &str) -> Option<Arc<State>> {
        let known = self.peers.named(name);
        if known.is_none() {
            let names: Vec<_> = self.peers().iter().map(|peer| format!("`{}`", peer.name())).collect();
            let peers = if names.is_empty() { "it has none".to_owned() } else { names.join(", ") };
            self.misused(format!("it named `{name}`, which is not one of its peers ({peers})"));
        }
        known
    }

    /// Notes that the node did what it must not do; it is ended for it.
    pub(crate) fn misused(&self, how: String) {
        self.state.change(|facts| {
            facts.misuse.get_or_insert(how);
        });
    }
}
