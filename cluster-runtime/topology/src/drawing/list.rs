use std::fmt;

use crate::adjacency::Neighbour;
use crate::topology::Topology;

/// The nodes, one a line, each with its degree and its neighbours; `->` and `<-` mark one-way links.
///
/// Nodes and neighbours are in the order in which the nodes were named, however the links were made: a test may compare
/// the text with an earlier one, by `assert_eq!` or with a snapshot library such as `insta`. A link that differs changes the
/// lines of its two ends and the first line.
///
/// ```
/// # use cluster_topology::Topology;
/// let mut three = Topology::new(["boot", "peers.1", "peers.2"]);
/// three.link(0, 1)?;
/// three.link_one_way(0, 2)?;
/// assert_eq!(three.to_string(), "\
/// 3 nodes, 2 links
/// boot     2: peers.1, -> peers.2
/// peers.1  1: boot
/// peers.2  1: <- boot
/// ");
/// # Ok::<(), cluster_topology::LinkError>(())
/// ```
impl fmt::Display for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.nodes().len();
        let links = self.links().len();
        let width = self.nodes().map(|name| name.chars().count()).max();
        let width = width.unwrap_or(0);

        writeln!(f, "{}, {}", counted(nodes, "node"), counted(links, "link"))?;
        for (node, name) in self.nodes().enumerate() {
            let neighbours = self.graph().neighbours(node);
            write!(f, "{name:<width$}  {}", neighbours.len())?;
            for (position, far) in neighbours.iter().enumerate() {
                let separator = if position == 0 { ": " } else { ", " };
                let name = self.name(far.node as usize);
                write!(f, "{separator}{}{name}", arrow(far))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn arrow(far: &Neighbour) -> &'static str {
    match (far.dials, far.dialled) {
        (true, false) => "-> ",
        (false, true) => "<- ",
        _ => "",
    }
}
