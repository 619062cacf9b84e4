//! What a test may require of a topology, and the witnesses of what is true instead.
#![allow(clippy::disallowed_methods, reason = "it measures time")]

mod support;

use cluster_topology::{Comparison, LinkError, Requirement, Topology, index};
use petgraph::algo::connected_components;
use petgraph::graph::NodeIndex;
use rustworkx_core::connectivity::articulation_points;
use support::{Graph, Indices, graph};

#[test]
fn components_are_the_parts_in_order() -> Result<(), LinkError> {
    let topology = linked(6, [(4, 1), (5, 2)])?;
    assert_eq!(topology.components(), [vec!["n.1"], vec!["n.2", "n.5"], vec!["n.3", "n.6"], vec!["n.4"]]);
    assert_eq!(Topology::new([""; 0]).components(), [[""; 0]; 0]);
    Ok(())
}

#[test]
fn the_farthest_nodes_are_the_first_ones() -> Result<(), LinkError> {
    let ring = linked(6, index::ring(6))?;
    let farthest = ring.farthest().expect("a ring is connected");
    assert_eq!((farthest.from, farthest.to, farthest.links), ("n.1", "n.4", 3));
    let single = linked(1, [])?;
    let farthest = single.farthest().expect("a single node is connected");
    assert_eq!((farthest.from, farthest.to, farthest.links), ("n.1", "n.1", 0));
    assert_eq!(linked(0, [])?.farthest(), None);
    assert_eq!(linked(2, [])?.farthest(), None);
    Ok(())
}

#[test]
fn degrees_are_those_of_the_names_that_exist() -> Result<(), LinkError> {
    let line = linked(3, index::line(3))?;
    let degrees: Vec<_> = line.degrees(["n.3", "n.9", "n.2"]).collect();
    assert_eq!(degrees, [("n.3", 1), ("n.2", 2)]);
    Ok(())
}

#[test]
fn petgraph_and_rustworkx_agree_on_random_networks() -> Result<(), Box<dyn std::error::Error>> {
    for seed in 0..300 {
        let count = 3 + seed as usize % 12;
        let pairs: Vec<_> = index::gnp(count, 0.28, seed)?.collect();
        let (topology, oracle) = (linked(count, pairs.iter().copied())?, graph(count, pairs.into_iter()));
        let context = format!("seed {seed}: {topology:?}");
        assert_eq!(topology.components().len(), connected_components(&oracle), "{context}");
        let farthest = topology.farthest().map(|distance| distance.links);
        assert_eq!(farthest, support::diameter(&oracle), "{context}");
        if let Some(distance) = topology.farthest() {
            assert_eq!(Some(distance.links), distance_of(&topology, &oracle, distance.from, distance.to), "{context}");
        }
        if topology.is_connected() {
            let points = articulation_points(&oracle, None);
            let first = points.iter().map(|node| node.index()).min();
            let cut = topology.cut(1).map(|cut| index_of(&topology, cut.nodes[0]));
            assert_eq!(cut, first, "{context}");
        }
    }
    Ok(())
}

#[test]
fn a_cut_is_a_smallest_one_and_leaves_its_witnesses_apart() -> Result<(), Box<dyn std::error::Error>> {
    for seed in 0..150 {
        let count = 2 + seed as usize % 7;
        let pairs: Vec<_> = index::gnp(count, 0.6, seed)?.collect();
        let (topology, oracle) = (linked(count, pairs.iter().copied())?, graph(count, pairs.into_iter()));
        let smallest = smallest_cut(&oracle);
        for most in 0..count + 2 {
            let cut = topology.cut(most);
            let expected = smallest.filter(|size| *size <= most);
            let context = format!("seed {seed}, up to {most} nodes of {topology:?}");
            assert_eq!(cut.as_ref().map(|cut| cut.nodes.len()), expected, "{context}");
            assert_eq!(topology.survives(most), expected.is_none(), "{context}");
            if let Some(cut) = cut {
                let mut rest = oracle.clone();
                for node in &cut.nodes {
                    let node = NodeIndex::new(index_of(&topology, node));
                    rest.retain_edges(|graph, edge| {
                        graph.edge_endpoints(edge).is_some_and(|(a, b)| a != node && b != node)
                    });
                }
                let (a, b) = cut.apart;
                assert_eq!(distance_of(&topology, &rest, a, b), None, "{cut:?} of {context}");
                assert!(a != b && !cut.nodes.contains(&a) && !cut.nodes.contains(&b), "{cut:?} of {context}");
            }
        }
    }
    Ok(())
}

#[test]
fn the_known_topologies_survive_what_they_are_known_to() -> Result<(), Box<dyn std::error::Error>> {
    let survived = |topology: &Topology| (0..5).take_while(|failures| topology.survives(*failures)).last();
    assert_eq!(survived(&linked(12, index::clique(12))?), Some(4));
    assert_eq!(survived(&linked(12, index::ring(12))?), Some(1));
    assert_eq!(survived(&linked(12, index::line(12))?), Some(0));
    assert_eq!(survived(&linked(12, index::tree(12, 2)?)?), Some(0));
    assert_eq!(survived(&linked(12, index::grid(12, 4)?)?), Some(1));
    assert_eq!(survived(&linked(12, index::torus(12, 4)?)?), Some(3));
    assert_eq!(survived(&linked(16, index::hypercube(16)?)?), Some(3));
    assert_eq!(survived(&linked(12, index::wheel(12)?)?), Some(2));
    assert_eq!(survived(&linked(12, index::small_world(12, 4, 0.0, 1)?)?), Some(3));
    assert_eq!(survived(&linked(12, [])?), None);
    Ok(())
}

