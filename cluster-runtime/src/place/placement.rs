//! Which node runs on which host.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

/// How nodes are placed on hosts, where it is not said by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spreading {
    /// Each on the host that has the fewest.
    Spread,
    /// So many on a host before the next one is used.
    Pack(usize),
}

/// The nodes of a cluster on its hosts, for places that have several.
#[derive(Debug)]
pub struct Placement {
    spreading: Spreading,
    /// The hosts, by their places in the list, of nodes and groups that were named.
    named: HashMap<String, usize>,
    /// How many each host has.
    counts: Vec<usize>,
}

impl Placement {
    /// On so many hosts, with those, by their places in the list, of nodes and groups that have one by name. The nodes of the group
    /// `k` are `k.1`, `k.2` and so on.
    pub fn new(spreading: Spreading, named: HashMap<String, usize>, hosts: usize) -> Self {
        Self { spreading, named, counts: vec![0; hosts] }
    }

    /// Places these nodes; those first that have a host by name.
    ///
    /// # Errors
    /// When one has no room, with its name.
    pub fn place(&mut self, nodes: &[Arc<str>]) -> io::Result<Vec<usize>> {
        let named: Vec<_> = nodes.iter().map(|node| self.named(node)).collect();
        named.iter().flatten().for_each(|host| self.counts[*host] += 1);
        let place = |(node, named): (&Arc<str>, Option<usize>)| match named {
            Some(host) => Ok(host),
            None => {
                self.next().ok_or_else(|| io::Error::other(format!("the hosts are full: node `{node}` has no room")))
            }
        };
        nodes.iter().zip(named).map(place).collect()
    }

    /// That of the node itself, or of the innermost group that it is in.
    fn named(&self, node: &str) -> Option<usize> {
        let groups = node.rmatch_indices('.').map(|(end, _)| &node[..end]);
        std::iter::once(node).chain(groups).find_map(|name| self.named.get(name)).copied()
    }

    fn next(&mut self) -> Option<usize> {
        let host = match self.spreading {
            Spreading::Spread => (0..self.counts.len()).min_by_key(|host| self.counts[*host]),
            Spreading::Pack(most) => self.counts.iter().position(|count| *count < most),
        }?;
        self.counts[host] += 1;
        Some(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<Arc<str>> {
        names.iter().map(|name| Arc::from(*name)).collect()
    }

    #[test]
    fn nodes_are_spread_around_those_that_have_a_host_by_name() {
        let mut placement = Placement::new(Spreading::Spread, HashMap::from([("c".to_owned(), 0)]), 3);
        assert_eq!(placement.place(&names(&["a", "b", "c", "d"])).unwrap(), [1, 2, 0, 0]);
        assert_eq!(placement.place(&names(&["e"])).unwrap(), [1], "one that is added later goes on from there");
    }

    #[test]
    fn a_host_is_packed_before_the_next_one() {
        let mut placement = Placement::new(Spreading::Pack(2), HashMap::new(), 2);
        assert_eq!(placement.place(&names(&["a", "b", "c"])).unwrap(), [0, 0, 1]);
        let error = placement.place(&names(&["d", "e"])).unwrap_err();
        assert_eq!(error.to_string(), "the hosts are full: node `e` has no room");
    }

    #[test]
    fn the_nodes_of_a_group_are_where_it_is() {
        let named = HashMap::from([("k".to_owned(), 1), ("k.2".to_owned(), 2)]);
        let mut placement = Placement::new(Spreading::Spread, named, 3);
        assert_eq!(placement.place(&names(&["k.1", "k.2", "k.3", "kin"])).unwrap(), [1, 2, 1, 0]);
    }
}
