use std::cmp::Ordering;
use std::sync::OnceLock;

use crate::adjacency::{Adjacency, Edge};
use crate::link::Link;
use crate::link_error::LinkError;

/// Names and links: a simple graph whose links may be one-way.
///
/// The same link twice is one link, and `a -> b` with `b -> a` is the symmetric `a - b`. Nodes keep the order in which
/// they were named; links are ordered by their two ends, so two topologies are equal when they have the same nodes and
/// links, however they were declared.
///
/// ```
/// use cluster_topology::{Topology, ring, star};
///
/// let mut wheel = Topology::new(["hub", "rim.1", "rim.2", "rim.3", "rim.4"]);
/// for (a, b) in ring(&[1, 2, 3, 4]).chain(star(&0, &[1, 2, 3, 4])) {
///     wheel.link(*a, *b)?;
/// }
///
/// assert_eq!(wheel.links().len(), 8);
/// assert_eq!(wheel.degree("hub"), Some(4));
/// assert_eq!(wheel.neighbours("rim.1"), Some(vec!["hub", "rim.2", "rim.4"]));
/// assert_eq!(wheel.diameter(), Some(2));
/// # Ok::<(), cluster_topology::LinkError>(())
/// ```
///
/// Adding a link takes a few nanoseconds. The first query after it sorts all links, so add the links first, then query.
#[derive(Clone)]
pub struct Topology {
    names: Vec<String>,
    /// The nodes sorted by name, to find one by it.
    by_name: Vec<usize>,
    declared: Vec<Edge>,
    graph: OnceLock<Adjacency>,
}

impl Topology {
    /// Nodes with these names, without links.
    ///
    /// Names should be unique: a query by name answers for the first node of that name.
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Topology {
        Topology::of(names.into_iter().map(Into::into).collect())
    }

    fn of(names: Vec<String>) -> Topology {
        let mut by_name: Vec<usize> = (0..names.len()).collect();
        by_name.sort_by(|a, b| names[*a].cmp(&names[*b]));
        Topology { names, by_name, declared: Vec::new(), graph: OnceLock::new() }
    }

    /// Links two nodes, given by their indices among the names. Either may dial.
    ///
    /// # Errors
    /// When an index is out of range, or both are the same.
    pub fn link(&mut self, a: usize, b: usize) -> Result<(), LinkError> {
        self.declare(a, b, false)
    }

    /// Links two nodes, given by their indices among the names, so that only `from` dials.
    ///
    /// # Errors
    /// When an index is out of range, or both are the same.
    pub fn link_one_way(&mut self, from: usize, to: usize) -> Result<(), LinkError> {
        self.declare(from, to, true)
    }

    /// The names, in the order in which they were given.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The links, each once, ordered by the indices of their two ends.
    pub fn links(&self) -> impl ExactSizeIterator<Item = Link<'_>> {
        self.graph().edges().iter().map(|edge| {
            let (first, second) = (edge.first as usize, edge.second as usize);
            let (a, b) = if edge.first_dials { (first, second) } else { (second, first) };
            let one_way = !(edge.first_dials && edge.second_dials);
            Link { a: self.name(a), b: self.name(b), indices: (a, b), one_way }
        })
    }

    fn declare(&mut self, a: usize, b: usize, one_way: bool) -> Result<(), LinkError> {
        let (dialling, dialled) = (self.checked(a)?, self.checked(b)?);
        self.declared.push(match dialling.cmp(&dialled) {
            Ordering::Less => Edge { first: dialling, second: dialled, first_dials: true, second_dials: !one_way },
            Ordering::Greater => Edge { first: dialled, second: dialling, first_dials: !one_way, second_dials: true },
            Ordering::Equal => return Err(LinkError::SelfLink { name: self.names[a].clone() }),
        });
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
        let position = self.by_name.partition_point(|node| self.names[*node].as_str() < name);
        let node = *self.by_name.get(position)?;
        (self.names[node] == name).then_some(node)
    }
}

impl PartialEq for Topology {
    fn eq(&self, other: &Topology) -> bool {
        self.names == other.names && self.graph() == other.graph()
    }
}

impl Eq for Topology {}
