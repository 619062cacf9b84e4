//! Which links a fault concerns, and whether they can be controlled.

use std::collections::HashSet;

use crate::error::{FaultError, Result};
use crate::node::{InForce, LinkEnd};
use crate::start::View;

/// The ends of links that the fault concerns: what leaves them is affected.
///
/// # Errors
/// When there are none, or a node reaches its peers in a way that the cluster does not control.
pub(super) fn concerned(cluster: &View, fault: &InForce) -> Result<Vec<LinkEnd>, FaultError> {
    check_nodes(cluster, fault)?;
    let ends: Vec<_> = cluster.link_ends().into_iter().filter(|end| fault.concerns(end)).collect();
    if let Some(end) = ends.iter().find(|end| !end.is_controlled()) {
        return Err(refused(
            fault,
            format!(
                "`{}` reaches `{}` by sockets of its own, past all that could hold it\n\
             help: start with `.link_control(true)`, which puts a relay on every such link; if a service uses only \
             `node.listen`, `node.connect` and `node.datagram`, build it with `.gated()`",
                end.own().name(),
                end.other().name()
            ),
        ));
    }
    // Public nodes may learn of each other later.
    if ends.is_empty() && !cluster.home().mode().public {
        return Err(refused(fault, "no link is between these nodes\nhelp: name nodes that are linked".to_owned()));
    }
    Ok(ends)
}

/// # Errors
/// When a node is not of the cluster, is in two parts, or none of the cluster runs.
pub(super) fn check_nodes(cluster: &View, fault: &InForce) -> Result<(), FaultError> {
    let known: HashSet<_> = cluster.nodes().iter().map(|node| node.state().id()).collect();
    let named = fault.spans.iter().flat_map(|span| span.from.iter().chain(&span.to));
    let strangers = named.filter(|id| !known.contains(id)).collect::<HashSet<_>>().len();
    if strangers > 0 {
        let why = format!(
            "{strangers} of its nodes are not of this cluster\nhelp: name nodes of the cluster, or add them first"
        );
        return Err(refused(fault, why));
    }
    if !cluster.nodes().iter().any(|node| node.state().lifecycle().is_alive()) {
        return Err(refused(fault, "no node of the cluster runs\nhelp: start it first".to_owned()));
    }
    Ok(())
}

pub(super) fn refused(fault: &InForce, why: String) -> FaultError {
    FaultError::Refused { fault: fault.name.clone(), why }
}
