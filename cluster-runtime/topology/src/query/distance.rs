use crate::adjacency::Adjacency;
use crate::topology::Topology;

impl Topology {
    /// Whether a path leads from every node to every other one, in whichever direction its links are dialled.
    ///
    /// A single node is connected, and so is a topology without nodes.
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

    /// The most links on the shortest path between two nodes, in whichever direction they are dialled; `None` if the
    /// topology is not [connected](Topology::is_connected).
    ///
    /// Searches once from every node, so it takes time in proportion to nodes times links.
    ///
    /// ```
    /// # use cluster_topology::{self as topology, Topology};
    /// let mut ring = Topology::new(["a", "b", "c", "d", "e", "f"]);
    /// topology::ring(&[0, 1, 2, 3, 4, 5]).try_for_each(|(a, b)| ring.link(*a, *b))?;
    /// assert_eq!(ring.diameter(), Some(3));
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn diameter(&self) -> Option<usize> {
        match self.nodes().len() {
            0 => Some(0),
            _ => self.farthest().map(|distance| distance.links),
        }
    }

    /// The two nodes that are farthest apart, and their distance, which is the [diameter](Topology::diameter). Of
    /// several such pairs, the first. `None` if the topology is not [connected](Topology::is_connected), or has no
    /// nodes.
    ///
    /// ```
    /// # use cluster_topology::{self as topology, Topology};
    /// let mut line = Topology::new(["a", "b", "c"]);
    /// topology::line(&[0, 1, 2]).try_for_each(|(a, b)| line.link(*a, *b))?;
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

/// The distance between two nodes, from [`farthest`](Topology::farthest).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Distance<'a> {
    /// The name of one node.
    pub from: &'a str,
    /// The name of the other.
    pub to: &'a str,
    /// The number of links on the shortest path between them.
    pub links: usize,
}

/// A breadth-first search, whose memory is reused for the next start.
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

    /// The first node at this distance from where the last search began; 0 if there is none.
    fn first_at(&self, distance: usize) -> usize {
        self.distance.iter().position(|other| *other as usize == distance).unwrap_or(0)
    }
}
