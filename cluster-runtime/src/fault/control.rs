//! Which links a fault concerns, and whether they can be controlled.

use std::collections::HashSet;

use crate::error::{FaultError, Refusal, Result};
use crate::handle::AnyNode;
use crate::net::{Block, Effect};
use crate::node::{InForce, LinkEnd};
use crate::ordered::ordered;
use crate::place::{Ability, Place};
use crate::start::{Lack, View, lacking, stranger};

/// The ends of links that the fault concerns: what leaves them is affected.
///
/// # Errors
/// When there are none, or a node reaches its peers in a way that the cluster does not control.
pub(super) fn concerned(cluster: &View, fault: &InForce) -> Result<Vec<LinkEnd>, FaultError> {
    check_nodes(cluster, fault)?;
    check_place(cluster, fault)?;
    let ends = ends_of(cluster, fault);
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
    // Public nodes may learn of each other later, and a place holds what any nodes send each other.
    let home = cluster.home();
    if ends.is_empty() && !home.mode().public && !home.is_ruled() {
        return Err(refused(fault, "no link is between these nodes\nhelp: name nodes that are linked".to_owned()));
    }
    Ok(ends)
}

/// The ends of links that exist now and that the fault concerns.
pub(super) fn ends_of(cluster: &View, fault: &InForce) -> Vec<LinkEnd> {
    cluster.link_ends().into_iter().filter(|end| fault.concerns(end)).collect()
}

/// # Errors
/// When a node is of another cluster, or of none.
pub(super) fn check_own(cluster: &View, name: &str, nodes: &[AnyNode]) -> Result<(), FaultError> {
    let refused = |why: Refusal| Err(FaultError::Refused { fault: name.to_owned(), why: why.to_string() });
    stranger(cluster.home(), nodes).map_or(Ok(()), refused)
}

/// # Errors
/// When a node is not one of the cluster's any more, or none of the cluster runs.
fn check_nodes(cluster: &View, fault: &InForce) -> Result<(), FaultError> {
    let known: HashSet<_> = cluster.nodes().iter().map(|node| node.state().id()).collect();
    let named = fault.spans.iter().flat_map(|span| span.from.iter().chain(span.to.iter()));
    let strangers = ordered(named.filter(|id| !known.contains(id))).len();
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

/// # Errors
/// When the place breaks links by itself, and cannot do this.
fn check_place(cluster: &View, fault: &InForce) -> Result<(), FaultError> {
    let Some(place) = cluster.home().place().filter(|_| cluster.home().is_ruled()) else { return Ok(()) };
    match unable(&*place, fault.effect) {
        Some(Lack { what, remedy }) => {
            let help = remedy.unwrap_or("break something else, or start the cluster on this machine");
            Err(refused(fault, format!("{what} cannot be done {}\nhelp: {help}", place.name())))
        }
        None => Ok(()),
    }
}

/// What the place cannot do of it.
fn unable(place: &dyn Place, effect: Effect) -> Option<Lack> {
    let (ability, what) = match effect {
        Effect::Block(Block::BlackHole) => (Ability::Drop, "cutting links"),
        Effect::Block(Block::Refuse) => (Ability::Refuse, "refusing what nodes send"),
        Effect::Block(Block::Reset) => (Ability::Reset, "resetting connections"),
        Effect::Conditions(conditions) => return lacking(place, &conditions, "what nodes send"),
    };
    (!place.can(ability)).then(|| Lack::of(place, ability, what))
}

pub(super) fn refused(fault: &InForce, why: String) -> FaultError {
    FaultError::Refused { fault: fault.name.clone(), why }
}
