//! The topology of a cluster: as declared, and as it is now.

use std::collections::HashMap;

use cluster_topology::Topology;

use crate::clock::Deadline;
use crate::error::{Error, Result};
use crate::handle::{AnyNode, together, watch};
use crate::node::LinkEnd;
use crate::wait::Wait;

/// The nodes and the links between them that were declared.
pub(crate) fn declared(nodes: &[AnyNode]) -> Topology {
    topology(nodes, |node| node.context().links().declared())
}

/// The nodes and the links between them that both ends report.
pub(super) fn observed(nodes: Vec<AnyNode>) -> Wait<'static, Topology> {
    Wait::of(watch(&nodes, "the connections"), move |deadline| async move {
        together(nodes.iter().cloned().map(|node| refresh(node, deadline))).await?;
        Ok(topology(&nodes, |node| {
            let links = node.context().links().all();
            links.into_iter().filter(|link| link.is_up() && link.reversed().is_up()).collect()
        }))
    })
}

/// Asks a node that runs for its connections.
async fn refresh(node: AnyNode, deadline: Deadline) -> Result {
    match deadline.bound(node.context().unless_death(Box::pin(node.neighbours()))).await {
        // A node that is not running has none.
        Some(Ok(_) | Err(Error::NotRunning { .. })) => Ok(()),
        Some(Err(error)) => Err(error),
        None => Err(node.timed_out("the list of its connections", deadline)),
    }
}

/// The topology of these links of each node: each is known at both its ends, and drawn from one.
fn topology(nodes: &[AnyNode], links: impl Fn(&AnyNode) -> Vec<LinkEnd>) -> Topology {
    let index: HashMap<_, _> = nodes.iter().enumerate().map(|(index, node)| (node.state().id(), index)).collect();
    let mut topology = Topology::new(nodes.iter().map(|node| node.name()));
    for (from, node) in nodes.iter().enumerate() {
        for link in links(node) {
            let Some(&to) = index.get(&link.other().id()) else { continue };
            // Both are indices of `nodes`, and they differ.
            let _ = match link.is_one_way() {
                true if link.dials() => topology.link_one_way(from, to),
                false if from < to => topology.link(from, to),
                _ => continue,
            };
        }
    }
    topology
}
