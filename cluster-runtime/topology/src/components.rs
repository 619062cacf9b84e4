/// Which of so many nodes are connected, as links come in (union by halved paths: Tarjan and van Leeuwen, 1984).
#[derive(Debug, Clone)]
pub(crate) struct Components {
    /// A node that each is connected with; the representative of a component is its own.
    parents: Vec<u32>,
    count: usize,
}

impl Components {
    /// Nodes without links. There are at most 2^32.
    pub(crate) fn new(nodes: usize) -> Components {
        Components { parents: (0..nodes).map(|node| node as u32).collect(), count: nodes }
    }

    /// How many components there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    #[inline]
    pub(crate) fn link(&mut self, a: usize, b: usize) {
        let (a, b) = (self.representative(a as u32), self.representative(b as u32));
        if a != b {
            self.parents[a.max(b) as usize] = a.min(b);
            self.count -= 1;
        }
    }

    /// The first node of the component of this one.
    pub(crate) fn first_of(&mut self, node: usize) -> usize {
        self.representative(node as u32) as usize
    }

    /// The first node of the component, as links point from later to earlier ones.
    #[inline]
    fn representative(&mut self, mut node: u32) -> u32 {
        loop {
            let parent = self.parents[node as usize];
            let grandparent = self.parents[parent as usize];
            if parent == grandparent {
                return parent;
            }
            self.parents[node as usize] = grandparent;
            node = grandparent;
        }
    }
}
