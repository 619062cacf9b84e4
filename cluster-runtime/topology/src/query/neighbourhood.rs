use crate::Topology;

impl Topology {
    /// How many links the node has, one-way ones at either end included; `None` if no node has this name.
    ///
    /// ```
    /// # use cluster_topology::Topology;
    /// let mut pair = Topology::new(["a", "b"]);
    /// pair.link_one_way(0, 1)?;
    /// assert_eq!(pair.degree("b"), Some(1));
    /// assert_eq!(pair.degree("c"), None);
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn degree(&self, name: &str) -> Option<usize> {
        let node = self.find(name)?;
        Some(self.graph().neighbours(node).len())
    }

    /// The names of the nodes that this one has a link with, in the order of [`nodes`](Topology::nodes); `None` if no
    /// node has this name.
    ///
    /// ```
    /// # use cluster_topology::Topology;
    /// let mut pair = Topology::new(["a", "b"]);
    /// pair.link(0, 1)?;
    /// assert_eq!(pair.neighbours("b"), Some(vec!["a"]));
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn neighbours(&self, name: &str) -> Option<Vec<&str>> {
        let node = self.find(name)?;
        let neighbours = self.graph().neighbours(node).iter();
        Some(neighbours.map(|far| self.name(far.node as usize)).collect())
    }
}
