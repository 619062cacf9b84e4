//! What a start was waiting for when it timed out.

use std::time::Duration;

use crate::error::{Error, MissingLink, Phase, Unfinished, Unready};
use crate::handle::AnyNode;
use crate::node::{self, Stage};

/// The report of a start that took longer than `timeout`.
pub(super) fn timeout(nodes: &[AnyNode], timeout: Duration, wait_connections: bool) -> Error {
    let mut unready: Vec<_> = nodes.iter().filter_map(unready).collect();
    // Nodes in earlier phases keep the others waiting.
    unready.sort_by_key(|unready| unready.phase);
    let missing = if wait_connections { missing_links(nodes) } else { Vec::new() };
    Error::StartTimeout(Box::new(Unfinished { timeout, missing, unready, troubles: Vec::new(), seed: None }))
}

fn unready(node: &AnyNode) -> Option<Unready> {
    let Stage::Starting(phase) = node.state().lifecycle().stage() else { return None };
    let unknown = match phase {
        Phase::Identity => "it has no identity yet",
        Phase::Config => "its configuration is not made yet",
        Phase::Run | Phase::Ready => "it has not reported that it is ready",
        Phase::Connected => return None,
    };
    let known = node.state().lifecycle().waiting_for();
    let waiting_for = if known.is_empty() { unknown.to_owned() } else { known };
    Some(Unready { node: node.state().name().clone(), phase, waiting_for, log: node.context().log_tail() })
}

/// The declared links that are not up, each once, as seen from the side that dials.
pub(super) fn missing_links(nodes: &[AnyNode]) -> Vec<MissingLink> {
    let links: Vec<_> = nodes.iter().map(|node| (node.state().id(), &**node.context().links())).collect();
    node::missing_links(&links).into_iter().map(|(_, missing)| missing).collect()
}
