//! The place of a start, and the spots of nodes there.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use super::options::Options;
use crate::error::{Error, Refusal, Result};
use crate::handle::AnyNode;
use crate::net::Conditions;
use crate::node::{Home, State};
use crate::place::{Ability, Local, PLACE_VARIABLE, Place, from_environment};

/// The place of a start, with the reasons why it cannot carry these nodes: that of the start, that of the cluster, the one from
/// the environment if it can carry them, or this machine.
pub(super) async fn place_for(
    home: &Home,
    nodes: &[AnyNode],
    options: &Options,
) -> Result<(Arc<dyn Place>, Vec<Refusal>)> {
    if let Some(place) = options.place.clone().or_else(|| home.place()) {
        let refusals = unfit(home, &*place, nodes, options).await;
        return Ok((place, refusals));
    }
    let variable = PLACE_VARIABLE;
    match from_environment().map_err(|why| Error::refused(Refusal::Environment { variable, why }))? {
        None => Ok((Arc::new(Local), Vec::new())),
        Some(place) => match unfit(home, &*place, nodes, options).await.first() {
            None => Ok((place, Vec::new())),
            Some(refusal) => {
                say_that_it_stays(&*place, refusal);
                Ok((Arc::new(Local), Vec::new()))
            }
        },
    }
}

fn say_that_it_stays(place: &dyn Place, refusal: &Refusal) {
    let refusal = refusal.to_string();
    let why = refusal.lines().next().unwrap_or_default();
    eprintln!("{PLACE_VARIABLE}: a cluster runs on this machine, and not {}: {why}", place.name());
}

/// Why the place cannot carry these nodes.
async fn unfit(home: &Home, place: &dyn Place, nodes: &[AnyNode], options: &Options) -> Vec<Refusal> {
    let mut refusals: Vec<_> = nodes.iter().filter_map(|node| elsewhere(place, node)).collect();
    let in_process = nodes.iter().filter(|node| !node.profile().is_outside && !place.can(Ability::InProcess));
    let in_process: Vec<_> = in_process.map(|node| node.state().name().clone()).collect();
    if !in_process.is_empty() {
        refusals.push(Refusal::InProcess { nodes: in_process, place: place.name() });
    }
    refusals.extend(separated(home, place, nodes));
    let unable = unable(place, nodes, options);
    refusals.extend(unable.map(|Lack { what, remedy }| Refusal::Unable { place: place.name(), what, remedy }));
    // One that is open for the cluster may have lost hosts that these nodes do not need.
    if home.place().is_none()
        && let Err(error) = place.check().await
    {
        refusals.push(no_place(place, &error));
    }
    refusals
}

fn elsewhere(place: &dyn Place, node: &AnyNode) -> Option<Refusal> {
    let at = node.state().place().filter(|at| *at != place.name())?;
    Some(Refusal::Elsewhere { node: node.state().name().clone(), at, place: place.name() })
}

/// A link to a node that is not of the cluster: where that has a network of its own, it does not reach it.
fn separated(home: &Home, place: &dyn Place, nodes: &[AnyNode]) -> Option<Refusal> {
    if place.can(Ability::Relays) {
        return None;
    }
    let known: HashSet<_> = nodes.iter().map(|node| node.state().id()).collect();
    let mut links = nodes.iter().flat_map(|node| node.context().links().declared());
    let link = links.find(|link| !known.contains(&link.other().id()) && !home.has_admitted(link.other().id()))?;
    let (node, peer) = (link.own().name().clone(), link.other().name().clone());
    Some(Refusal::Unreachable { node, peer, place: place.name() })
}

/// What is asked of links that the place cannot do.
fn unable(place: &dyn Place, nodes: &[AnyNode], options: &Options) -> Option<Lack> {
    if place.can(Ability::Relays) {
        return None;
    }
    if options.link_control && !place.can(Ability::Drop) {
        return Some(Lack::of(place, Ability::Drop, "cutting links"));
    }
    let mut links = nodes.iter().flat_map(|node| node.context().links().declared());
    links.find_map(|link| {
        let sent = format!("what `{}` and `{}` send each other", link.own().name(), link.other().name());
        lacking(place, &link.conditions(), &sent)
    })
}

/// Something that a place cannot do.
pub(crate) struct Lack {
    pub(crate) what: String,
    /// What makes the place able to, if something does.
    pub(crate) remedy: Option<&'static str>,
}

impl Lack {
    pub(crate) fn of(place: &dyn Place, ability: Ability, what: &str) -> Self {
        Self { what: what.to_owned(), remedy: place.remedy(ability) }
    }
}

/// What the place cannot do of these conditions, to what is sent.
pub(crate) fn lacking(place: &dyn Place, conditions: &Conditions, sent: &str) -> Option<Lack> {
    let wanted = [
        (conditions.latency.or(conditions.jitter).is_some(), Ability::Delay, "delaying"),
        (conditions.rate.is_some(), Ability::Rate, "limiting the rate of"),
        (conditions.loss.is_some(), Ability::Loss, "losing"),
    ];
    let lacking = wanted.into_iter().find(|(is_wanted, ability, _)| *is_wanted && !place.can(*ability));
    let others = conditions.duplicate.or(conditions.reorder);
    lacking
        .map(|(_, ability, verb)| Lack::of(place, ability, &format!("{verb} {sent}")))
        .or_else(|| others.map(|_| Lack { what: format!("duplicating or reordering {sent}"), remedy: None }))
}

fn no_place(place: &dyn Place, error: &io::Error) -> Refusal {
    Refusal::NoPlace { place: place.name(), why: error.to_string() }
}

/// Gives a spot to each node that has none. The place is opened for the first of them.
///
/// # Errors
/// When the place cannot be opened, or has no room or no address for a node.
pub(super) async fn give_spots(home: &Home, nodes: &[AnyNode], place: &Arc<dyn Place>) -> Result {
    let new: Vec<_> = nodes.iter().filter(|node| node.state().place().is_none()).collect();
    if !new.is_empty() {
        let wanted = new.iter().map(|node| node.state().wanted().clone()).collect();
        let spots = home.admit(place, wanted).await.map_err(|error| Error::refused(no_place(&**place, &error)))?;
        home.note_admitted(new.iter().map(|node| node.state().id()));
        for (node, spot) in new.into_iter().zip(spots) {
            node.state().put(&**place, spot, home.network().cloned());
        }
    }
    let without_address: Vec<_> = nodes.iter().filter_map(without_address).collect();
    if without_address.is_empty() { Ok(()) } else { Err(Error::refused_for(without_address)) }
}

/// Reserves the node's addresses.
fn without_address(node: &AnyNode) -> Option<Refusal> {
    let why = node.state().spot().address().err()?.to_owned();
    Some(Refusal::NoAddress { node: node.state().name().clone(), why })
}

/// Puts the conditions in force that links of these nodes are declared with, where the place does that.
///
/// # Errors
/// When it cannot.
pub(super) async fn declare_conditions(home: &Home, nodes: &[AnyNode]) -> Result {
    if !home.is_ruled() {
        return Ok(());
    }
    let nodes: Vec<Arc<State>> = nodes.iter().map(|node| node.state().clone()).collect();
    let declared = home.declare_rules(&nodes).await;
    declared.map_err(|error| Error::other(format!("the conditions of links cannot be put in force: {error}")))
}
