//! What a start was waiting for when it timed out.

use std::collections::HashSet;
use std::time::Duration;

use crate::error::{Error, MissingLink, Phase, Unfinished, Unready};
use crate::handle::AnyNode;
use crate::node::{Dial, LinkEnd, Stage};

/// The report of a start that took longer than `timeout`.
pub(super) fn timeout(nodes: &[AnyNode], timeout: Duration, wait_connections: bool) -> Error {
    let mut unready: Vec<_> = nodes.iter().filter_map(unready).collect();
    // Nodes in earlier phases keep the others waiting.
    unready.sort_by_key(|unready| unready.phase);
    let missing = if wait_connections { missing_links(nodes) } else { Vec::new() };
    Error::StartTimeout(Box::new(Unfinished { timeout, missing, unready, seed: None }))
}

fn unready(node: &AnyNode) -> Option<Unready> {
    let Stage::Starting(phase) = node.state().lifecycle().stage() else { return None };
    let waiting_for = match phase {
        Phase::Identity => "it has no identity yet".to_owned(),
        Phase::Config => "its configuration is not made yet".to_owned(),
        Phase::Run | Phase::Ready => match node.state().lifecycle().waiting_for() {
            unknown if unknown.is_empty() => "it has not reported that it is ready".to_owned(),
            known => known,
        },
        Phase::Connected => return None,
    };
    Some(Unready { node: node.state().name().clone(), phase, waiting_for, log: node.context().log_tail() })
}

/// The declared links that are not up, each once, as seen from the side that dials.
pub(super) fn missing_links(nodes: &[AnyNode]) -> Vec<MissingLink> {
    let started: HashSet<_> = nodes.iter().map(|node| node.state().id()).collect();
    let links = nodes.iter().flat_map(|node| node.context().links().declared());
    // The link is listed from its other end if that is one of these nodes.
    let links = links.filter(|link| link.dials() || !started.contains(&link.other().id()));
    let links = links.filter(LinkEnd::is_awaited);
    links.filter_map(|link| missing_link(&if link.dials() { link } else { link.reversed() })).collect()
}

fn missing_link(link: &LinkEnd) -> Option<MissingLink> {
    let (dialler, listener) = (link.own().name(), link.other().name());
    let state = match (link.is_up(), link.reversed().is_up()) {
        (true, true) => return None,
        (true, false) => format!("{dialler} reports it, {listener} does not"),
        (false, true) => format!("{listener} reports it, {dialler} does not"),
        (false, false) => progress(link),
    };
    Some(MissingLink { dialler: dialler.clone(), listener: listener.clone(), state })
}

/// The progress of a link that neither end reports.
fn progress(link: &LinkEnd) -> String {
    for end in [link.own(), link.other()] {
        let stage = end.lifecycle().stage();
        if !stage.is_alive() {
            return format!("{} {stage}", end.name());
        }
    }
    if link.is_blocked() {
        return "cut by the test".to_owned();
    }
    let (dialler, listener) = (link.own().name(), link.other().name());
    match link.dial_progress() {
        Some(Dial::Dialled) => format!("{dialler} has dialled, {listener} has not answered"),
        Some(Dial::Failed(why)) => format!("{dialler} has dialled and failed: {why}"),
        None => format!("{dialler} has not reported that it dialled"),
    }
}
