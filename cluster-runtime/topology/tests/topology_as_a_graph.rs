//! Links as they are declared, and what is asked of them.

use cluster_topology::{LinkError, Topology, index};
use petgraph::algo::{connected_components, dijkstra};
use petgraph::graph::{NodeIndex, UnGraph};

#[test]
fn links_are_ordered_by_their_ends() -> Result<(), LinkError> {
    let mut topology = Topology::new(["a", "b", "c"]);
    topology.link(2, 1)?;
    topology.link_one_way(2, 0)?;
    topology.link(0, 1)?;
    assert_eq!(shown(&topology), ["a - b", "c -> a", "b - c"]);
    Ok(())
}

#[test]
fn a_link_tells_its_ends_and_whether_it_is_one_way() -> Result<(), LinkError> {
    let mut topology = Topology::new(["a", "b"]);
    topology.link_one_way(1, 0)?;
    let link = topology.links().next().expect("one link was declared");
    assert_eq!((link.a(), link.b()), ("b", "a"));
    assert_eq!(link.indices(), (1, 0));
    assert!(link.is_one_way());
    Ok(())
}

#[test]
fn a_link_declared_twice_is_one_link() -> Result<(), LinkError> {
    let mut topology = Topology::new(["a", "b"]);
    topology.link(0, 1)?;
    topology.link(1, 0)?;
    topology.link(0, 1)?;
    assert_eq!(shown(&topology), ["a - b"]);
    assert_eq!(topology.degree("a"), Some(1));
    Ok(())
}

#[test]
fn one_way_links_in_both_directions_are_a_symmetric_link() -> Result<(), LinkError> {
    let mut topology = Topology::new(["a", "b"]);
    topology.link_one_way(0, 1)?;
    topology.link_one_way(0, 1)?;
    assert_eq!(shown(&topology), ["a -> b"]);
    topology.link_one_way(1, 0)?;
    assert_eq!(shown(&topology), ["a - b"]);
    Ok(())
}

#[test]
fn a_symmetric_link_absorbs_a_one_way_link() -> Result<(), LinkError> {
    let mut topology = Topology::new(["a", "b"]);
    topology.link_one_way(1, 0)?;
    topology.link(0, 1)?;
    assert_eq!(shown(&topology), ["a - b"]);
    Ok(())
}

#[test]
fn the_number_of_links_is_known_before_they_are_walked() -> Result<(), LinkError> {
    let topology = linked(7, index::clique(7))?;
    let mut links = topology.links();
    for left in (0..21).rev() {
        assert!(links.next().is_some(), "{left} links and one more are left");
        assert_eq!(links.len(), left);
    }
    assert_eq!(links.next(), None);
    Ok(())
}

#[test]
fn a_self_link_is_refused_by_name() {
    let mut topology = Topology::new(["a", "b"]);
    let error = topology.link(1, 1).expect_err("both ends are `b`");
    assert_eq!(error, LinkError::SelfLink { name: "b".into() });
    assert!(error.to_string().contains("`b`"), "{error}");
    assert_eq!(topology.links().len(), 0);
}

#[test]
fn an_index_out_of_range_is_refused_with_the_number_of_nodes() {
    let mut topology = Topology::new(["a", "b"]);
    let expected = LinkError::NoSuchNode { index: 2, count: 2 };
    assert_eq!(topology.link(0, 2), Err(expected.clone()));
    assert_eq!(topology.link_one_way(2, 0), Err(expected));
    assert_eq!(topology.links().len(), 0);
    assert!(topology.link(usize::MAX, usize::MAX).is_err());
}

#[test]
fn neighbours_come_in_the_order_of_the_nodes() -> Result<(), LinkError> {
    let mut topology = Topology::new(["z", "a", "hub", "m"]);
    topology.link(2, 3)?;
    topology.link_one_way(2, 0)?;
    topology.link_one_way(1, 2)?;
    assert_eq!(topology.neighbours("hub"), Some(vec!["z", "a", "m"]));
    assert_eq!(topology.neighbours("z"), Some(vec!["hub"]));
    assert_eq!(topology.degree("hub"), Some(3));
    Ok(())
}

#[test]
fn an_unknown_name_has_no_degree_and_no_neighbours() {
    let topology = Topology::new(["a", "c"]);
    for name in ["", "A", "b", "d"] {
        assert_eq!(topology.degree(name), None, "degree of {name:?}");
        assert_eq!(topology.neighbours(name), None, "neighbours of {name:?}");
    }
    assert_eq!(topology.degree("a"), Some(0));
}

#[test]
fn the_first_node_of_a_name_answers_for_it() -> Result<(), LinkError> {
    let mut topology = Topology::new(["twin", "other", "twin"]);
    topology.link(0, 1)?;
    assert_eq!(topology.degree("twin"), Some(1));
    assert_eq!(topology.nodes().len(), 3);
    Ok(())
}

