/// A link as it was declared: `a` dials, and so does `b` unless the link is one-way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declared {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) one_way: bool,
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

/// The simple graph of the declared links: all nodes' neighbours in one vector, node after node, each node's in
/// order (compressed sparse rows).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Adjacency {
    /// Where each node's neighbours begin, and the end of the last one's.
    starts: Vec<usize>,
    neighbours: Vec<Neighbour>,
}

impl Adjacency {
    /// Takes time and memory in proportion to nodes and links.
    pub(crate) fn new(nodes: usize, links: &[Declared]) -> Adjacency {
        let as_declared = Adjacency::of_declared(nodes, links);
        as_declared.transposed().merged()
    }

    pub(crate) fn neighbours(&self, node: usize) -> &[Neighbour] {
        &self.neighbours[self.starts[node]..self.starts[node + 1]]
    }

    /// How many links there are: each has two ends.
    pub(crate) fn link_count(&self) -> usize {
        self.neighbours.len() / 2
    }

    fn node_count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Both ends of every link, as often and in the order in which they were declared.
    fn of_declared(nodes: usize, links: &[Declared]) -> Adjacency {
        let mut starts = vec![0; nodes + 1];
        for link in links {
            starts[link.a as usize + 1] += 1;
            starts[link.b as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut neighbours = vec![Neighbour::default(); links.len() * 2];
        for link in links {
            let (a, b) = (link.a as usize, link.b as usize);
            neighbours[next[a]] = Neighbour { node: link.b, dials: true, dialled: !link.one_way };
            next[a] += 1;
            neighbours[next[b]] = Neighbour { node: link.a, dials: !link.one_way, dialled: true };
            next[b] += 1;
        }
        Adjacency { starts, neighbours }
    }

    /// The same links, each handed to its far end. As nodes hand them over in order, every node's come out sorted.
    fn transposed(&self) -> Adjacency {
        let mut next = self.starts.clone();
        let mut neighbours = vec![Neighbour::default(); self.neighbours.len()];
        for node in 0..self.node_count() {
            for neighbour in self.neighbours(node) {
                let far = neighbour.node as usize;
                neighbours[next[far]] =
                    Neighbour { node: node as u32, dials: neighbour.dialled, dialled: neighbour.dials };
                next[far] += 1;
            }
        }
        Adjacency { starts: self.starts.clone(), neighbours }
    }

    /// Every link once, where sorted neighbours name some several times.
    fn merged(&self) -> Adjacency {
        let mut starts = Vec::with_capacity(self.starts.len());
        let mut merged: Vec<Neighbour> = Vec::with_capacity(self.neighbours.len());
        starts.push(0);
        for node in 0..self.node_count() {
            let start = merged.len();
            for neighbour in self.neighbours(node) {
                match merged[start..].last_mut() {
                    Some(last) if last.node == neighbour.node => {
                        last.dials |= neighbour.dials;
                        last.dialled |= neighbour.dialled;
                    }
                    _ => merged.push(*neighbour),
                }
            }
            starts.push(merged.len());
        }
        Adjacency { starts, neighbours: merged }
    }
}
