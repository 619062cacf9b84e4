//! What the expansion of `cluster!` calls beside the public functions. Not for other use.

use std::fmt::Display;
use std::ops::{Bound, RangeBounds};
use std::panic::Location;

use crate::kind::Kind;
use crate::node::{Node, Nodes};
use crate::start::Cluster;
use crate::wiring::create;

pub use cluster_macros::cluster_impl;

/// How many nodes a group that is counted at run time has at most.
const MOST_NODES: usize = 1_000_000;

/// Makes the nodes of a field part of the cluster.
pub fn add(cluster: &Cluster, nodes: impl Nodes) {
    cluster.add(nodes);
}

/// A group with a constant count.
pub fn array<K: Kind, const N: usize>(kind: &K, name: &str) -> [Node<K>; N] {
    std::array::from_fn(|index| Node::new(kind, &format!("{name}.{}", index + 1)))
}

/// A group that is counted at run time. Its shapes ask for at least so many nodes.
#[track_caller]
pub fn group<K: Kind, C: TryInto<usize> + Display + Copy>(
    cluster: &Cluster,
    kind: &K,
    name: &str,
    count: C,
    least: &[(usize, &str)],
) -> Vec<Node<K>> {
    let place = Location::caller();
    let short = |number: usize| least.iter().find(|(least, _)| number < *least);
    let fault = match count.try_into() {
        Err(_) => "a group has at least one node".to_owned(),
        Ok(0) => "a group has at least one node".to_owned(),
        Ok(number) if number > MOST_NODES => format!("a group has at most {MOST_NODES} nodes"),
        Ok(number) => match short(number) {
            Some((least, shape)) => format!("a {shape} has at least {least} nodes"),
            None => return create(kind, name, number),
        },
    };
    cluster.add_fault(format!("`{name}[dyn {count}]` at {place}: {fault}"));
    Vec::new()
}

/// The node of a group at an index that is only known at run time.
#[track_caller]
pub fn at<'a, K, I>(cluster: &Cluster, group: &'a [Node<K>], name: &str, index: I) -> &'a [Node<K>]
where
    I: TryInto<usize> + Display + Copy,
{
    let found = index.try_into().ok().and_then(|index| group.get(index..=index));
    found.unwrap_or_else(|| out_of_bounds(cluster, group, name, &index.to_string()))
}

/// The nodes of a group in a range that is only known at run time.
#[track_caller]
pub fn slice<'a, K>(
    cluster: &Cluster,
    group: &'a [Node<K>],
    name: &str,
    range: impl RangeBounds<usize>,
) -> &'a [Node<K>] {
    let bounds = (range.start_bound().cloned(), range.end_bound().cloned());
    match group.get(bounds) {
        Some([]) | None => out_of_bounds(cluster, group, name, &written(bounds)),
        Some(nodes) => nodes,
    }
}

fn written(bounds: (Bound<usize>, Bound<usize>)) -> String {
    let start = match bounds.0 {
        Bound::Included(start) => start.to_string(),
        Bound::Excluded(start) => (start + 1).to_string(),
        Bound::Unbounded => String::new(),
    };
    match bounds.1 {
        Bound::Included(end) => format!("{start}..={end}"),
        Bound::Excluded(end) => format!("{start}..{end}"),
        Bound::Unbounded => format!("{start}.."),
    }
}

#[track_caller]
fn out_of_bounds<'a, K>(cluster: &Cluster, group: &[Node<K>], name: &str, place_in_group: &str) -> &'a [Node<K>] {
    // An empty group has a fault of its own.
    if !group.is_empty() {
        cluster.add_fault(format!(
            "`{name}[{place_in_group}]` at {}: no such nodes; `{name}` has {}, at 0 to {}",
            Location::caller(),
            group.len(),
            group.len() - 1
        ));
    }
    &[]
}
