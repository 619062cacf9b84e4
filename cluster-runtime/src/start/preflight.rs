//! The checks before a start: it is refused with all their results, or begins.

use std::collections::HashMap;
use std::sync::Arc;

use super::options::Options;
use crate::clock::{FACTOR_VARIABLE, factor_error, is_paused};
use crate::error::{Error, Refusal, Result};
use crate::event::DefaultLevel;
use crate::feature::Feature;
use crate::handle::{AnyNode, grouped};
use crate::kind::Isolation;
use crate::node::LinkEnd;
use crate::place::{Ability, Descriptors, Place, descriptors};
use crate::proof;
use crate::seed::seed_errors;

/// File descriptors left for the test itself.
const SPARE_DESCRIPTORS: u64 = 32;

/// File descriptors of a relay at one end of a link, with one connection: two sockets, and both ends of the connection.
const DESCRIPTORS_OF_RELAY: usize = 4;

type Names = Vec<Arc<str>>;

/// # Errors
/// [`Error::Refused`] with all reasons, in the order in which one would fix them.
pub(super) fn check(nodes: &[AnyNode], mut refusals: Vec<Refusal>, options: &Options, place: &dyn Place) -> Result {
    refusals.extend(environment(FACTOR_VARIABLE, factor_error()));
    if options.concurrency == Some(0) {
        refusals.push(Refusal::NoConcurrency);
    }
    refusals.extend(seed_errors().filter_map(|(variable, why)| environment(variable, Some(why))));
    refusals.extend(nodes.iter().flat_map(|node| node.state().refusals()));
    check_names(nodes, &mut refusals);
    check_running(nodes, &mut refusals);
    check_kinds(nodes, place, &mut refusals);
    check_features(nodes, options, place, &mut refusals);
    check_relays(nodes, options, place, &mut refusals);
    check_clock(nodes, &mut refusals);
    check_simulated(nodes, place, &mut refusals);
    #[cfg(feature = "tracing")]
    if options.forward_events && crate::collector::present_subscriber().is_none() {
        refusals.push(Refusal::NoSubscriber);
    }
    check_descriptors(nodes, options, place, &mut refusals);
    if refusals.is_empty() { Ok(()) } else { Err(Error::refused_for(refusals)) }
}

fn environment(variable: &'static str, error: Option<&str>) -> Option<Refusal> {
    error.map(|why| Refusal::Environment { variable, why: why.to_owned() })
}

fn name_of(node: &AnyNode) -> Arc<str> {
    node.state().name().clone()
}

fn check_names(nodes: &[AnyNode], refusals: &mut Vec<Refusal>) {
    let mut ids_by_name: HashMap<&str, Vec<u64>> = HashMap::new();
    for node in nodes {
        let ids = ids_by_name.entry(node.name()).or_default();
        ids.push(node.state().id());
        match **ids {
            [first, second] if first == second => refusals.push(Refusal::NodeTwice { node: name_of(node) }),
            [_, _] => refusals.push(Refusal::NameTwice { name: name_of(node) }),
            _ => {}
        }
    }
}

fn check_running(nodes: &[AnyNode], refusals: &mut Vec<Refusal>) {
    let running: Names = nodes.iter().filter(|node| node.state().lifecycle().is_alive()).map(name_of).collect();
    if !running.is_empty() {
        refusals.push(Refusal::Running { nodes: running });
    }
}

/// What is true of nodes, each with the names of all of them.
fn named<T: Ord>(nodes: &[AnyNode], of: impl Fn(&AnyNode) -> Vec<T>) -> Vec<(T, Names)> {
    grouped(nodes.iter().flat_map(|node| of(node).into_iter().map(move |value| (value, name_of(node)))))
}

/// The refusals of kinds, each once with all its nodes.
fn check_kinds(nodes: &[AnyNode], place: &dyn Place, refusals: &mut Vec<Refusal>) {
    for (fault, nodes) in named(nodes, |node| node.profile().refusals.clone()) {
        refusals.push(Refusal::Kind { nodes, fault });
    }
    check_programs(nodes, place, refusals);
}

fn check_programs(nodes: &[AnyNode], place: &dyn Place, refusals: &mut Vec<Refusal>) {
    for ((program, help), nodes) in named(nodes, |node| node.profile().programs.clone()) {
        let Err(error) = place.check_program(&program) else { continue };
        let fault = match help {
            Some(help) => format!("{error}\nhelp: {help}"),
            None => error.to_string(),
        };
        refusals.push(Refusal::Kind { nodes, fault });
    }
}