#[test]
fn a_long_line_is_searched_without_recursion() -> Result<(), LinkError> {
    let line = linked(200_000, index::line(200_000))?;
    let cut = line.cut(1).expect("every inner node of a line is one");
    assert_eq!((cut.nodes.as_slice(), cut.apart), (["n.2"].as_slice(), ("n.1", "n.3")));
    Ok(())
}

#[test]
fn one_way_links_connect_both_ways() -> Result<(), LinkError> {
    let mut topology = Topology::new(["a", "b", "c"]);
    topology.link_one_way(0, 1)?;
    topology.link_one_way(2, 1)?;
    assert_eq!(topology.components().len(), 1);
    assert_eq!(topology.cut(1).map(|cut| cut.nodes), Some(vec!["b"]));
    Ok(())
}

#[test]
fn what_holds_is_accepted() -> Result<(), LinkError> {
    let ring = linked(6, index::ring(6))?;
    let nodes = ["n.1", "n.4"];
    for requirement in [
        Requirement::Connected,
        Requirement::Diameter(Comparison::AtMost, 3),
        Requirement::Diameter(Comparison::Equal, 3),
        Requirement::Diameter(Comparison::Less, 4),
        Requirement::Degree(&nodes, Comparison::AtLeast, 2),
        Requirement::Degree(&nodes, Comparison::Greater, 1),
        Requirement::Degree(&[], Comparison::Equal, 9),
        Requirement::Survives(1),
    ] {
        assert_eq!(ring.require(requirement), Ok(()), "{requirement:?}");
    }
    Ok(())
}

#[test]
fn what_does_not_hold_is_answered_with_what_is_true_instead() -> Result<(), LinkError> {
    let ring = linked(6, index::ring(6))?;
    let parts = linked(9, [(0, 1), (2, 3), (4, 5), (5, 6)])?;
    let nodes = ["n.1", "n.4"];
    for (topology, requirement, expected) in [
        (&ring, Requirement::Diameter(Comparison::AtMost, 2), "the diameter is 3: from `n.1` to `n.4`"),
        (&ring, Requirement::Degree(&nodes, Comparison::AtLeast, 3), "the degree of `n.1` is 2"),
        (&ring, Requirement::Degree(&["n.7"], Comparison::AtLeast, 3), "no node is called `n.7`"),
        (&ring, Requirement::Survives(2), "no links lead from `n.2` to `n.4` without `n.1` and `n.3`"),
        (
            &parts,
            Requirement::Connected,
            "the network is in 5 parts: `n.1` and `n.2`, `n.3` and `n.4`, `n.5` and 2 others, ..",
        ),
        (
            &parts,
            Requirement::Diameter(Comparison::AtMost, 9),
            "the network is in 5 parts: `n.1` and `n.2`, `n.3` and `n.4`, `n.5` and 2 others, ..",
        ),
        (&parts, Requirement::Survives(1), "no links lead from `n.1` to `n.3`"),
    ] {
        let unmet = topology.require(requirement).expect_err(expected).to_string();
        assert_eq!(unmet, expected, "{requirement:?}");
    }
    Ok(())
}

/// A network of the size that the macro must check in less than a second, in a debug build. The bound is generous, as
/// machines differ: what must not happen is that the cost grows by orders of magnitude.
#[test]
fn a_thousand_nodes_with_ten_thousand_links_are_checked_quickly() -> Result<(), Box<dyn std::error::Error>> {
    let topology = linked(1_000, index::random_regular(1_000, 20, 1)?)?;
    assert_eq!(topology.links().len(), 10_000);
    let start = std::time::Instant::now();
    assert_eq!(topology.require(Requirement::Diameter(Comparison::AtMost, 4)), Ok(()));
    assert_eq!(topology.require(Requirement::Survives(1)), Ok(()));
    let taken = start.elapsed();
    assert!(taken.as_secs() < 5, "{taken:?}");
    Ok(())
}

fn linked(count: usize, pairs: impl IntoIterator<Item = Indices>) -> Result<Topology, LinkError> {
    let mut topology = Topology::new((1..=count).map(|number| format!("n.{number}")));
    pairs.into_iter().try_for_each(|(a, b)| topology.link(a, b))?;
    Ok(topology)
}

fn index_of(topology: &Topology, name: &str) -> usize {
    topology.nodes().position(|other| other == name).expect("the node is one of the topology")
}

fn distance_of(topology: &Topology, graph: &Graph, from: &str, to: &str) -> Option<usize> {
    let (from, to) = (NodeIndex::new(index_of(topology, from)), NodeIndex::new(index_of(topology, to)));
    petgraph::algo::dijkstra(graph, from, Some(to), |_| 1).get(&to).copied()
}

/// The size of the smallest set of nodes whose failure leaves others apart, by trying all.
fn smallest_cut(graph: &Graph) -> Option<usize> {
    let count = graph.node_count();
    let falls_apart = |failed: u32| {
        let rest = graph.filter_map(|node, ()| (failed >> node.index() & 1 == 0).then_some(()), |_, ()| Some(()));
        connected_components(&rest) > 1
    };
    (0..1_u32 << count).filter(|failed| falls_apart(*failed)).map(|failed| failed.count_ones() as usize).min()
}
