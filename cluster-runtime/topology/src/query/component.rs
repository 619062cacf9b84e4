use crate::components::Components;
use crate::topology::Topology;

impl Topology {
    /// The connected components, each as the names of its nodes, all in the order of [`nodes`](Topology::nodes). There
    /// is one if the topology is [connected](Topology::is_connected), and none without nodes.
    ///
    /// ```
    /// # use cluster_topology::Topology;
    /// let mut four = Topology::new(["a", "b", "c", "d"]);
    /// four.link(0, 2)?;
    /// assert_eq!(four.components(), [vec!["a", "c"], vec!["b"], vec!["d"]]);
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn components(&self) -> Vec<Vec<&str>> {
        let nodes = self.nodes().len();
        let mut linked = Components::new(nodes);
        for link in self.links() {
            let (a, b) = link.indices();
            linked.link(a, b);
        }
        let mut indices = vec![None; nodes];
        let mut components: Vec<Vec<&str>> = Vec::with_capacity(linked.count());
        for (node, name) in self.nodes().enumerate() {
            let index = *indices[linked.root(node)].get_or_insert(components.len());
            match components.get_mut(index) {
                Some(component) => component.push(name),
                None => components.push(vec![name]),
            }
        }
        components
    }
}