fn check_features(nodes: &[AnyNode], options: &Options, place: &dyn Place, refusals: &mut Vec<Refusal>) {
    let lacking: Vec<_> = nodes.iter().filter(|node| !node.profile().unsupported.is_empty()).cloned().collect();
    let refused = named(&lacking, |node| {
        let mut asked = asked_of(node, options, place);
        asked.retain(|feature| node.profile().unsupported.contains(feature));
        asked.into_iter().map(|feature| (node.erased().type_name(), feature)).collect()
    });
    let unsupported = |((kind, feature), nodes)| Refusal::Unsupported { nodes, kind, feature };
    refusals.extend(refused.into_iter().map(unsupported));
}

/// What this start asks of a node.
fn asked_of(node: &AnyNode, options: &Options, place: &dyn Place) -> Vec<Feature> {
    let links = node.context().links().declared();
    let private = is_private(node, options);
    let is_relayed = relayed(&links, options, place) > 0;
    let one_way = links.iter().any(|link| link.is_one_way());
    let asked = [
        (private, Feature::Private),
        (!private, Feature::Public),
        (private && one_way, Feature::OneWayPrivate),
        (options.wait_connections && !links.is_empty(), Feature::Connections),
        (options.levels.default != DefaultLevel::Info, Feature::EventLevel),
        (options.levels.ask_kinds(), Feature::EventSectionsLevels),
        (is_relayed, Feature::LinkControl),
    ];
    asked.into_iter().filter(|(asked, _)| *asked).map(|(_, feature)| feature).collect()
}

/// How many of these links have to have relays.
fn relayed(links: &[LinkEnd], options: &Options, place: &dyn Place) -> usize {
    links.iter().filter(|link| place.can(Ability::Relays) && link.needs_relays(options.link_control)).count()
}

/// Whether the node is private in this start.
pub(super) fn is_private(node: &AnyNode, options: &Options) -> bool {
    !options.public || node.profile().private
}

/// Public nodes tell each other their own addresses, past all relays.
fn check_relays(nodes: &[AnyNode], options: &Options, place: &dyn Place, refusals: &mut Vec<Refusal>) {
    let is_relayed =
        |node: &&AnyNode| !is_private(node, options) && relayed(&node.context().links().declared(), options, place) > 0;
    let nodes: Names = nodes.iter().filter(is_relayed).map(name_of).collect();
    if !nodes.is_empty() {
        refusals.push(Refusal::PublicRelays { nodes });
    }
}

/// An isolated node has a clock of its own, which a test that pauses its clock would not expect.
fn check_clock(nodes: &[AnyNode], refusals: &mut Vec<Refusal>) {
    if !is_paused() {
        return;
    }
    let isolated = nodes.iter().filter(|node| matches!(node.profile().isolation, Isolation::Own(_)));
    let nodes: Names = isolated.map(name_of).collect();
    if !nodes.is_empty() {
        refusals.push(Refusal::PausedClock { nodes });
    }
}

/// What is in simulated time has neither the network nor the threads of the system.
fn check_simulated(nodes: &[AnyNode], place: &dyn Place, refusals: &mut Vec<Refusal>) {
    if place.simulation().is_none() {
        return;
    }
    let reasons = named(nodes, |node| node.profile().unsimulable().into_iter().collect());
    refusals.extend(reasons.into_iter().map(|(why, nodes)| Refusal::NotSimulated { nodes, why }));
}

fn check_descriptors(nodes: &[AnyNode], options: &Options, place: &dyn Place, refusals: &mut Vec<Refusal>) {
    if place.simulation().is_some() {
        return;
    }
    let Some(Descriptors { open, limit }) = descriptors() else { return };
    let (mut links, mut needed, mut unproved) = (0, 0, 0);
    for node in nodes {
        let (declared, profile) = (node.context().links().declared(), node.profile());
        links += declared.len();
        needed += profile.descriptors_with(declared.len());
        needed += relayed(&declared, options, place) * (DESCRIPTORS_OF_RELAY + 2 * profile.ports.len());
        unproved += declared.iter().filter(|link| link.dials() && link.has_unproved_conditions()).count();
    }
    needed += proof::descriptors(unproved);
    let needed = u64::try_from(needed).unwrap_or(u64::MAX);
    if needed.saturating_add(open).saturating_add(SPARE_DESCRIPTORS) > limit {
        let (nodes, spare) = (nodes.len(), SPARE_DESCRIPTORS);
        refusals.push(Refusal::Descriptors { nodes, links, needed, open, spare, limit });
    }
}
