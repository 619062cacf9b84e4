//! Graphs of pairs, as petgraph and rustworkx-core see them.

#![allow(dead_code, reason = "each test file uses its own share")]

use petgraph::algo::{connected_components, dijkstra};
use petgraph::graph::UnGraph;

pub type Indices = (usize, usize);
pub type Graph = UnGraph<(), ()>;

/// The graph of these nodes and pairs. No pair may come twice, join a node to itself or leave the nodes.
pub fn graph(count: usize, pairs: impl Iterator<Item = Indices>) -> Graph {
    let mut graph = Graph::default();
    for _ in 0..count {
        graph.add_node(());
    }
    let nodes: Vec<_> = graph.node_indices().collect();
    for (a, b) in pairs {
        assert!(a < count && b < count, "({a}, {b}) leaves the {count} nodes");
        assert_ne!(a, b, "{a} is paired with itself");
        assert!(!graph.contains_edge(nodes[a], nodes[b]), "({a}, {b}) comes twice");
        graph.add_edge(nodes[a], nodes[b], ());
    }
    graph
}

/// How many neighbours each node has.
pub fn degrees(graph: &Graph) -> Vec<usize> {
    graph.node_indices().map(|node| graph.neighbors(node).count()).collect()
}

pub fn is_connected(graph: &Graph) -> bool {
    connected_components(graph) == 1
}

pub fn diameter(graph: &Graph) -> Option<usize> {
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

/// The edges, each with its smaller end first, in order.
pub fn edges(graph: &Graph) -> Vec<Indices> {
    let ends = graph.edge_indices().filter_map(|edge| graph.edge_endpoints(edge));
    let mut edges: Vec<_> = ends.map(|(a, b)| (a.index().min(b.index()), a.index().max(b.index()))).collect();
    edges.sort_unstable();
    edges
}
