//! What the expansion of `cluster!` calls beside the public functions. Not for other use.

use std::fmt::Display;
use std::ops::{Bound, RangeBounds};
use std::panic::Location;

use crate::kind::Kind;
use cluster_topology::{Comparison, Family, Requirement, Topology, Value, index};

use crate::handle::{AnyNode, Node, Nodes, SpeaksWith, collect, members};
use crate::start::{Cluster, again, declared};
use crate::wiring::link_pairs;

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

/// The nodes of a cluster as one member of a set.
pub fn one_member(cluster: &impl Nodes, visit: &mut dyn FnMut(&[AnyNode])) {
    visit(&collect(cluster));
}

/// A count, an index or a parameter that is only known at run time.
#[diagnostic::on_unimplemented(
    message = "expected a whole number, found a value of type `{Self}`",
    label = "a whole number is expected here"
)]
pub trait WholeNumber: Copy + Display {
    /// The number, unless it is negative or too large.
    fn to_usize(self) -> Option<usize>;
}

macro_rules! whole_numbers {
    ($($number:ty)*) => { $(
        impl WholeNumber for $number {
            fn to_usize(self) -> Option<usize> {
                self.try_into().ok()
            }
        }
    )* };
}

whole_numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

/// The line of this call.
#[track_caller]
pub fn here() -> &'static Location<'static> {
    Location::caller()
}

/// A group whose count is a mistake, which was reported.
pub fn unknown<T>(name: &str, mut make: impl FnMut(&str) -> T) -> Vec<T> {
    vec![make(&format!("{name}.1"))]
}

/// The name of a member of a cluster.
pub fn joined(cluster: &str, member: &str) -> String {
    format!("{cluster}.{member}")
}

/// A group of clusters with a constant count.
pub fn clusters<T, const N: usize>(name: &str, mut make: impl FnMut(&str) -> T) -> [T; N] {
    std::array::from_fn(|index| make(&format!("{name}.{}", index + 1)))
}

/// A group that is counted at run time. Its shapes ask for at least so many nodes.
pub fn group<T>(
    cluster: &Cluster,
    place: &Location<'_>,
    name: &str,
    count: impl WholeNumber,
    least: &[(usize, &str)],
    mut make: impl FnMut(&str) -> T,
) -> Vec<T> {
    let short = |number: usize| least.iter().find(|(least, _)| number < *least);
    let fault = match count.to_usize() {
        None if count.to_string().starts_with('-') => "a count cannot be negative".to_owned(),
        Some(0) => "a group has at least one node".to_owned(),
        Some(number) if number <= MOST_NODES => match short(number) {
            Some((least, shape)) => format!("a {shape} has at least {least} nodes"),
            None => return (1..=number).map(|number| make(&format!("{name}.{number}"))).collect(),
        },
        _ => format!("a group has at most {MOST_NODES} nodes"),
    };
    cluster.add_fault(format!("`{name}[dyn {count}]` at {place}: {fault}"));
    Vec::new()
}

/// Links a set as one of the standard topologies. What does not fit is a fault.
pub fn family<S: Nodes + SpeaksWith<S>>(
    cluster: &Cluster,
    place: &Location<'_>,
    written: &str,
    set: S,
    family: Family,
    parameters: &[(&str, Option<Value>)],
) {
    let members = members(set);
    let mut given = Vec::with_capacity(parameters.len() + 1);
    for (name, value) in parameters {
        match value {
            Some(value) => given.push((*name, *value)),
            None => return cluster.add_fault(format!("`{written}` at {place}: the `{name}` is negative or too large")),
        }
    }
    let draws = family.is_random() && !given.iter().any(|(_, value)| matches!(value, Value::Seed(_)));
    if draws {
        given.push(("seed", Value::Seed(cluster.next_seed())));
    }
    match family.pairs(members.len(), &given) {
        Ok(pairs) => link_pairs(&members, pairs),
        // A group without nodes has a fault of its own.
        Err(_) if members.is_empty() => {}
        Err(error) => {
            let seed = cluster.seed().filter(|_| draws).map(|seed| format!("\n{}", again(seed)));
            cluster.add_fault(format!("`{written}` at {place}: {error}{}", seed.unwrap_or_default()));
        }
    }
}

/// A function of the user's from a size to pairs.
pub fn pairs<P: IntoIterator<Item = (usize, usize)>, F: Fn(usize) -> P>(pairs: F) -> F {
    pairs
}

/// Links a set by a function of the user's. What does not fit is a fault.
pub fn shape<S: Nodes + SpeaksWith<S>, P: IntoIterator<Item = (usize, usize)>>(
    cluster: &Cluster,
    place: &Location<'_>,
    written: &str,
    set: S,
    pairs: impl Fn(usize) -> P,
) {
    let members = members(set);
    match index::shape(members.len(), pairs) {
        Ok(pairs) => link_pairs(&members, pairs),
        Err(error) => cluster.add_fault(format!("`{written}` at {place}: {error}")),
    }
}

