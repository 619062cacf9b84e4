use super::any_node::AnyNode;
use crate::error::Error;

/// What is to be told when a wait on these nodes, of one cluster, fails.
pub(crate) fn failure_note(nodes: &[AnyNode]) -> impl FnOnce(&Error) + Send + use<> {
    let note = nodes.first().map(|node| node.context().failure_note());
    move |error| note.into_iter().for_each(|note| note(error))
}
