use crate::Topology;
use crate::adjacency::Adjacency;

impl Topology {
    /// Whether links lead from every node to every other one, in whichever direction they are dialled.
    ///
    /// A single node is connected, and so is no node at all: nothing is apart.
    ///
    /// ```
    /// # use cluster_topology::Topology;
    /// let mut three = Topology::new(["a", "b", "c"]);
    /// three.link(0, 1)?;
    /// assert!(!three.is_connected());
    /// three.link_one_way(2, 1)?;
    /// assert!(three.is_connected());
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn is_connected(&self) -> bool {
        let nodes = self.nodes().len();
        nodes == 0 || Search::new(self.graph(), nodes).run(0).reached == nodes
    }

    /// The most links that lie between two nodes on the shortest way, in whichever direction they are dialled; `None`
    /// if the topology is not [connected](Topology::is_connected).
    ///
    /// Searches once from every node: takes time in proportion to nodes times links.
    ///
    /// ```
    /// # use cluster_topology::{Topology, index};
    /// let mut ring = Topology::new(["a", "b", "c", "d", "e", "f"]);
    /// index::ring(6).try_for_each(|(a, b)| ring.link(a, b))?;
    /// assert_eq!(ring.diameter(), Some(3));
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn diameter(&self) -> Option<usize> {
        match self.nodes().len() {
            0 => Some(0),
            _ => self.farthest().map(|distance| distance.links),
        }
    }

    /// The two nodes that lie farthest apart, and how many links lie between them: where the
    /// [diameter](Topology::diameter) is. Of several such two, those that come first. `None` if the topology is not
    /// [connected](Topology::is_connected), or without nodes.
    ///
    /// ```
    /// # use cluster_topology::{Topology, index};
    /// let mut line = Topology::new(["a", "b", "c"]);
    /// index::line(3).try_for_each(|(a, b)| line.link(a, b))?;
    /// let farthest = line.farthest().expect("a line is connected");
    /// assert_eq!((farthest.from, farthest.to, farthest.links), ("a", "c", 2));
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn farthest(&self) -> Option<Distance<'_>> {
        let nodes = self.nodes().len();
        let mut search = Search::new(self.graph(), nodes);
        let mut farthest: Option<Distance<'_>> = None;
        for start in 0..nodes {
            let found = search.run(start as u32);
            if found.reached < nodes {
                return None;
            }
            if farthest.is_none_or(|farthest| farthest.links < found.farthest) {
                let (from, to) = (self.name(start), self.name(search.first_at(found.farthest)));
                farthest = Some(Distance { from, to, links: found.farthest });
            }
        }
        farthest
    }
}

/// How far two nodes lie apart, from [`farthest`](Topology::farthest).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Distance<'a> {
    /// The name of one node.
    pub from: &'a str,
    /// The name of the other.
    pub to: &'a str,
    /// How many links the shortest way between them has.
    pub links: usize,
}

/// A breadth-first search, with the memory that it needs again for the next start.
struct Search<'a> {
    graph: &'a Adjacency,
    distance: Vec<u32>,
    /// The nodes reached so far, the nearest first.
    reached: Vec<u32>,
}

struct Found {
    /// How many nodes were reached, the first included.
    reached: usize,
    /// How many links away the farthest of them is.
    farthest: usize,
}

const UNREACHED: u32 = u32::MAX;

impl Search<'_> {
    fn new(graph: &Adjacency, nodes: usize) -> Search<'_> {
        Search { graph, distance: vec![UNREACHED; nodes], reached: Vec::with_capacity(nodes) }
    }

    fn run(&mut self, start: u32) -> Found {
        self.distance.fill(UNREACHED);
        self.reached.clear();
        self.distance[start as usize] = 0;
        self.reached.push(start);

        let mut done = 0;
        let mut farthest = 0;
        while done < self.reached.len() {
            let node = self.reached[done] as usize;
            farthest = self.distance[node];
            for neighbour in self.graph.neighbours(node) {
                let distance = &mut self.distance[neighbour.node as usize];
                if *distance == UNREACHED {
                    *distance = farthest + 1;
                    self.reached.push(neighbour.node);
                }
            }
            done += 1;
        }
        Found { reached: done, farthest: farthest as usize }
    }

    /// The first node that is so far from where the last search began; 0 if there is none.
    fn first_at(&self, distance: usize) -> usize {
        self.distance.iter().position(|other| *other as usize == distance).unwrap_or(0)
    }
}
