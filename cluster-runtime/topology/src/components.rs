/// The connected components of a graph whose links are added one by one: a disjoint-set forest with path halving
/// (Tarjan and van Leeuwen, 1984).
pub(crate) struct Components {
    /// An earlier node of the same component; the first node of a component, its root, is its own parent.
    parents: Vec<u32>,
    count: usize,
}

impl Components {
    /// Nodes without links. There are at most 2^32.
    pub(crate) fn new(nodes: usize) -> Components {
        Components { parents: (0..nodes).map(|node| node as u32).collect(), count: nodes }
    }

    /// The number of components.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    #[inline]
    pub(crate) fn link(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.parents[a.max(b)] = a.min(b) as u32;
            self.count -= 1;
        }
    }

    /// The first node of this node's component.
    #[inline]
    pub(crate) fn root(&mut self, mut node: usize) -> usize {
        loop {
            let parent = self.parents[node];
            let grandparent = self.parents[parent as usize];
            if parent == grandparent {
                return parent as usize;
            }
            self.parents[node] = grandparent;
            node = grandparent as usize;
        }
    }
}