/// Links lead from every node to every other.
pub fn require_connected(cluster: &Cluster, place: &Location<'_>, written: &str, scope: impl Nodes) {
    require(cluster, place, written, declared(&collect(scope)), Requirement::Connected);
}

/// The most links between two nodes.
pub fn require_diameter(
    cluster: &Cluster,
    place: &Location<'_>,
    written: &str,
    scope: impl Nodes,
    comparison: Comparison,
    diameter: impl WholeNumber,
) {
    let Some(diameter) = required(cluster, place, written, diameter) else { return };
    require(cluster, place, written, declared(&collect(scope)), Requirement::Diameter(comparison, diameter));
}

/// The number of links of each node of a set.
pub fn require_degree(
    cluster: &Cluster,
    place: &Location<'_>,
    written: &str,
    set: impl Nodes,
    comparison: Comparison,
    degree: impl WholeNumber,
) {
    let Some(degree) = required(cluster, place, written, degree) else { return };
    let nodes = collect(set);
    let names: Vec<&str> = nodes.iter().map(|node| node.name()).collect();
    require(cluster, place, written, cluster.topology(), Requirement::Degree(&names, comparison, degree));
}

/// The nodes stay connected whichever so many fail.
pub fn require_survives(
    cluster: &Cluster,
    place: &Location<'_>,
    written: &str,
    scope: impl Nodes,
    failures: impl WholeNumber,
) {
    let Some(failures) = required(cluster, place, written, failures) else { return };
    require(cluster, place, written, declared(&collect(scope)), Requirement::Survives(failures));
}

fn required(cluster: &Cluster, place: &Location<'_>, written: &str, number: impl WholeNumber) -> Option<usize> {
    let required = number.to_usize();
    if required.is_none() {
        cluster.add_fault(format!("`{written}` at {place}: {number} is negative or too large"));
    }
    required
}

fn require(cluster: &Cluster, place: &Location<'_>, written: &str, topology: Topology, requirement: Requirement<'_>) {
    // A network that is not as declared is refused for that.
    if cluster.has_faults() {
        return;
    }
    if let Err(unmet) = topology.require(requirement) {
        let seed = cluster.seed().map(|seed| format!("\n{}", again(seed))).unwrap_or_default();
        cluster.add_unmet(format!("`{written}` at {place}: {unmet}{seed}"));
    }
}

/// A whole number for a parameter.
pub fn integer(number: impl WholeNumber) -> Option<Value> {
    number.to_usize().map(Value::Integer)
}

/// A seed for a parameter.
pub fn seed(number: impl WholeNumber) -> Option<Value> {
    number.to_usize().map(|number| Value::Seed(number as u64))
}

/// The node of a group at an index that is only known at run time.
pub fn at<'a, T>(
    cluster: &Cluster,
    place: &Location<'_>,
    group: &'a [T],
    name: &str,
    index: impl WholeNumber,
) -> &'a [T] {
    let found = index.to_usize().and_then(|index| group.get(index..=index));
    found.unwrap_or_else(|| out_of_bounds(cluster, place, group, name, &index.to_string()))
}

/// The nodes of a group in a range that is only known at run time.
pub fn slice<'a, T, I: WholeNumber>(
    cluster: &Cluster,
    place: &Location<'_>,
    group: &'a [T],
    name: &str,
    range: impl RangeBounds<I>,
) -> &'a [T] {
    let bounds = (range.start_bound(), range.end_bound());
    let selected = whole(bounds.0).zip(whole(bounds.1)).and_then(|bounds| group.get(bounds));
    match selected {
        Some([]) | None => out_of_bounds(cluster, place, group, name, &written(bounds)),
        Some(nodes) => nodes,
    }
}

fn whole(bound: Bound<&impl WholeNumber>) -> Option<Bound<usize>> {
    Some(match bound {
        Bound::Included(index) => Bound::Included(index.to_usize()?),
        Bound::Excluded(index) => Bound::Excluded(index.to_usize()?),
        Bound::Unbounded => Bound::Unbounded,
    })
}

/// As Rust writes it. A range in brackets never leaves its start out.
fn written(bounds: (Bound<&impl Display>, Bound<&impl Display>)) -> String {
    let start = match bounds.0 {
        Bound::Included(start) | Bound::Excluded(start) => start.to_string(),
        Bound::Unbounded => String::new(),
    };
    match bounds.1 {
        Bound::Included(end) => format!("{start}..={end}"),
        Bound::Excluded(end) => format!("{start}..{end}"),
        Bound::Unbounded => format!("{start}.."),
    }
}

fn out_of_bounds<'a, T>(cluster: &Cluster, place: &Location<'_>, group: &[T], name: &str, index: &str) -> &'a [T] {
    // An empty group has a fault of its own.
    if !group.is_empty() {
        let (count, last) = (group.len(), group.len() - 1);
        cluster.add_fault(format!("`{name}[{index}]` at {place}: no such nodes; `{name}` has {count}, at 0 to {last}"));
    }
    &[]
}
