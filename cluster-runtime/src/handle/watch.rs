use super::any_node::AnyNode;
use crate::clock::Deadline;
use crate::verdict::BegunWait;

/// How many nodes are named.
const NAMED: usize = 3;

/// What hears of a wait for `what` of these nodes, of one cluster.
pub(crate) fn watch(
    nodes: &[AnyNode],
    what: &'static str,
) -> impl FnOnce(Deadline) -> Option<BegunWait> + Send + use<> {
    let context = nodes.first().map(|node| node.context().clone());
    let names = named(nodes);
    move |deadline| context?.watch(move || format!("{what} of {names}"))(deadline)
}

/// The names of the first nodes, and how many others there are.
pub(crate) fn named(nodes: &[AnyNode]) -> String {
    let names: Vec<_> = nodes.iter().take(NAMED).map(|node| format!("`{}`", node.name())).collect();
    match nodes.len().saturating_sub(NAMED) {
        _ if nodes.is_empty() => "no node".to_owned(),
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
