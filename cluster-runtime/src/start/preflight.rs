//! What cannot work is refused before anything starts.

use std::collections::{BTreeMap, HashMap};

use super::Options;
use super::seed::{SEED_VARIABLE, seed_fault};
use crate::clock::{FACTOR_VARIABLE, factor_fault};
use crate::error::{Error, Result};
use crate::event::DefaultLevel;
use crate::handle::AnyNode;
use crate::kind::Feature;
use crate::node::{Direction, Stage};
use crate::place::{Descriptors, Local, Place};

/// How many names an error lists.
const NAMES: usize = 3;
/// File descriptors left for the test itself.
const SPARE_DESCRIPTORS: u64 = 32;

/// # Errors
/// [`Error::Refused`] with all that cannot work, in the order in which one would mend it.
pub(crate) fn check(nodes: &[AnyNode], mut faults: Vec<String>, options: &Options) -> Result {
    faults.extend(
        factor_fault().map(|fault| format!("the environment variable {FACTOR_VARIABLE} cannot be read: {fault}")),
    );
    if options.concurrency == Some(0) {
        faults.push("no node can be brought up with `.concurrency(0)`\nhelp: allow one at least".to_owned());
    }
    faults
        .extend(seed_fault().map(|fault| format!("the environment variable {SEED_VARIABLE} cannot be read: {fault}")));
    check_nodes(nodes, &mut faults);
    check_names(nodes, &mut faults);
    check_running(nodes, &mut faults);
    check_kinds(nodes, &mut faults);
    check_features(nodes, options, &mut faults);
    check_addresses(nodes, &mut faults);
    check_descriptors(nodes, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Error::Refused { faults }) }
}

/// Faults that were noted on the nodes while they were created and wired.
fn check_nodes(nodes: &[AnyNode], faults: &mut Vec<String>) {
    for node in nodes {
        faults.extend(node.state().facts().faults.iter().cloned());
    }
}

fn check_names(nodes: &[AnyNode], faults: &mut Vec<String>) {
    let mut ids_by_name: HashMap<&str, Vec<u64>> = HashMap::new();
    for node in nodes {
        let name = node.name();
        let ids = ids_by_name.entry(name).or_default();
        ids.push(node.state().id());
        match **ids {
            [first, second] if first == second => {
                faults.push(format!("node `{name}` is there twice\nhelp: take it out of one of the sets"));
            }
            [_, _] => faults.push(format!("two nodes are called `{name}`\nhelp: give each node a name of its own")),
            _ => {}
        }
    }
}

fn check_running(nodes: &[AnyNode], faults: &mut Vec<String>) {
    let running = nodes.iter().filter(|node| matches!(node.state().stage(), Stage::Starting(_) | Stage::Started));
    let running: Vec<_> = running.map(AnyNode::name).collect();
    if !running.is_empty() {
        faults.push(started_already(running));
    }
}

pub(crate) fn started_already<'a>(running: impl IntoIterator<Item = &'a str>) -> String {
    let names = names(running.into_iter()).unwrap_or_default();
    format!("{names} started already\nhelp: stop a node before it is started again")
}

/// A fault of a kind is told once, with its nodes.
fn check_kinds(nodes: &[AnyNode], faults: &mut Vec<String>) {
    let mut names_by_fault: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for node in nodes {
        for fault in node.erased().faults() {
            names_by_fault.entry(fault).or_default().push(node.name());
        }
    }
    for (fault, broken) in names_by_fault {
        let names = names(broken.into_iter()).unwrap_or_default();
        faults.push(format!("{names} of a kind that cannot run: {fault}"));
    }
}

fn check_features(nodes: &[AnyNode], options: &Options, faults: &mut Vec<String>) {
    let mut refusals: BTreeMap<(&str, &str, &str), Vec<&str>> = BTreeMap::new();
    for node in nodes {
        for feature in asked_of(node, options) {
            if !node.erased().supports(feature) {
                let key = (node.erased().type_name(), feature.description(), feature.help());
                refusals.entry(key).or_default().push(node.name());
            }
        }
    }
    for ((kind, what, help), refused) in refusals {
        let names = names(refused.into_iter()).unwrap_or_default();
        faults.push(format!("{names} of kind `{kind}`, which does not support {what}\nhelp: {help}"));
    }
}

/// What this start asks of a node.
fn asked_of(node: &AnyNode, options: &Options) -> Vec<Feature> {
    let peers = node.context().peer_set().all();
    let private = is_private(node, options);
    let one_way = peers.iter().any(|(_, direction)| *direction != Direction::Both);
    let asked = [
        (private, Feature::Private),
        (!private, Feature::Public),
        (private && one_way, Feature::OneWayPrivate),
        (options.wait_connections && !peers.is_empty(), Feature::Connections),
        (options.levels.default != DefaultLevel::Info, Feature::EventLevel),
        (!options.levels.sections.is_empty(), Feature::EventSectionsLevels),
    ];
    asked.into_iter().filter(|(asked, _)| *asked).map(|(_, feature)| feature).collect()
}

/// Whether the node is private in this start.
pub(crate) fn is_private(node: &AnyNode, options: &Options) -> bool {
    !options.public || node.erased().private()
}

/// Each node has its addresses from here on.
fn check_addresses(nodes: &[AnyNode], faults: &mut Vec<String>) {
    for node in nodes {
        if let Err(error) = node.state().spot().addresses() {
            faults.push(format!("no address could be reserved for node `{}`: {error}", node.name()));
        }
    }
}

fn check_descriptors(nodes: &[AnyNode], faults: &mut Vec<String>) {
    let Some(Descriptors { open, limit }) = Local.descriptors() else { return };
    let links: usize = nodes.iter().map(|node| node.context().peer_set().len()).sum();
    let needed: usize = nodes.iter().map(|node| node.erased().descriptors(node.context().peer_set().len())).sum();
    let needed = u64::try_from(needed).unwrap_or(u64::MAX);
    if needed.saturating_add(open).saturating_add(SPARE_DESCRIPTORS) > limit {
        faults.push(format!(
            "{} nodes with {links} ends of links need about {needed} file descriptors, {open} are open, {SPARE_DESCRIPTORS} are for the test itself, and the limit is {limit}\n\
             help: declare fewer links, or raise the hard limit (`ulimit -Hn`)",
            nodes.len()
        ));
    }
}

/// "nodes `a`, `b` and 3 more are", or "node `a` is".
fn names<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match &*names {
        [] => None,
        [name] => Some(format!("node {name} is")),
        [first @ .., last] if names.len() <= NAMES => Some(format!("nodes {} and {last} are", first.join(", "))),
        _ => Some(format!("nodes {} and {} more are", names[..NAMES].join(", "), names.len() - NAMES)),
    }
}