#[test]
fn topologies_are_equal_however_they_were_declared() -> Result<(), LinkError> {
    let ring = linked(4, index::ring(4))?;
    let mut other = linked(4, index::line(4))?;
    assert_ne!(ring, other);
    other.link_one_way(3, 0)?;
    assert_ne!(ring, other, "one-way and symmetric links differ");
    other.link_one_way(0, 3)?;
    assert_eq!(ring, other);
    assert_ne!(ring, linked(5, index::ring(4))?);
    Ok(())
}

#[test]
fn links_may_be_added_after_a_query() -> Result<(), LinkError> {
    let mut topology = Topology::new(["a", "b", "c"]);
    assert!(!topology.is_connected());
    topology.link(0, 1)?;
    topology.link(1, 2)?;
    assert!(topology.is_connected());
    Ok(())
}

#[test]
fn no_node_and_a_single_node_are_connected() {
    for names in [vec![], vec!["a"]] {
        let topology = Topology::new(names);
        assert!(topology.is_connected());
        assert_eq!(topology.diameter(), Some(0));
    }
}

#[test]
fn what_falls_apart_has_no_diameter() -> Result<(), LinkError> {
    let mut topology = linked(6, index::ring(5))?;
    assert!(!topology.is_connected());
    assert_eq!(topology.diameter(), None);
    topology.link_one_way(5, 2)?;
    assert!(topology.is_connected());
    assert_eq!(topology.diameter(), Some(3));
    Ok(())
}

#[test]
fn the_diameters_of_the_shapes_are_the_known_ones() -> Result<(), LinkError> {
    for count in 3..20 {
        assert_eq!(linked(count, index::clique(count))?.diameter(), Some(1));
        assert_eq!(linked(count, index::ring(count))?.diameter(), Some(count / 2));
        assert_eq!(linked(count, index::line(count))?.diameter(), Some(count - 1));
        let star = index::star(count - 1).map(|(hub, other)| (hub, other + 1));
        assert_eq!(linked(count, star)?.diameter(), Some(2));
    }
    Ok(())
}

#[test]
fn petgraph_agrees_on_random_graphs() -> Result<(), LinkError> {
    let mut numbers = Numbers(7);
    for round in 0..200 {
        let nodes = 2 + numbers.below(12);
        let mut topology = Topology::new(names(nodes));
        let mut oracle = UnGraph::<(), ()>::default();
        for _ in 0..nodes {
            oracle.add_node(());
        }
        for _ in 0..numbers.below(2 * nodes) {
            let (a, b) = (numbers.below(nodes), numbers.below(nodes));
            if a == b {
                continue;
            }
            match numbers.below(2) {
                0 => topology.link(a, b)?,
                _ => topology.link_one_way(a, b)?,
            }
            oracle.update_edge(NodeIndex::new(a), NodeIndex::new(b), ());
        }
        let context = format!("round {round}: {topology:?}");
        assert_eq!(topology.links().len(), oracle.edge_count(), "{context}");
        for (node, name) in topology.nodes().enumerate() {
            let degree = oracle.neighbors(NodeIndex::new(node)).count();
            assert_eq!(topology.degree(name), Some(degree), "{name} in {context}");
        }
        let connected = connected_components(&oracle) == 1;
        assert_eq!(topology.is_connected(), connected, "{context}");
        assert_eq!(topology.diameter(), diameter(&oracle), "{context}");
    }
    Ok(())
}

#[test]
fn debug_shows_nodes_and_links() -> Result<(), LinkError> {
    let topology = linked(2, index::line(2))?;
    assert_eq!(format!("{topology:?}"), r#"Topology { nodes: ["n.1", "n.2"], links: ["n.1 - n.2"] }"#);
    Ok(())
}

fn shown(topology: &Topology) -> Vec<String> {
    topology.links().map(|link| link.to_string()).collect()
}

fn names(count: usize) -> impl Iterator<Item = String> {
    (1..=count).map(|number| format!("n.{number}"))
}

fn linked(count: usize, mut pairs: impl Iterator<Item = (usize, usize)>) -> Result<Topology, LinkError> {
    let mut topology = Topology::new(names(count));
    pairs.try_for_each(|(a, b)| topology.link(a, b))?;
    Ok(topology)
}

fn diameter(graph: &UnGraph<(), ()>) -> Option<usize> {
    let mut diameter = 0;
    for start in graph.node_indices() {
        let distances = dijkstra(graph, start, None, |_| 1);
        if distances.len() < graph.node_count() {
            return None;
        }
        diameter = diameter.max(*distances.values().max()?);
    }
    Some(diameter)
}

/// Numbers that look random and are the same in every run (xorshift64, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}
