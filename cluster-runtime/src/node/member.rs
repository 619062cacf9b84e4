use std::net::SocketAddr;
use std::sync::Arc;

use super::identity::Identity;
use super::link::LinkEnd;
use super::state::State;

/// A node of the cluster, whether or not it is a peer; see [`NodeContext::all_nodes`](crate::NodeContext::all_nodes).
#[derive(Clone, Debug)]
pub struct Member {
    node: Arc<State>,
    /// The link to it of the node that asks, if they are peers.
    link: Option<LinkEnd>,
}

impl Member {
    pub(super) fn new(node: Arc<State>, link: Option<LinkEnd>) -> Self {
        Self { node, link }
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        self.node.name()
    }

    /// Returns its address; of a peer that by which the node reaches it.
    pub fn addr(&self) -> SocketAddr {
        self.link.as_ref().map_or_else(|| self.node.addr(), LinkEnd::route)
    }

    /// Returns its address with the port of this name, one of the [ports](crate::Profile::ports) of its kind.
    pub fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        match &self.link {
            Some(link) => link.route_to(port),
            None => self.node.spot().addr_of(port),
        }
    }

    /// Returns its identity, once it is known.
    pub fn identity(&self) -> Option<Identity> {
        self.node.identity()
    }
}
