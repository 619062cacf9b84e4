use std::sync::OnceLock;

use crate::LinkError;
use crate::adjacency::{Adjacency, Declared};

/// Names and links: a simple graph whose links may be one-way.
///
/// The same link twice is one link, and `a -> b` with `b -> a` is the symmetric `a - b`. Nodes keep the order in which
/// they were named; links are ordered by their two ends, so two topologies are equal when they have the same nodes and
/// links, however they were declared.
///
/// ```
/// use cluster_topology::{Topology, index};
///
/// let mut wheel = Topology::new(["hub", "rim.1", "rim.2", "rim.3", "rim.4"]);
/// for (a, b) in index::ring(4) {
///     wheel.link(a + 1, b + 1)?;
/// }
/// for (hub, rim) in index::star(4) {
///     wheel.link(hub, rim + 1)?;
/// }
///
/// assert_eq!(wheel.links().len(), 8);
/// assert_eq!(wheel.degree("hub"), Some(4));
/// assert_eq!(wheel.neighbours("rim.1"), Some(vec!["hub", "rim.2", "rim.4"]));
/// assert_eq!(wheel.diameter(), Some(2));
/// # Ok::<(), cluster_topology::LinkError>(())
/// ```
///
/// Adding a link costs a few nanoseconds. The first query after it sorts all links once, in time proportional to nodes
/// and links; so link first, then ask.
#[derive(Clone)]
pub struct Topology {
    names: Vec<String>,
    /// The nodes sorted by name, to find one by it.
    by_name: Vec<usize>,
    declared: Vec<Declared>,
    graph: OnceLock<Adjacency>,
}

impl Topology {
    /// Nodes with these names, without links.
    ///
    /// Names should differ: what asks by name answers for the first node of that name.
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Topology {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let mut by_name: Vec<usize> = (0..names.len()).collect();
        by_name.sort_by(|a, b| names[*a].cmp(&names[*b]));
        Topology { names, by_name, declared: Vec::new(), graph: OnceLock::new() }
    }

    /// Links two nodes, given by their places among the names. Either may dial.
    ///
    /// # Errors
    /// When a place is out of range, or both are the same.
    pub fn link(&mut self, a: usize, b: usize) -> Result<(), LinkError> {
        self.declare(a, b, false)
    }

    /// Links two nodes, given by their places among the names, so that only `from` dials.
    ///
    /// # Errors
    /// When a place is out of range, or both are the same.
    pub fn link_one_way(&mut self, from: usize, to: usize) -> Result<(), LinkError> {
        self.declare(from, to, true)
    }

    /// The names, in the order in which they were given.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str)
    }

    fn declare(&mut self, a: usize, b: usize, one_way: bool) -> Result<(), LinkError> {
        let link = Declared { a: self.checked(a)?, b: self.checked(b)?, one_way };
        if a == b {
            let name = self.names[a].clone();
            return Err(LinkError::SelfLink { name });
        }
        self.declared.push(link);
        self.graph.take();
        Ok(())
    }

    fn checked(&self, index: usize) -> Result<u32, LinkError> {
        let count = self.names.len();
        match u32::try_from(index) {
            Ok(node) if index < count => Ok(node),
            _ => Err(LinkError::NoSuchNode { index, count }),
        }
    }

    pub(crate) fn graph(&self) -> &Adjacency {
        self.graph.get_or_init(|| Adjacency::new(self.names.len(), &self.declared))
    }

    pub(crate) fn name(&self, node: usize) -> &str {
        &self.names[node]
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let place = self.by_name.partition_point(|node| self.names[*node].as_str() < name);
        let node = *self.by_name.get(place)?;
        (self.names[node] == name).then_some(node)
    }
}

impl PartialEq for Topology {
    fn eq(&self, other: &Topology) -> bool {
        self.names == other.names && self.graph() == other.graph()
    }
}

impl Eq for Topology {}
