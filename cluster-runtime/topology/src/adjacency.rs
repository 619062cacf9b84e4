/// A link between two nodes, the one declared first and the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) first: u32,
    pub(crate) second: u32,
    pub(crate) first_dials: bool,
    pub(crate) second_dials: bool,
}

/// The far end of a link, as seen from the near one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Neighbour {
    pub(crate) node: u32,
    /// Whether the near end dials.
    pub(crate) dials: bool,
    /// Whether the far end dials.
    pub(crate) dialled: bool,
}

/// A simple graph: its links in order, and all nodes' neighbours in one vector, node after node, each node's in order
/// (compressed sparse rows).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Adjacency {
    edges: Vec<Edge>,
    /// Where each node's neighbours begin, and the end of the last one's.
    starts: Vec<usize>,
    neighbours: Vec<Neighbour>,
}

impl Adjacency {
    /// The graph of these links, where the same link may come several times.
    pub(crate) fn new(nodes: usize, declared: &[Edge]) -> Adjacency {
        let edges = merged(declared.to_vec());
        let mut starts = vec![0; nodes + 1];
        for edge in &edges {
            starts[edge.first as usize + 1] += 1;
            starts[edge.second as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut neighbours = vec![Neighbour::default(); edges.len() * 2];
        let mut add = |near: u32, neighbour| {
            let position = &mut next[near as usize];
            neighbours[*position] = neighbour;
            *position += 1;
        };
        // The links are in order, so the neighbours of each node come in order.
        for Edge { first, second, first_dials, second_dials } in edges.iter().copied() {
            add(first, Neighbour { node: second, dials: first_dials, dialled: second_dials });
            add(second, Neighbour { node: first, dials: second_dials, dialled: first_dials });
        }
        Adjacency { edges, starts, neighbours }
    }

    pub(crate) fn edges(&self) -> &[Edge] {
        &self.edges
    }

    pub(crate) fn neighbours(&self, node: usize) -> &[Neighbour] {
        &self.neighbours[self.starts[node]..self.starts[node + 1]]
    }
}

/// Every link once, in the order of its ends.
fn merged(mut edges: Vec<Edge>) -> Vec<Edge> {
    edges.sort_unstable_by_key(|edge| (edge.first, edge.second));
    edges.dedup_by(|again, kept| {
        let same = (again.first, again.second) == (kept.first, kept.second);
        if same {
            kept.first_dials |= again.first_dials;
            kept.second_dials |= again.second_dials;
        }
        same
    });
    edges
}
