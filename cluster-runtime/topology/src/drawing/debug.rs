use std::fmt;

use crate::topology::Topology;

/// The names and the links, as [`Link`](crate::Link) displays them.
impl fmt::Debug for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes: Vec<_> = self.nodes().collect();
        let links: Vec<_> = self.links().map(|link| link.to_string()).collect();
        f.debug_struct("Topology").field("nodes", &nodes).field("links", &links).finish()
    }
}
