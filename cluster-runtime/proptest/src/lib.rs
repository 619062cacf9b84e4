//! Strategies for topologies, for property tests with [proptest](https://docs.rs/proptest).
//!
//! ```
//! use cluster_proptest::any_topology;
//! use proptest::prelude::*;
//!
//! proptest! {
//!     # /*
//!     #[test]
//!     # */
//!     fn two_nodes_are_never_farther_apart_than_there_are_nodes(topology in any_topology(4..20)) {
//!         prop_assert!(topology.is_connected());
//!         prop_assert!(topology.diameter() < Some(topology.nodes().len()));
//!     }
//! }
//! # two_nodes_are_never_farther_apart_than_there_are_nodes();
//! ```
//!
//! [`pairs`] are the links of a topology as the shape of a group in `cluster!`:
//! `k[dyn topology.nodes().len()]: shape(|_| pairs(&topology))`.

use std::collections::BTreeSet;
use std::ops::Range;

use cluster_topology::{Topology, member_name};
use proptest::prelude::{RngExt, Strategy};
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;

/// How many links there are at most for each node, apart from those that connect all of them.
const EXTRA_PER_NODE: usize = 2;

/// Connected topologies of so many nodes, called `n.1`, `n.2` and so on. They shrink by one node or one link at a time, as long as
/// they stay connected, until the failure needs each that is left.
///
/// # Panics
/// When the range is empty or begins at 0, as other strategies of proptest do.
pub fn any_topology(nodes: Range<usize>) -> impl Strategy<Value = Topology> {
    assert!(0 < nodes.start && nodes.start < nodes.end, "expected a range of numbers of nodes, found {nodes:?}");
    Networks { nodes }
}

#[derive(Debug)]
struct Networks {
    nodes: Range<usize>,
}

impl Strategy for Networks {
    type Tree = Shrinking;
    type Value = Topology;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let rng = runner.rng();
        let nodes = rng.random_range(self.nodes.clone());
        let tree = (1..nodes).map(|node| (rng.random_range(0..node), node)).collect::<Vec<_>>();
        let extra = rng.random_range(0..=nodes * EXTRA_PER_NODE);
        let extra = (0..extra).map(|_| (rng.random_range(0..nodes), rng.random_range(0..nodes)));
        let extra = extra.filter(|(a, b)| a != b).map(|(a, b)| (a.min(b), a.max(b)));
        let links = extra.chain(tree).collect();
        let network = Network { nodes, links };
        Ok(Shrinking { least: self.nodes.start, network, before: None, step: 0, is_smaller: false })
    }
}

#[derive(Clone, Debug)]
struct Network {
    nodes: usize,
    links: BTreeSet<(usize, usize)>,
}

impl Network {
    /// Without the node of this number, or without a link if there are fewer nodes; `None` when there are fewer of these too.
    fn without(&self, step: usize) -> Option<Network> {
        let mut smaller = self.clone();
        if step < self.nodes {
            let moved = |node: usize| if node > step { node - 1 } else { node };
            let left = self.links.iter().filter(|(a, b)| *a != step && *b != step);
            smaller.links = left.map(|(a, b)| (moved(*a), moved(*b))).collect();
            smaller.nodes -= 1;
        } else {
            let link = *self.links.iter().nth(step - self.nodes)?;
            smaller.links.remove(&link);
        }
        Some(smaller)
    }

    fn topology(&self) -> Topology {
        let mut topology = Topology::new((0..self.nodes).map(|index| member_name("n", index)));
        for (a, b) in &self.links {
            topology.link(*a, *b).unwrap_or_else(|error| unreachable!("both are nodes, and differ: {error}"));
        }
        topology
    }
}

/// A network that shrinks.
#[derive(Debug)]
struct Shrinking {
    /// The least number of nodes.
    least: usize,
    network: Network,
    /// What it was before the last step.
    before: Option<Network>,
    step: usize,
    /// Whether it became smaller since all steps were tried.
    is_smaller: bool,
}

impl ValueTree for Shrinking {
    type Value = Topology;

    fn current(&self) -> Topology {
        self.network.topology()
    }

    fn simplify(&mut self) -> bool {
        self.is_smaller |= self.before.take().is_some();
        loop {
            match self.network.without(self.step) {
                Some(smaller) if smaller.nodes >= self.least && smaller.topology().is_connected() => {
                    self.before = Some(std::mem::replace(&mut self.network, smaller));
                    return true;
                }
                Some(_) => self.step += 1,
                None if self.is_smaller => (self.step, self.is_smaller) = (0, false),
                None => return false,
            }
        }
    }

    fn complicate(&mut self) -> bool {
        let Some(before) = self.before.take() else { return false };
        self.network = before;
        self.step += 1;
        true
    }
}

/// The links of a topology as pairs of indices of its nodes.
pub fn pairs(topology: &Topology) -> Vec<(usize, usize)> {
    topology.links().map(|link| link.indices()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestCaseError, TestError};

    use super::*;

    proptest! {
        #[test]
        fn every_topology_is_connected_and_of_a_size_in_the_range(topology in any_topology(4..20)) {
            prop_assert!(topology.is_connected());
            prop_assert!((4..20).contains(&topology.nodes().len()));
        }

        #[test]
        fn one_node_is_a_topology(topology in any_topology(1..2)) {
            prop_assert_eq!(topology.links().len(), 0);
        }
    }

    /// The smallest topology for which this does not hold, as proptest finds it.
    fn shrunk(holds: impl Fn(&Topology) -> bool) -> Topology {
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        let found = runner.run(&any_topology(1..20), |topology| match holds(&topology) {
            true => Ok(()),
            false => Err(TestCaseError::fail("it does not hold")),
        });
        match found {
            Err(TestError::Fail(_, topology)) => topology,
            other => panic!("expected a topology for which it does not hold, found {other:?}"),
        }
    }

    #[test]
    fn a_failure_shrinks_to_the_fewest_nodes() {
        let topology = shrunk(|topology| topology.nodes().len() < 5);
        assert_eq!((topology.nodes().len(), topology.links().len()), (5, 4), "{topology}");
    }

    #[test]
    fn a_failure_shrinks_to_the_links_that_it_needs() {
        let has_cycle = |topology: &Topology| topology.links().len() >= topology.nodes().len();
        let topology = shrunk(|topology| !has_cycle(topology));
        assert!(topology.nodes().all(|node| topology.degree(node) == Some(2)), "it is more than a ring: {topology}");
    }

    #[test]
    fn different_runs_are_different_topologies() {
        let mut runner = TestRunner::default();
        let mut draw = || any_topology(10..11).new_tree(&mut runner).expect("it has values").current();
        let first = draw();
        assert!((0..10).any(|_| draw() != first), "{first}");
    }
}
