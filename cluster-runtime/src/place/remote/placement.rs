//! Which node runs on which host.

use std::collections::HashMap;
use std::sync::Arc;

/// How nodes are placed on hosts, where it is not said by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spreading {
    /// Each on the host that has the fewest.
    Spread,
    /// So many on a host before the next one is used.
    Pack(usize),
}

/// The nodes of a cluster on its hosts.
#[derive(Debug)]
pub(super) struct Placement {
    spreading: Spreading,
    /// The hosts, by their places in the list, of nodes that were named.
    named: HashMap<String, usize>,
    /// How many each host has.
    counts: Vec<usize>,
}

impl Placement {
    pub(super) fn new(spreading: Spreading, named: HashMap<String, usize>, hosts: usize) -> Self {
        Self { spreading, named, counts: vec![0; hosts] }
    }

    /// Places these nodes; those first that have a host by name. The error names the one that has no room.
    pub(super) fn place(&mut self, nodes: &[Arc<str>]) -> Result<Vec<usize>, Arc<str>> {
        let named: Vec<_> = nodes.iter().map(|node| self.named.get(&**node).copied()).collect();
        named.iter().flatten().for_each(|host| self.counts[*host] += 1);
        let place = |(node, named): (&Arc<str>, Option<usize>)| match named {
            Some(host) => Ok(host),
            None => self.next().ok_or_else(|| node.clone()),
        };
        nodes.iter().zip(named).map(place).collect()
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
        assert_eq!(placement.place(&names(&["a", "b", "c", "d"])), Ok(vec![1, 2, 0, 0]));
        assert_eq!(placement.place(&names(&["e"])), Ok(vec![1]), "one that is added later goes on from there");
    }

    #[test]
    fn a_host_is_packed_before_the_next_one() {
        let mut placement = Placement::new(Spreading::Pack(2), HashMap::new(), 2);
        assert_eq!(placement.place(&names(&["a", "b", "c"])), Ok(vec![0, 0, 1]));
        assert_eq!(placement.place(&names(&["d", "e"])), Err("e".into()), "the hosts are full");
    }
}
