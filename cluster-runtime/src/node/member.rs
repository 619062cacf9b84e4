use std::net::SocketAddr;
use std::sync::Arc;

use super::identity::Identity;
use super::state::State;

/// A node of the cluster, whether or not it is a peer; see [`NodeContext::all_nodes`](crate::NodeContext::all_nodes).
#[derive(Clone, Debug)]
pub struct Member(Arc<State>);

impl Member {
    pub(super) fn new(node: Arc<State>) -> Self {
        Self(node)
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// Returns its address.
    pub fn addr(&self) -> SocketAddr {
        self.0.addr()
    }

    /// Returns its address with the port of this name, one of the [ports](crate::Profile::ports) of its kind.
    pub fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        self.0.spot().addr_of(port)
    }

    /// Returns its identity, once it is known.
    pub fn identity(&self) -> Option<Identity> {
        self.0.identity()
    }
}
