use std::sync::Arc;

use crate::error::{Error, FaultError, Result};
use crate::handle::AnyNode;
use crate::node::{Home, InForce, LinkEnd};

/// The nodes of a cluster, for a wait that may outlive the borrow of its value.
#[derive(Clone, Debug)]
pub(crate) struct View {
    home: Arc<Home>,
    nodes: Vec<AnyNode>,
}

impl View {
    pub(crate) fn new(home: Arc<Home>, nodes: Vec<AnyNode>) -> Self {
        Self { home, nodes }
    }

    pub(crate) fn home(&self) -> &Arc<Home> {
        &self.home
    }

    pub(crate) fn nodes(&self) -> &[AnyNode] {
        &self.nodes
    }

    /// Both ends of each link, also of those that were not declared.
    pub(crate) fn link_ends(&self) -> Vec<LinkEnd> {
        let declared = self.nodes.iter().flat_map(|node| node.context().links().declared());
        declared.chain(self.home.learned_links()).collect()
    }

    /// The first fault in force that no traffic of nodes ran into, and that may not be idle.
    pub(super) fn idle_fault(&self) -> Option<FaultError> {
        let faults = self.home.faults().all();
        let idle = faults.iter().find(|fault| fault.is_idle())?;
        Some(self.bit_nothing(idle))
    }

    /// Ends the faults that the place has put in force, without a proof.
    ///
    /// # Errors
    /// When the place cannot do so, or no traffic of nodes ran into one of them.
    pub(super) async fn end_faults_at_place(&self) -> Result {
        let faults = self.home.faults().all();
        let ended = self.home.end_at_place().await;
        ended.map_err(|error| Error::other(format!("the faults of the cluster cannot be ended: {error}")))?;
        let mut placed = faults.iter().filter(|fault| fault.counted_pairs().is_some());
        placed.find(|fault| fault.is_idle()).map_or(Ok(()), |idle| Err(self.bit_nothing(idle).into()))
    }

    /// Ends all faults, without a proof.
    ///
    /// # Errors
    /// When no traffic of nodes ran into one of them.
    pub(super) fn end_faults(&self) -> Result {
        let mut faults = self.home.faults().all();
        faults.retain(|fault| self.home.faults().remove(fault));
        let ends = if faults.is_empty() { Vec::new() } else { self.link_ends() };
        let mut idle = None;
        for fault in faults {
            self.home.faults().lift(&fault, &ends, self.home.journal());
            if fault.is_idle() {
                idle.get_or_insert_with(|| self.bit_nothing(&fault));
            }
        }
        idle.map_or(Ok(()), |idle| Err(idle.into()))
    }

    /// The error of a fault that no traffic of nodes ran into. A node that is paused or dead may be why.
    pub(crate) fn bit_nothing(&self, fault: &InForce) -> FaultError {
        FaultError::BitNothing {
            fault: fault.name.clone(),
            lasted: fault.lasted(),
            direct: fault.direct(),
            troubles: self.home.troubles_of_nodes().into(),
        }
    }
}
