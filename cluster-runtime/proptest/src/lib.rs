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

use std::ops::Range;

use cluster_topology::{Topology, member_name};
use proptest::collection::vec;
use proptest::prelude::*;

/// How many links there are at most for each node, apart from those that connect all of them.
const EXTRA_PER_NODE: usize = 2;

/// Connected topologies of so many nodes, called `n.1`, `n.2` and so on. They shrink to fewer nodes, to fewer links, and
/// towards a star around `n.1`.
///
/// # Panics
/// When the range is empty or begins at 0, as other strategies of proptest do.
pub fn any_topology(nodes: Range<usize>) -> impl Strategy<Value = Topology> {
    assert!(0 < nodes.start && nodes.start < nodes.end, "expected a range of numbers of nodes, found {nodes:?}");
    let most = nodes.end - 1;
    let parents = vec(0..most, most - 1);
    let extra = vec((0..most, 0..most), 0..=most * EXTRA_PER_NODE);
    // None depends on another one, so that each shrinks while the others stay. The number of nodes is the last to do so: then the
    // links that a failure needs are among the first nodes.
    (parents, extra, nodes).prop_map(|(parents, extra, count)| connected(count, &parents, &extra))
}

/// Links each node to an earlier one, and further pairs. Where there are fewer nodes their numbers are taken round.
fn connected(count: usize, parents: &[usize], extra: &[(usize, usize)]) -> Topology {
    let mut topology = Topology::new((0..count).map(|index| member_name("n", index)));
    let tree = (1..count).zip(parents).map(|(node, parent)| (parent % node, node));
    let extra = extra.iter().map(|(a, b)| (a % count, b % count)).filter(|(a, b)| a != b);
    for (a, b) in tree.chain(extra) {
        topology.link(a, b).unwrap_or_else(|error| unreachable!("both are nodes, and differ: {error}"));
    }
    topology
}

/// The links of a topology as pairs of indices of its nodes.
pub fn pairs(topology: &Topology) -> Vec<(usize, usize)> {
    topology.links().map(|link| link.indices()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

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
        assert_eq!(topology.degree("n.1"), Some(4), "it is no star: {topology}");
    }

    #[test]
    fn a_failure_shrinks_to_the_links_that_it_needs() {
        let has_cycle = |topology: &Topology| topology.links().len() >= topology.nodes().len();
        let topology = shrunk(|topology| !has_cycle(topology));
        assert_eq!((topology.nodes().len(), topology.links().len()), (3, 3), "{topology}");
    }

    #[test]
    fn different_runs_are_different_topologies() {
        let mut runner = TestRunner::default();
        let mut draw = || any_topology(10..11).new_tree(&mut runner).expect("it has values").current();
        let first = draw();
        assert!((0..10).any(|_| draw() != first), "{first}");
    }
}
