use crate::adjacency::Adjacency;
use crate::topology::Topology;

/// Nodes whose failure leaves others apart, from [`cut`](Topology::cut).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cut<'a> {
    /// The nodes that fail, in the order of [`nodes`](Topology::nodes); none if the topology is not connected to begin
    /// with.
    pub nodes: Vec<&'a str>,
    /// Two nodes that no path connects then.
    pub apart: (&'a str, &'a str),
}

impl Topology {
    /// Whether the other nodes stay connected, whichever `failures` nodes fail or fewer.
    ///
    /// A single node that is left is connected. For the time it takes see [`cut`](Topology::cut).
    ///
    /// ```
    /// # use cluster_topology::{self as topology, Topology};
    /// let mut ring = Topology::new(["a", "b", "c", "d"]);
    /// topology::ring(&[0, 1, 2, 3]).try_for_each(|(a, b)| ring.link(*a, *b))?;
    /// assert!(ring.survives(1));
    /// assert!(!ring.survives(2));
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn survives(&self, failures: usize) -> bool {
        self.cut(failures).is_none()
    }

    /// A smallest set of up to `most` nodes whose failure leaves others apart; `None` if there is none.
    ///
    /// Takes time in proportion to nodes and links for up to 1 node (by the articulation points of Hopcroft and Tarjan,
    /// 1973), multiplied by the number of nodes for each further one: 2 nodes of 1,000 with 10,000 links
    /// take a good part of a second, 3 are for small networks.
    ///
    /// ```
    /// # use cluster_topology::{self as topology, Topology};
    /// let mut line = Topology::new(["a", "b", "c"]);
    /// topology::line(&[0, 1, 2]).try_for_each(|(a, b)| line.link(*a, *b))?;
    /// let cut = line.cut(1).expect("a line has a middle");
    /// assert_eq!(cut.nodes, ["b"]);
    /// assert_eq!(cut.apart, ("a", "c"));
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn cut(&self, most: usize) -> Option<Cut<'_>> {
        let nodes = self.nodes().len();
        // Two must be left, to be apart.
        let most = most.min(nodes.saturating_sub(2));
        let mut survivors = Survivors::new(self.graph(), nodes);
        let found = survivors.split(0).or_else(|| (1..=most).find_map(|size| survivors.cut(size, 0)));
        let Split { mut failed, apart: (a, b) } = found?;
        failed.sort_unstable();
        let nodes = failed.into_iter().map(|node| self.name(node)).collect();
        Some(Cut { nodes, apart: (self.name(a), self.name(b)) })
    }
}

/// The nodes that have not failed, with the memory of a depth-first search among them.
struct Survivors<'a> {
    graph: &'a Adjacency,
    failed: Vec<bool>,
    /// When each node was reached, from 1 on.
    reached: Vec<u32>,
    /// The low-link of each node: when the earliest node was reached that is linked with it, or with one that was
    /// reached through it.
    earliest: Vec<u32>,
    /// The way to the node where the search is.
    path: Vec<Step>,
}

struct Step {
    node: u32,
    /// How many of its neighbours were looked at.
    seen: usize,
}

struct Split {
    failed: Vec<usize>,
    apart: (usize, usize),
}

const UNREACHED: u32 = 0;

impl Survivors<'_> {
    fn new(graph: &Adjacency, nodes: usize) -> Survivors<'_> {
        Survivors {
            graph,
            failed: vec![false; nodes],
            reached: vec![UNREACHED; nodes],
            earliest: vec![UNREACHED; nodes],
            path: Vec::new(),
        }
    }

    /// Searches for `size` further nodes whose failure leaves others apart, all but the last from `first` on.
    fn cut(&mut self, size: usize, first: usize) -> Option<Split> {
        if size <= 1 {
            return self.split(size);
        }
        for node in first..self.failed.len() {
            self.failed[node] = true;
            let found = self.cut(size - 1, node + 1);
            self.failed[node] = false;
            if let Some(mut split) = found {
                split.failed.push(node);
                return Some(split);
            }
        }
        None
    }

    /// Two nodes that are apart already, or the first node that keeps others together, if one more may fail.
    fn split(&mut self, size: usize) -> Option<Split> {
        let start = self.failed.iter().position(|failed| !failed)?;
        let weakest = self.search(start);
        let unreached = (start..self.failed.len()).find(|node| !self.failed[*node] && self.reached[*node] == UNREACHED);
        match (unreached, weakest) {
            (Some(unreached), _) => Some(Split { failed: Vec::new(), apart: (start, unreached) }),
            (None, Some((node, apart))) if size > 0 => Some(Split { failed: vec![node], apart }),
            _ => None,
        }
    }

    /// Searches from `start`; returns the first articulation point among the nodes reached, and two nodes that its
    /// failure leaves apart.
    fn search(&mut self, start: usize) -> Option<(usize, (usize, usize))> {
        self.reached.fill(UNREACHED);
        let mut time = 0;
        let mut weakest: Option<(usize, (usize, usize))> = None;
        let mut first_child = None;
        self.reach(start, &mut time);
        while let Some(Step { node, seen }) = self.path.last_mut() {
            let node = *node as usize;
            if let Some(neighbour) = self.graph.neighbours(node).get(*seen) {
                *seen += 1;
                let neighbour = neighbour.node as usize;
                if self.failed[neighbour] {
                    continue;
                }
                match self.reached[neighbour] {
                    UNREACHED => self.reach(neighbour, &mut time),
                    earlier => self.earliest[node] = self.earliest[node].min(earlier),
                }
                continue;
            }
            self.path.pop();
            let Some(parent) = self.path.last() else { break };
            let parent = parent.node as usize;
            self.earliest[parent] = self.earliest[parent].min(self.earliest[node]);
            // What was reached through this node leads back no further than to its parent.
            if self.earliest[node] >= self.reached[parent] {
                let other = if parent == start { *first_child.get_or_insert(node) } else { start };
                if other != node && weakest.is_none_or(|(weakest, _)| parent < weakest) {
                    weakest = Some((parent, (other, node)));
                }
            }
        }
        weakest
    }

    fn reach(&mut self, node: usize, time: &mut u32) {
        *time += 1;
        self.reached[node] = *time;
        self.earliest[node] = *time;
        self.path.push(Step { node: node as u32, seen: 0 });
    }
}
