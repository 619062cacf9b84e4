//! What is drawn: the names and links of one topology, or of two.

use std::collections::{HashMap, HashSet};

use super::picture::LinkState;
use crate::topology::Topology;

/// The indices of two nodes.
type Ends = (usize, usize);

pub(super) struct Subject {
    pub(super) names: Vec<String>,
    pub(super) links: Vec<Drawn>,
}

/// A link to be drawn.
pub(super) struct Drawn {
    pub(super) ends: Ends,
    pub(super) one_way: bool,
    pub(super) state: LinkState,
}

impl Subject {
    pub(super) fn one(topology: &Topology) -> Subject {
        let links = links(topology).map(|(ends, one_way)| Drawn { ends, one_way, state: LinkState::Up });
        Subject { names: names(topology), links: links.collect() }
    }

    /// Nodes are the same if they have the same name.
    pub(super) fn two(declared: &Topology, observed: &Topology) -> Subject {
        let mut names = names(declared);
        let mut indices: HashMap<&str, usize> = HashMap::new();
        for (index, name) in declared.nodes().enumerate() {
            indices.entry(name).or_insert(index);
        }
        let mut index_of = |name| {
            *indices.entry(name).or_insert_with(|| {
                names.push(String::from(name));
                names.len() - 1
            })
        };
        let same: Vec<usize> = observed.nodes().map(&mut index_of).collect();
        let seen = links(observed).map(|((a, b), one_way)| ((same[a], same[b]), one_way));
        let seen: Vec<(Ends, bool)> = seen.filter(|((a, b), _)| a != b).collect();

        let up: HashSet<Ends> = seen.iter().map(|(ends, _)| sorted(*ends)).collect();
        let known: HashSet<Ends> = links(declared).map(|(ends, _)| sorted(ends)).collect();
        let of_declared = links(declared).map(|(ends, one_way)| {
            let state = if up.contains(&sorted(ends)) { LinkState::Up } else { LinkState::Missing };
            Drawn { ends, one_way, state }
        });
        let undeclared = seen.into_iter().filter(|(ends, _)| !known.contains(&sorted(*ends)));
        let undeclared = undeclared.map(|(ends, one_way)| Drawn { ends, one_way, state: LinkState::Undeclared });
        let links = of_declared.chain(undeclared).collect();
        Subject { names, links }
    }

    /// The links that the geometry follows.
    pub(super) fn declared(&self) -> Vec<Ends> {
        let declared = self.links.iter().filter(|link| link.state != LinkState::Undeclared);
        declared.map(|link| sorted(link.ends)).collect()
    }

    pub(super) fn all(&self) -> Vec<Ends> {
        self.links.iter().map(|link| link.ends).collect()
    }
}

fn names(topology: &Topology) -> Vec<String> {
    topology.nodes().map(str::to_owned).collect()
}

fn links(topology: &Topology) -> impl Iterator<Item = (Ends, bool)> {
    topology.links().map(|link| (link.indices(), link.is_one_way()))
}

fn sorted((a, b): Ends) -> Ends {
    (a.min(b), a.max(b))
}
