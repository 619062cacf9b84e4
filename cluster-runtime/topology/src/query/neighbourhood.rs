use crate::topology::Topology;

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

    /// The names that are given, each with how many links its node has, without those that no node has.
    ///
    /// ```
    /// # use cluster_topology::{self as topology, Topology};
    /// let mut line = Topology::new(["a", "b", "c"]);
    /// topology::line(&[0, 1, 2]).try_for_each(|(a, b)| line.link(*a, *b))?;
    /// let least = line.degrees(["b", "c"]).min_by_key(|(_, degree)| *degree);
    /// assert_eq!(least, Some(("c", 1)));
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn degrees<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = (&'a str, usize)> {
        names.into_iter().filter_map(|name| Some((name, self.degree(name)?)))
    }
}
