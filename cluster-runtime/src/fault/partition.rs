use std::collections::HashMap;

use cluster_topology::Rng;

use super::span::{names, span};
use crate::handle::{AnyNode, Nodes, collect};
use crate::node::Span;

/// Which nodes hear which no more: a grudge, in the word of Jepsen.
#[derive(Clone, Debug)]
#[must_use = "a partition does nothing until it is passed to `Cluster::partition`"]
pub struct Partition {
    pub(super) name: String,
    pub(super) nodes: Vec<AnyNode>,
    pub(super) spans: Vec<Span>,
    /// A node that is in two parts.
    pub(super) twice: Option<String>,
}

impl Partition {
    /// The nodes in two halves, of which the second has one more if their number is odd, and one node that hears both: the first
    /// of the second half.
    pub fn bridge(set: impl Nodes) -> Self {
        let nodes = collect(set);
        let (first, second) = nodes.split_at(nodes.len() / 2);
        let Some((bridge, second)) = second.split_first() else { return Self::of_parts(&[]) };
        let mut partition = Self::of_parts(&[first.to_vec(), second.to_vec()]);
        partition.name += &format!(", with {} as the bridge", bridge.name());
        partition.nodes.push(bridge.clone());
        partition
    }

    /// Each node hears a majority, and no two nodes hear the same one.
    pub fn majorities_ring(set: impl Nodes) -> Self {
        let nodes = collect(set);
        let (count, majority) = (nodes.len(), nodes.len() / 2 + 1);
        let heard_by = |node: usize| {
            let first = node + count - (majority - 1) / 2;
            (first..first + majority).map(move |index| index % count)
        };
        let unheard = |node: usize| -> Vec<AnyNode> {
            let heard: Vec<_> = heard_by(node).collect();
            (0..count).filter(|other| !heard.contains(other)).map(|other| nodes[other].clone()).collect()
        };
        let spans = (0..count).map(|node| span(&unheard(node), &nodes[node..=node])).collect();
        Self { name: format!("the ring of majorities of {}", names(&nodes)), nodes, spans, twice: None }
    }

    /// Two halves that are drawn from a seed, such as [`Cluster::seed`](crate::Cluster::seed).
    pub fn halves(set: impl Nodes, seed: u64) -> Self {
        let mut nodes = collect(set);
        let mut rng = Rng::new(seed);
        for last in (1..nodes.len()).rev() {
            let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
            nodes.swap(last, rng.below(bound) as usize);
        }
        let (first, second) = nodes.split_at(nodes.len() / 2);
        Self::of_parts(&[first.to_vec(), second.to_vec()])
    }

    pub(super) fn of_parts(parts: &[Vec<AnyNode>]) -> Self {
        let others = |part: usize| -> Vec<AnyNode> {
            parts.iter().enumerate().filter(|(other, _)| *other != part).flat_map(|(_, nodes)| nodes.clone()).collect()
        };
        let names: Vec<_> = parts.iter().map(|part| format!("({})", names(part))).collect();
        let spans = parts.iter().enumerate().map(|(index, part)| span(part, &others(index))).collect();
        let name = format!("the partition {}", names.join(" | "));
        Self { name, nodes: parts.concat(), spans, twice: in_two(parts) }
    }
}

/// A node that is in two of these parts.
fn in_two(parts: &[Vec<AnyNode>]) -> Option<String> {
    let mut part_of = HashMap::new();
    let mut members = parts.iter().enumerate().flat_map(|(part, nodes)| nodes.iter().map(move |node| (node, part)));
    let twice =
        members.find(|(node, part)| part_of.insert(node.state().id(), *part).is_some_and(|other| other != *part));
    twice.map(|(node, _)| node.name().to_owned())
}

/// What [`Cluster::partition`](crate::Cluster::partition) takes: a tuple, an array, a slice or a `Vec` of sets, each of which is
/// a part, or a [`Partition`].
pub trait IntoPartition {
    /// The partition.
    fn into_partition(self) -> Partition;
}

impl IntoPartition for Partition {
    fn into_partition(self) -> Partition {
        self
    }
}

impl<S: Nodes> IntoPartition for &[S] {
    fn into_partition(self) -> Partition {
        Partition::of_parts(&self.iter().map(collect).collect::<Vec<_>>())
    }
}

impl<S: Nodes, const N: usize> IntoPartition for [S; N] {
    fn into_partition(self) -> Partition {
        self.as_slice().into_partition()
    }
}

impl<S: Nodes, const N: usize> IntoPartition for &[S; N] {
    fn into_partition(self) -> Partition {
        self.as_slice().into_partition()
    }
}

impl<S: Nodes> IntoPartition for Vec<S> {
    fn into_partition(self) -> Partition {
        self.as_slice().into_partition()
    }
}

macro_rules! tuples_are_partitions {
    ($($part:ident)*) => {
        impl<$($part: Nodes),*> IntoPartition for ($($part,)*) {
            fn into_partition(self) -> Partition {
                #[allow(non_snake_case, reason = "the types name the parts")]
                let ($($part,)*) = self;
                Partition::of_parts(&[$(collect($part)),*])
            }
        }
    };
}

tuples_are_partitions!(A B);
tuples_are_partitions!(A B C);
tuples_are_partitions!(A B C D);
tuples_are_partitions!(A B C D E);
tuples_are_partitions!(A B C D E F);
