use std::sync::Arc;

use crate::handle::AnyNode;
use crate::node::Home;

/// The nodes of a cluster, for a wait that may outlive the borrow of its value.
#[derive(Clone)]
pub(super) struct View {
    home: Arc<Home>,
    nodes: Vec<AnyNode>,
}

impl View {
    pub(super) fn new(home: Arc<Home>, nodes: Vec<AnyNode>) -> Self {
        Self { home, nodes }
    }

    pub(super) fn home(&self) -> &Arc<Home> {
        &self.home
    }

    pub(super) fn nodes(&self) -> &[AnyNode] {
        &self.nodes
    }
}
