//! Recognises the standard shapes.

use crate::index;

/// How the vertices of a connected graph are linked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    /// The vertices from one end to the other.
    Line(Vec<usize>),
    /// The vertices around it.
    Ring(Vec<usize>),
    /// The vertex in the middle.
    Star(usize),
    /// The vertex in the middle, and those around it.
    Wheel(usize, Vec<usize>),
    Clique,
    Tree,
    /// The number of columns.
    Grid(usize),
    Torus(usize),
    Hypercube,
    /// Whether each vertex is on the far side.
    Bipartite(Vec<bool>),
    /// A ring with shortcuts.
    SmallWorld,
    Other,
}

impl Form {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Form::Line(_) => "line",
            Form::Ring(_) => "ring",
            Form::Star(_) => "star",
            Form::Wheel(..) => "wheel",
            Form::Clique => "clique",
            Form::Tree => "tree",
            Form::Grid(_) => "grid",
            Form::Torus(_) => "torus",
            Form::Hypercube => "hypercube",
            Form::Bipartite(_) => "two sides",
            Form::SmallWorld => "ring with shortcuts",
            Form::Other => "",
        }
    }
}

/// A graph without names. The smaller end of a link comes first, and the links are in order.
pub(super) struct Graph<'a> {
    links: &'a [(usize, usize)],
    neighbours: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(count: usize, links: &'a [(usize, usize)]) -> Graph<'a> {
        let mut neighbours = vec![Vec::new(); count];
        for (a, b) in links {
            neighbours[*a].push(*b);
            neighbours[*b].push(*a);
        }
        Graph { links, neighbours }
    }

    pub(super) fn neighbours(&self, vertex: usize) -> &[usize] {
        &self.neighbours[vertex]
    }

    pub(super) fn count(&self) -> usize {
        self.neighbours.len()
    }

    /// The form of a connected graph.
    pub(super) fn form(&self) -> Form {
        let forms = [
            Graph::line,
            Graph::star,
            Graph::tree,
            Graph::ring,
            Graph::clique,
            Graph::wheel,
            Graph::hypercube,
            Graph::grid,
            Graph::torus,
            Graph::bipartite,
            Graph::small_world,
        ];
        forms.into_iter().find_map(|form| form(self)).unwrap_or(Form::Other)
    }

    fn degree(&self, vertex: usize) -> usize {
        self.neighbours[vertex].len()
    }

    fn line(&self) -> Option<Form> {
        let is_line = self.is_tree() && self.neighbours.iter().all(|neighbours| neighbours.len() <= 2);
        let end = (0..self.count()).find(|vertex| self.degree(*vertex) < 2)?;
        is_line.then(|| Form::Line(self.walk(end, None)))
    }

    fn ring(&self) -> Option<Form> {
        let is_ring = self.count() > 2 && self.neighbours.iter().all(|neighbours| neighbours.len() == 2);
        is_ring.then(|| Form::Ring(self.walk(0, None)))
    }

    fn star(&self) -> Option<Form> {
        let hub = self.hub()?;
        self.is_tree().then_some(Form::Star(hub))
    }

    fn tree(&self) -> Option<Form> {
        self.is_tree().then_some(Form::Tree)
    }

    fn is_tree(&self) -> bool {
        self.links.len() + 1 == self.count()
    }

    /// The only vertex that is linked with all the others.
    fn hub(&self) -> Option<usize> {
        let mut hubs = (0..self.count()).filter(|vertex| self.degree(*vertex) + 1 == self.count());
        let hub = hubs.next()?;
        hubs.next().is_none().then_some(hub)
    }

    fn clique(&self) -> Option<Form> {
        (self.links.len() == self.count() * (self.count() - 1) / 2).then_some(Form::Clique)
    }

    fn wheel(&self) -> Option<Form> {
        let hub = self.hub()?;
        let others = (0..self.count()).filter(|vertex| *vertex != hub);
        if others.clone().any(|vertex| self.degree(vertex) != 3) {
            return None;
        }
        let rim = self.walk(others.clone().next()?, Some(hub));
        (rim.len() + 1 == self.count()).then_some(Form::Wheel(hub, rim))
    }

    fn hypercube(&self) -> Option<Form> {
        let count = self.count();
        self.is(index::hypercube(count)).then_some(Form::Hypercube)
    }

    fn grid(&self) -> Option<Form> {
        let (count, links) = (self.count(), self.links.len());
        let mut columns = (2..=count / 2).filter(|columns| count.is_multiple_of(*columns));
        let columns = columns
            .find(|columns| links + columns + count / columns == 2 * count && self.is(index::grid(count, *columns)));
        columns.map(Form::Grid)
    }

    fn torus(&self) -> Option<Form> {
        let count = self.count();
        if self.links.len() != 2 * count {
            return None;
        }
        let mut columns = (3..=count / 3).filter(|columns| count.is_multiple_of(*columns));
        columns.find(|columns| self.is(index::torus(count, *columns))).map(Form::Torus)
    }

    fn bipartite(&self) -> Option<Form> {
        let far = |vertex: usize| self.neighbours(0).contains(&vertex);
        let sides: Vec<bool> = (0..self.count()).map(far).collect();
        let count = sides.iter().filter(|far| **far).count();
        let is_complete = self.links.len() == count * (self.count() - count);
        (is_complete && self.links.iter().all(|(a, b)| sides[*a] != sides[*b])).then_some(Form::Bipartite(sides))
    }

    /// At least two thirds of the ring are there, and shortcuts that do not fill it.
    fn small_world(&self) -> Option<Form> {
        let last = self.count() - 1;
        let around = self.links.iter().filter(|(a, b)| b - a == 1 || (*a, *b) == (0, last)).count();
        let is_sparse = self.links.len() * 5 <= self.count() * (self.count() - 1);
        (is_sparse && around * 3 >= self.count() * 2).then_some(Form::SmallWorld)
    }

    /// Whether it has these links and no others.
    fn is<E>(&self, shape: Result<impl Iterator<Item = (usize, usize)>, E>) -> bool {
        let Ok(pairs) = shape else { return false };
        let mut links: Vec<_> = pairs.map(|(a, b)| (a.min(b), a.max(b))).take(self.links.len() + 1).collect();
        links.sort_unstable();
        links == self.links
    }

    /// The vertices one after the other, where each has two neighbours at most besides this one.
    fn walk(&self, start: usize, besides: Option<usize>) -> Vec<usize> {
        let next = |vertex: usize, before: usize| {
            let mut far = self.neighbours(vertex).iter().copied();
            far.find(|far| *far != before && Some(*far) != besides)
        };
        let mut walk = vec![start];
        let (mut before, mut at) = (start, next(start, start));
        while let Some(vertex) = at.filter(|vertex| *vertex != start) {
            walk.push(vertex);
            at = next(vertex, before);
            before = vertex;
        }
        walk
    }
}
