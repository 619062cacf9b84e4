use std::net::SocketAddr;

use super::identity::Identity;
use super::link::LinkEnd;

/// Another node that a node was told of.
///
/// # Examples
/// ```
/// use cluster_runtime::{NodeContext, Peer};
///
/// fn arguments(node: &NodeContext) -> Vec<String> {
///     let dialled = node.peers().into_iter().filter(Peer::dial);
///     dialled.map(|peer| format!("--peer={}", peer.addr())).collect()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Peer(LinkEnd);

impl Peer {
    /// The other end of a link.
    pub(super) fn new(link: LinkEnd) -> Self {
        Self(link)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.other().name()
    }

    /// Where to reach it.
    pub fn addr(&self) -> SocketAddr {
        self.0.route()
    }

    /// Its address with the port of this name, one of those that its kind asks for; "" is that of
    /// [`addr`](Self::addr).
    pub fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        self.0.route_to(port)
    }

    /// Whether this node is the side of the link that dials. Of a link that may be dialled from both sides it is the node
    /// that was created later, so that a link is one connection.
    pub fn dial(&self) -> bool {
        self.0.dials()
    }

    /// Whether the link is declared in one direction only.
    pub fn is_one_way(&self) -> bool {
        self.0.is_one_way()
    }

    /// Its identity, as soon as it is known: for peers that are started together, from the phase config on; for kinds that
    /// learn it by running, later.
    pub fn identity(&self) -> Option<Identity> {
        self.0.other().identity()
    }
}
