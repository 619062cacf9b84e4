//! Which pairs of indices each shape has, and in which order.

use std::collections::HashSet;

use cluster_topology::index;
use petgraph::graph::UnGraph;

#[test]
fn a_clique_pairs_every_index_with_every_other_once() {
    for count in 0..20 {
        let expected: Vec<_> = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b))).collect();
        assert_eq!(index::clique(count).collect::<Vec<_>>(), expected, "clique of {count}");
    }
}

#[test]
fn a_ring_pairs_neighbours_and_closes() {
    assert_eq!(index::ring(3).collect::<Vec<_>>(), [(0, 1), (1, 2), (2, 0)]);
    assert_eq!(index::ring(5).last(), Some((4, 0)));
}

#[test]
fn a_ring_of_two_is_one_pair_and_of_fewer_none() {
    assert_eq!(index::ring(2).collect::<Vec<_>>(), [(0, 1)]);
    assert_eq!(index::ring(1).next(), None);
    assert_eq!(index::ring(0).next(), None);
}

#[test]
fn a_line_pairs_neighbours_and_stays_open() {
    assert_eq!(index::line(4).collect::<Vec<_>>(), [(0, 1), (1, 2), (2, 3)]);
    assert_eq!(index::line(1).next(), None);
    assert_eq!(index::line(0).next(), None);
}

#[test]
fn a_star_pairs_the_hub_with_every_other() {
    assert_eq!(index::star(3).collect::<Vec<_>>(), [(0, 0), (0, 1), (0, 2)]);
    assert_eq!(index::star(0).next(), None);
}

#[test]
fn connect_pairs_all_of_one_set_with_all_of_the_other() {
    for (a, b) in [(0, 0), (0, 3), (3, 0), (1, 1), (2, 5), (5, 2)] {
        let expected: Vec<_> = (0..a).flat_map(|i| (0..b).map(move |j| (i, j))).collect();
        assert_eq!(index::connect(a, b).collect::<Vec<_>>(), expected, "connect of {a} and {b}");
    }
}

#[test]
fn petgraph_finds_the_graphs_that_the_shapes_stand_for() {
    for count in 3..30 {
        let clique = petgraph_of(index::clique(count));
        assert_eq!(degrees(&clique), HashSet::from([count - 1]), "clique of {count}");
        let ring = petgraph_of(index::ring(count));
        assert_eq!(degrees(&ring), HashSet::from([2]), "ring of {count}");
        assert_eq!(ring.edge_count(), count, "ring of {count}");
        let line = petgraph_of(index::line(count));
        assert_eq!(line.edge_count(), count - 1, "line of {count}");
        for graph in [clique, ring, line] {
            assert_eq!(graph.node_count(), count);
            assert_eq!(petgraph::algo::connected_components(&graph), 1, "{graph:?}");
        }
    }
}

type Indices = (usize, usize);

fn petgraph_of(pairs: impl Iterator<Item = Indices>) -> UnGraph<(), ()> {
    UnGraph::from_edges(pairs.map(|(a, b)| (a as u32, b as u32)))
}

fn degrees(graph: &UnGraph<(), ()>) -> HashSet<usize> {
    graph.node_indices().map(|node| graph.neighbors(node).count()).collect()
}
