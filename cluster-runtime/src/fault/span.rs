use crate::handle::AnyNode;
use crate::node::{Ids, Span};

/// What goes from one of these nodes to one of those.
pub(super) fn span(from: &[AnyNode], to: &[AnyNode]) -> Span {
    Span { from: ids(from), to: ids(to) }
}

fn ids(nodes: &[AnyNode]) -> Ids {
    Ids::new(nodes.iter().map(|node| node.state().id()))
}

/// The names of nodes, not too many.
pub(super) fn names(nodes: &[AnyNode]) -> String {
    const NAMED: usize = 4;
    let named: Vec<_> = nodes.iter().take(NAMED).map(|node| format!("`{}`", node.name())).collect();
    match nodes.len().saturating_sub(NAMED) {
        _ if nodes.is_empty() => "no node".to_owned(),
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
