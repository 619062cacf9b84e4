//! Which node runs on which host.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

/// How nodes are to be placed on hosts, for places that have several: each on the host that has the fewest, unless something else is said.
#[derive(Clone, Debug, Default)]
pub struct Spreading {
    pack: Option<usize>,
    /// The hosts of nodes and groups that were named.
    named: HashMap<String, String>,
}

impl Spreading {
    /// So many on a host before the next one is used.
    pub fn pack(&mut self, nodes: usize) {
        self.pack = Some(nodes);
    }

    /// The node of this name, or all nodes of the group, on this host. Those of the group `k` are `k.1`, `k.2` and so on.
    pub fn name(&mut self, node: impl Into<String>, host: impl Into<String>) {
        self.named.insert(node.into(), host.into());
    }

    /// Places nodes on these hosts.
    ///
    /// # Errors
    /// When it contradicts itself, or names a host that is none of them, with help.
    pub fn over(&self, hosts: &[&str]) -> io::Result<Placement> {
        let refuse = |why: String| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        if self.pack == Some(0) {
            return refuse("`.pack(0)` leaves no room for a node".to_owned());
        }
        let mut named = HashMap::new();
        for (node, host) in &self.named {
            let Some(number) = hosts.iter().position(|known| known == host) else {
                let known: Vec<_> = hosts.iter().map(|host| format!("`{host}`")).collect();
                let known = known.join(", ");
                return refuse(format!(
                    "node `{node}` is to run on `{host}`, which is none of its hosts\nhelp: they are {known}"
                ));
            };
            named.insert(node.clone(), number);
        }
        Ok(Placement { pack: self.pack, named, counts: vec![0; hosts.len()] })
    }
}

/// The nodes of a cluster on its hosts.
#[derive(Debug)]
pub struct Placement {
    pack: Option<usize>,
    /// The hosts, by their places in the list, of nodes and groups that were named.
    named: HashMap<String, usize>,
    /// How many each host has.
    counts: Vec<usize>,
}

impl Placement {
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
        let host = match self.pack {
            None => (0..self.counts.len()).min_by_key(|host| self.counts[*host]),
            Some(most) => self.counts.iter().position(|count| *count < most),
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
        let mut spreading = Spreading::default();
        spreading.name("c", "h1");
        let mut placement = spreading.over(&["h1", "h2", "h3"]).unwrap();
        assert_eq!(placement.place(&names(&["a", "b", "c", "d"])).unwrap(), [1, 2, 0, 0]);
        assert_eq!(placement.place(&names(&["e"])).unwrap(), [1], "one that is added later goes on from there");
    }

    #[test]
    fn a_host_is_packed_before_the_next_one() {
        let mut spreading = Spreading::default();
        spreading.pack(2);
        let mut placement = spreading.over(&["h1", "h2"]).unwrap();
        assert_eq!(placement.place(&names(&["a", "b", "c"])).unwrap(), [0, 0, 1]);
        let error = placement.place(&names(&["d", "e"])).unwrap_err();
        assert_eq!(error.to_string(), "the hosts are full: node `e` has no room");
    }

    #[test]
    fn the_nodes_of_a_group_are_where_it_is() {
        let mut spreading = Spreading::default();
        spreading.name("k", "h2");
        spreading.name("k.2", "h3");
        let mut placement = spreading.over(&["h1", "h2", "h3"]).unwrap();
        assert_eq!(placement.place(&names(&["k.1", "k.2", "k.3", "kin"])).unwrap(), [1, 2, 1, 0]);
    }
}
