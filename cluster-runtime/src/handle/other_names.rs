use std::cmp::Reverse;
use std::sync::Arc;

use super::any_node::AnyNode;
use crate::error::some_of;
use crate::journal::{Entry, Found};
use crate::ordered::ordered;

/// What to tell where these nodes, each since a place in its log, have shown no event of this name: the names of others, those that
/// begin most alike first, as it may be misspelt. `None` if there was one after all, or no other.
pub(crate) fn other_names(name: &str, nodes: &[(&AnyNode, u64)]) -> Option<String> {
    let shown: Vec<_> = nodes.iter().flat_map(|(node, place)| shown_since(node, *place)).collect();
    if shown.is_empty() || shown.iter().any(|entry| entry.is_called(name)) {
        return None;
    }
    let alike = |other: &str| other.chars().zip(name.chars()).take_while(|(one, other)| one == other).count();
    let names = ordered(shown.iter().map(|entry| (Reverse(alike(&entry.name)), format!("`{}`", entry.name))));
    let names: Vec<_> = names.into_iter().map(|(_, name)| name).collect();
    Some(format!("there was none of that name; others were {}", some_of(&names, ", ")))
}

fn shown_since(node: &AnyNode, mut place: u64) -> impl Iterator<Item = Arc<Entry>> {
    let log = node.context().log();
    std::iter::from_fn(move || {
        loop {
            match log.next(&mut place) {
                Found::Event(entry) => return Some(entry),
                Found::Dropped(_) => {}
                Found::Open | Found::Closed => return None,
            }
        }
    })
}
