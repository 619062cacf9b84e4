use super::geometry::Point;

/// A picture of a [`Topology`](crate::Topology): where its nodes and links are, in pixels from the upper left corner.
///
/// The geometry follows from the names and the links. `leaves.1`, `leaves.2` and so on are a group; names with more parts, such
/// as `region.1.gw`, are clusters of clusters, each in a frame. In a group, and between groups, the standard shapes are
/// recognised: a ring is a circle, a tree has layers. A picture has at most 150 symbols and 1,000 routes: where that is not
/// enough, the largest groups are one symbol each. The same topology has the same layout everywhere.
///
/// ```
/// use cluster_topology::{Topology, ring};
///
/// let mut topology = Topology::new(["k.1", "k.2", "k.3", "k.4", "k.5"]);
/// ring(&[0, 1, 2, 3, 4]).try_for_each(|(a, b)| topology.link(*a, *b))?;
/// let layout = topology.layout();
/// assert_eq!(layout.symbols.len(), 5);
/// assert_eq!(layout.symbols[0].label, "k.1");
/// assert_eq!(layout.routes[0].path.first(), Some(&layout.symbols[0].center));
/// # Ok::<(), cluster_topology::LinkError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Layout {
    /// The width of the picture.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// The names of the nodes, by their indices: those of the topology, and then those that only an observed one has.
    pub names: Vec<String>,
    /// The clusters of clusters and the great groups, the outer ones first.
    pub frames: Vec<Frame>,
    /// The nodes, and the groups that are drawn as one.
    pub symbols: Vec<Symbol>,
    /// The links; those between the same two symbols are one route for each state.
    pub routes: Vec<Route>,
}

/// A node, or several that are drawn as one.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Symbol {
    /// The name of the node or the group.
    pub name: String,
    /// What of the name is not in the frame around it, cut if it is long; of a group with the number of its members.
    pub label: String,
    /// What its nodes have in common: those of one declaration have the same number, from 0.
    pub declaration: usize,
    /// The indices of its nodes among the names.
    pub nodes: Vec<usize>,
    /// Of several nodes, how they are linked with each other, as in "ring"; "" where it is no standard shape.
    pub shape: &'static str,
    /// Its center.
    pub center: Point,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// A box around the nodes of a cluster.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Frame {
    /// The name of the cluster.
    pub name: String,
    /// What of the name is not in the frame around it.
    pub label: String,
    /// Its upper left corner.
    pub corner: Point,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// The links between two symbols that are in the same state.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Route {
    /// The indices of its two ends among the symbols: of a one-way link, the end that dials first. Links within a symbol have
    /// the same one twice.
    pub symbols: (usize, usize),
    /// The indices of the ends of each link among the names.
    pub links: Vec<(usize, usize)>,
    /// Whether all the links are one-way, in this direction.
    pub one_way: bool,
    /// Which of two topologies have them.
    pub state: LinkState,
    /// Two points of a straight line, or four of a cubic Bézier curve.
    pub path: Vec<Point>,
}

/// Which of two topologies, one declared and one observed, have a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkState {
    /// Both, or the only one that is drawn.
    Up,
    /// The declared one only.
    Missing,
    /// The observed one only.
    Undeclared,
}
