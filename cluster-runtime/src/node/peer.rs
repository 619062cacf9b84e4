use std::net::SocketAddr;

use super::identity::Identity;
use super::link::LinkEnd;

/// A declared peer of a node: another node that it is linked to.
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

    pub(super) fn link(&self) -> &LinkEnd {
        &self.0
    }

    /// Returns the peer's name.
    pub fn name(&self) -> &str {
        self.0.other().name()
    }

    /// Returns the address by which the node reaches the peer.
    pub fn addr(&self) -> SocketAddr {
        self.0.route()
    }

    /// Returns the peer's address with the port of this name, one of the [ports](crate::Profile::ports) of its kind; "" is
    /// that of [`addr`](Self::addr).
    pub fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        self.0.route_to(port)
    }

    /// Whether the node dials this peer, rather than being dialled by it. Of a link that both ends may dial, the node
    /// that was created later dials, so that a link is one connection.
    pub fn dial(&self) -> bool {
        self.0.dials()
    }

    /// Resolves when the peer is ready, at once if it does not run: for a node that has to start after it.
    pub async fn is_ready(&self) {
        let lifecycle = self.0.other().lifecycle();
        if lifecycle.is_alive() {
            lifecycle.until_ready().await;
        }
    }

    /// Whether the link is declared in one direction only.
    pub fn is_one_way(&self) -> bool {
        self.0.is_one_way()
    }

    /// Returns the peer's identity, once it is known: from the phase config on, or later for kinds whose nodes learn it when
    /// they run.
    pub fn identity(&self) -> Option<Identity> {
        self.0.other().identity()
    }
}
