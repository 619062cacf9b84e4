use std::iter::FusedIterator;

use crate::{Link, Topology};

/// The links of a [`Topology`], from [`links`](Topology::links).
#[derive(Debug, Clone)]
pub struct Links<'a> {
    topology: &'a Topology,
    node: usize,
    /// How many of the node's neighbours were looked at.
    seen: usize,
    left: usize,
}

impl Topology {
    /// The links, each once, ordered by the places of their two ends.
    pub fn links(&self) -> Links<'_> {
        Links { topology: self, node: 0, seen: 0, left: self.graph().link_count() }
    }
}

impl<'a> Iterator for Links<'a> {
    type Item = Link<'a>;

    fn next(&mut self) -> Option<Link<'a>> {
        while self.left > 0 {
            let Some(far) = self.topology.graph().neighbours(self.node).get(self.seen) else {
                self.node += 1;
                self.seen = 0;
                continue;
            };
            self.seen += 1;
            let (near, far_node) = (self.node, far.node as usize);
            // Each link is met at both of its ends.
            if near < far_node {
                self.left -= 1;
                let (a, b) = if far.dials { (near, far_node) } else { (far_node, near) };
                return Some(Link {
                    a: self.topology.name(a),
                    b: self.topology.name(b),
                    indices: (a, b),
                    one_way: !(far.dials && far.dialled),
                });
            }
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Links<'_> {}
impl FusedIterator for Links<'_> {}
