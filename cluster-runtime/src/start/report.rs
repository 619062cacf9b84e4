//! What a start was waiting for when its time was over.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, MissingLink, Phase, StartTimeout, Unready};
use crate::handle::AnyNode;
use crate::node::{Dial, Stage, State};

/// Whether the node reports all these peers.
pub(crate) fn is_connected(node: &AnyNode, peers: &[Arc<State>]) -> bool {
    if node.state().facts().connected.len() < peers.len() {
        return false;
    }
    peers.iter().all(|peer| reports(node.state(), peer))
}

/// One who met the peer before its identity was known told of its name.
fn reports(state: &State, peer: &State) -> bool {
    let identity = peer.identity();
    let facts = state.facts();
    identity.is_some_and(|identity| facts.connected.contains_key(&identity))
        || facts.connected.contains_key(&**peer.name())
}

/// The report of a start that took longer than `timeout`.
pub(crate) fn timeout(nodes: &[AnyNode], timeout: Duration, wait_connections: bool) -> Error {
    let mut unready: Vec<_> = nodes.iter().filter_map(unready).collect();
    // Whoever is behind keeps the others waiting.
    unready.sort_by_key(|unready| unready.phase);
    let missing = if wait_connections { missing_links(nodes) } else { Vec::new() };
    Error::StartTimeout(Box::new(StartTimeout { timeout, missing, unready, seed: None }))
}

fn unready(node: &AnyNode) -> Option<Unready> {
    let Stage::Starting(phase) = node.state().stage() else { return None };
    let ready = node.state().facts().expected.clone();
    let ready = if ready.is_empty() { "it has not said that it is ready".to_owned() } else { ready };
    let expected = match phase {
        Phase::Identity => "it has no identity yet",
        Phase::Config => "its configuration is not made yet",
        Phase::Run | Phase::Ready => &ready,
        Phase::Connected => return None,
    };
    Some(Unready {
        node: node.state().name().clone(),
        phase,
        expected: expected.to_owned(),
        log: node.state().log_tail(),
    })
}

/// The declared links that are not up, each once, told from the side that dials.
fn missing_links(nodes: &[AnyNode]) -> Vec<MissingLink> {
    let started: std::collections::HashSet<_> = nodes.iter().map(|node| node.state().id()).collect();
    let mut missing = Vec::new();
    for node in nodes {
        for peer in node.peers() {
            let (dialler, listener) =
                if peer.dial() { (node.state(), peer.state()) } else { (peer.state(), node.state()) };
            // The other end tells of the link if it is one of these nodes.
            if peer.dial() || !started.contains(&peer.state().id()) {
                missing.extend(missing_link(dialler, listener));
            }
        }
    }
    missing
}

fn missing_link(dialler: &State, listener: &State) -> Option<MissingLink> {
    let (from, to) = (dialler.name(), listener.name());
    let state = match (reports(dialler, listener), reports(listener, dialler)) {
        (true, true) => return None,
        (true, false) => format!("{from} reports it, {to} does not"),
        (false, true) => format!("{to} reports it, {from} does not"),
        (false, false) => neither(dialler, listener),
    };
    Some(MissingLink { dialler: from.clone(), listener: to.clone(), state })
}

fn neither(dialler: &State, listener: &State) -> String {
    let (from, to) = (dialler.name(), listener.name());
    for end in [dialler, listener] {
        let stage = end.stage();
        if matches!(stage, Stage::Created | Stage::Ended(_)) {
            return format!("{} {stage}", end.name());
        }
    }
    match dialler.facts().dials.get(to) {
        Some(Dial::Dialled) => format!("{from} has dialled, {to} has not answered"),
        Some(Dial::Failed(why)) => format!("{from} has dialled and failed: {why}"),
        None => format!("{from} has not told that it dialled"),
    }
}
