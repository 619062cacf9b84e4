//! Where the nodes and links of a topology are drawn: the geometry of a picture, without its looks.

// Each module uses only those above it.
mod arrange;
mod block;
mod compose;
mod crowd;
mod fan;
mod form;
mod geometry;
mod outline;
mod route;
mod scene;
mod stress;

use std::collections::HashMap;

pub use geometry::Point;
pub(crate) use geometry::along;

use crate::topology::Topology;
use outline::Outline;

/// A picture of a [`Topology`]: where its nodes and links are, in pixels from the upper left corner.
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
    /// The indices of its nodes among [`nodes`](Topology::nodes).
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
    /// The indices of the ends of each link among [`nodes`](Topology::nodes).
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

impl Topology {
    /// Where its nodes and links are in a picture; [`to_svg`](Topology::to_svg) draws it.
    pub fn layout(&self) -> Layout {
        let names: Vec<&str> = self.nodes().collect();
        let links: Vec<Drawn> =
            drawn(self).map(|(ends, one_way)| Drawn { ends, one_way, state: LinkState::Up }).collect();
        lay_out(&names, &links)
    }

    /// Where its nodes and links and those of an observed topology are in a picture;
    /// [`to_svg_with`](Topology::to_svg_with) draws it. Nodes are the same if they have the same name. The geometry is that
    /// of this topology; nodes that only the observed one has come after its own.
    ///
    /// ```
    /// use cluster_topology::{LinkState, Topology};
    ///
    /// let mut declared = Topology::new(["a", "b"]);
    /// declared.link(0, 1)?;
    /// let observed = Topology::new(["a", "b"]);
    /// assert_eq!(declared.layout_with(&observed).routes[0].state, LinkState::Missing);
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn layout_with(&self, observed: &Topology) -> Layout {
        let mut names: Vec<&str> = self.nodes().collect();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (node, name) in self.nodes().enumerate() {
            known.entry(name).or_insert(node);
        }
        let same: Vec<usize> = observed
            .nodes()
            .map(|name| {
                *known.entry(name).or_insert_with(|| {
                    names.push(name);
                    names.len() - 1
                })
            })
            .collect();
        let seen: HashMap<(usize, usize), ((usize, usize), bool)> = drawn(observed)
            .map(|((a, b), one_way)| ((same[a], same[b]), one_way))
            .filter(|((a, b), _)| a != b)
            .map(|(ends, one_way)| (sorted(ends), (ends, one_way)))
            .collect();
        let mut links: Vec<Drawn> = drawn(self)
            .map(|(ends, one_way)| {
                let state = if seen.contains_key(&sorted(ends)) { LinkState::Up } else { LinkState::Missing };
                Drawn { ends, one_way, state }
            })
            .collect();
        let declared: std::collections::HashSet<_> = links.iter().map(|link| sorted(link.ends)).collect();
        let mut undeclared: Vec<_> = seen.into_iter().filter(|(ends, _)| !declared.contains(ends)).collect();
        undeclared.sort_unstable();
        links.extend(undeclared.into_iter().map(|(_, (ends, one_way))| Drawn {
            ends,
            one_way,
            state: LinkState::Undeclared,
        }));
        lay_out(&names, &links)
    }
}

/// A link to be drawn.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    ends: (usize, usize),
    one_way: bool,
    state: LinkState,
}

fn drawn(topology: &Topology) -> impl Iterator<Item = ((usize, usize), bool)> {
    topology.links().map(|link| (link.indices(), link.is_one_way()))
}

fn sorted((a, b): (usize, usize)) -> (usize, usize) {
    (a.min(b), a.max(b))
}

/// The geometry is that of the declared links; the undeclared ones are drawn into it.
fn lay_out(names: &[&str], links: &[Drawn]) -> Layout {
    let declared = links.iter().filter(|link| link.state != LinkState::Undeclared);
    let declared: Vec<(usize, usize)> = declared.map(|link| sorted(link.ends)).collect();
    let all: Vec<(usize, usize)> = links.iter().map(|link| link.ends).collect();
    let outline = Outline::new(crowd::crowded(outline::outline(names), names.len(), &all), names.len(), &declared);
    let mut block = compose::compose(&outline, names);
    fan::turn(&mut block, &outline);
    let mut scene = scene::Scene::of(&block, names);
    let routes = route::routes(&scene, names.len(), links);
    let (width, height) = scene.fit(&routes);
    let routes = route::shifted(routes, scene.origin);
    Layout { width, height, frames: scene.frames, symbols: scene.symbols, routes }
}
