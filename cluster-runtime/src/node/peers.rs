use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Identity, State};

/// The nodes that one node was told of, and those that were started with it.
#[derive(Debug, Default)]
pub(crate) struct Peers(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// By id, so that a link that is declared twice is one link.
    peers: BTreeMap<u64, (Arc<State>, Direction)>,
    roster: Arc<Roster>,
}

/// The nodes of one start, by name.
pub(crate) type Roster = HashMap<Arc<str>, Arc<State>>;

/// Which side of a link was told to dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Either side may; the younger one does.
    Both,
    /// This side.
    Out,
    /// The other side.
    In,
}

impl Direction {
    fn and(self, other: Direction) -> Direction {
        if self == other { self } else { Direction::Both }
    }
}

impl Peers {
    pub(crate) fn add(&self, peer: Arc<State>, direction: Direction) {
        let mut known = self.known();
        known
            .peers
            .entry(peer.id())
            .and_modify(|(_, known)| *known = known.and(direction))
            .or_insert((peer, direction));
    }

    pub(crate) fn set_roster(&self, roster: Arc<Roster>) {
        self.known().roster = roster;
    }

    pub(crate) fn len(&self) -> usize {
        self.known().peers.len()
    }

    /// The peers, in the order of their creation.
    pub(crate) fn all(&self) -> Vec<(Arc<State>, Direction)> {
        self.known().peers.values().cloned().collect()
    }

    /// The peer, or the node that was started with this one, that is called so.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<State>> {
        let known = self.known();
        let peer = || known.peers.values().map(|(peer, _)| peer).find(|peer| &**peer.name() == name);
        known.roster.get(name).or_else(peer).cloned()
    }

    /// A peer that was met before its identity was known was told of by its name; here names become identities.
    pub(crate) fn with_identities(&self, told: Vec<Identity>) -> Vec<Identity> {
        let known = self.known();
        let peers: HashMap<_, _> = known.peers.values().map(|(peer, _)| (&**peer.name(), peer)).collect();
        let nodes: Vec<_> = told
            .iter()
            .map(|told| known.roster.get(told.as_str()).or(peers.get(told.as_str()).copied()).cloned())
            .collect();
        drop(known);
        let identities = nodes.into_iter().map(|node| node.and_then(|node| node.identity()));
        identities.zip(told).map(|(identity, told)| identity.unwrap_or(told)).collect()
    }

    /// The names of the peers, and of the nodes that were started with this one, by identity.
    pub(crate) fn names_by_identity(&self) -> HashMap<Identity, Arc<str>> {
        let known = self.known();
        let nodes: Vec<_> = known.roster.values().chain(known.peers.values().map(|(peer, _)| peer)).cloned().collect();
        drop(known);
        nodes.iter().filter_map(|node| Some((node.identity()?, node.name().clone()))).collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Another node that a node was told of.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use cluster_runtime::{NodeContext, Peer};
/// use tokio::net::TcpStream;
///
/// async fn dial(node: &NodeContext, peer: &Peer) -> TcpStream {
///     // Again and again: all nodes start at the same time, and nobody knows which one listens first.
///     loop {
///         match TcpStream::connect(peer.addr()).await {
///             Ok(stream) => return stream,
///             Err(error) => node.dial_failed(peer.name(), error),
///         }
///         tokio::time::sleep(Duration::from_millis(5)).await;
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Peer {
    state: Arc<State>,
    dial: bool,
    direction: Direction,
}

impl Peer {
    pub(crate) fn new(state: Arc<State>, direction: Direction, own_id: u64) -> Self {
        let dial = match direction {
            Direction::Both => own_id > state.id(),
            Direction::Out => true,
            Direction::In => false,
        };
        Self { state, dial, direction }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.state.name()
    }

    /// Where to reach it.
    pub fn addr(&self) -> SocketAddr {
        self.state.spot().addr()
    }

    /// Its address with the port of this name, one of those that its kind asks for; "" is that of
    /// [`addr`](Self::addr).
    pub fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        self.state.spot().addr_of(port)
    }

    /// Whether this node is the side of the link that dials. Of a link that may be dialled from both sides it is the node
    /// that was created later, so that a link is one connection.
    pub fn dial(&self) -> bool {
        self.dial
    }

    /// Whether the link is declared in one direction only.
    pub fn is_one_way(&self) -> bool {
        self.direction != Direction::Both
    }

    /// Its identity, as soon as it is known: for peers that are started together, from the phase config on; for kinds that
    /// learn it by running, later.
    pub fn identity(&self) -> Option<Identity> {
        self.state.identity()
    }

    pub(crate) fn state(&self) -> &Arc<State> {
        &self.state
    }
}
