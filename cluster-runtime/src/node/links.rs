//! All links of one node, and its connections to nodes outside of its cluster.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

use super::conditioned::{Conditioned, Contradiction};
use super::identity::Identity;
use super::link::{Direction, Link, LinkEnd};
use super::state::State;

use crate::lock::lock;

#[derive(Debug)]
pub(crate) struct Links {
    known: Mutex<Known>,
    changed: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Known {
    /// By the id of the other end, so that a link that is declared twice is one link.
    ends: Vec<(u64, LinkEnd)>,
    /// How many of them this node reports to be up.
    up: usize,
    /// The number of connections to each identity that no node of the cluster has, in the order of the identities.
    strangers: Vec<(Identity, usize)>,
}

/// What a node reports to be connected to.
#[derive(Clone, Debug)]
pub(crate) enum Neighbour {
    /// A node, by the link to it.
    Node(LinkEnd),
    /// An identity that no node of the cluster has.
    Stranger(Identity),
}

impl Neighbour {
    /// Its name, or its identity if it has none.
    pub(super) fn label(&self) -> &str {
        match self {
            Neighbour::Node(end) => end.other().name(),
            Neighbour::Stranger(identity) => identity.as_str(),
        }
    }
}

impl Links {
    /// The links of a node; `changed` is notified of each that goes up or down.
    pub(super) fn new(changed: Arc<Notify>) -> Self {
        Self { known: Mutex::default(), changed }
    }

    /// Declares a link between two nodes, given with their links.
    ///
    /// # Errors
    /// When it has another value of a condition already.
    pub(crate) fn declare(
        (a, a_links): (&Arc<State>, &Links),
        (b, b_links): (&Arc<State>, &Links),
        direction: Direction,
        conditioned: Option<Conditioned>,
    ) -> Result<(), Contradiction> {
        let known = a_links.with(b.id()).or_else(|| b_links.with(a.id()).map(|end| end.reversed()));
        let end = known.unwrap_or_else(|| LinkEnd::of(Link::new(a.clone(), b.clone()), a));
        b_links.known().add(&end.reversed());
        a_links.known().add(&end);
        // Last, as it notifies both.
        end.declare(direction, conditioned)
    }

    /// The link to a node, if there is one.
    pub(crate) fn with(&self, other: u64) -> Option<LinkEnd> {
        let known = self.known();
        known.place(other).ok().map(|place| known.ends[place].1.clone())
    }

    /// The declared links, in the order in which the other ends were created.
    pub(crate) fn declared(&self) -> Vec<LinkEnd> {
        self.known().ends().filter(|end| end.is_declared()).cloned().collect()
    }

    /// All links, also undeclared ones.
    pub(crate) fn all(&self) -> Vec<LinkEnd> {
        self.known().ends().cloned().collect()
    }

    /// How many declared links there are.
    pub(crate) fn count(&self) -> usize {
        self.known().ends().filter(|end| end.is_declared()).count()
    }

    /// Takes all its links away, at both ends.
    pub(crate) fn retract(&self) {
        self.declared().iter().for_each(LinkEnd::retract);
    }

    /// Whether this node reports all its declared links to be up.
    pub(crate) fn are_up(&self) -> bool {
        let known = self.known();
        known.up == known.ends.len() || known.ends().all(|end| end.is_up() || !end.is_awaited())
    }

    /// All that this node reports to be connected to.
    pub(crate) fn neighbours(&self) -> Vec<Neighbour> {
        let known = self.known();
        let nodes = known.ends().filter(|end| end.is_up()).cloned().map(Neighbour::Node);
        nodes.chain(known.strangers.iter().map(|(identity, _)| Neighbour::Stranger(identity.clone()))).collect()
    }

    pub(super) fn is_connected_to_stranger(&self, identity: &Identity) -> bool {
        self.known().stranger(identity).is_ok()
    }

    /// Adds a connection to a neighbour.
    pub(super) fn connected(&self, neighbour: &Neighbour) {
        match neighbour {
            Neighbour::Node(end) => {
                let mut known = self.known();
                known.add(end);
                known.up += usize::from(end.connected() == 1);
            }
            Neighbour::Stranger(identity) => {
                *self.known().connections_to(identity) += 1;
            }
        }
        self.changed.notify_waiters();
    }

    /// Removes a connection to a neighbour; `false` if there was none.
    pub(super) fn disconnected(&self, neighbour: &Neighbour) -> bool {
        let had = match neighbour {
            Neighbour::Node(end) => {
                let left = end.disconnected();
                self.known().up -= usize::from(left == Some(0));
                left.is_some()
            }
            Neighbour::Stranger(identity) => self.known().take_stranger(identity),
        };
        if had {
            self.changed.notify_waiters();
        }
        had
    }

    /// Replaces all connections by those that the node's kind has returned. Returns the nodes to which that makes a difference, with
    /// whether the link to each is up now.
    pub(super) fn replace(&self, neighbours: Vec<Neighbour>) -> Vec<(Arc<str>, bool)> {
        let mut known = self.known();
        known.strangers.clear();
        let mut up = HashSet::new();
        for neighbour in neighbours {
            match neighbour {
                Neighbour::Node(end) => {
                    up.insert(end.other().id());
                    known.add(&end);
                }
                Neighbour::Stranger(identity) => {
                    *known.connections_to(&identity) = 1;
                }
            }
        }
        let changed = |(other, end): &(u64, LinkEnd)| {
            let is_up = up.contains(other);
            let was_up = end.set_up(is_up);
            (was_up != is_up).then(|| (end.other().name().clone(), is_up))
        };
        let changes = known.ends.iter().filter_map(changed).collect();
        known.up = up.len();
        drop(known);
        self.changed.notify_waiters();
        changes
    }

    /// The node has ended, or is started again.
    pub(super) fn forget(&self) {
        let mut known = self.known();
        known.strangers.clear();
        known.ends().for_each(LinkEnd::forget);
        known.up = 0;
    }

    /// The other ends, by identity.
    pub(super) fn by_identity(&self) -> HashMap<Identity, LinkEnd> {
        let ends: Vec<_> = self.known().ends().cloned().collect();
        ends.into_iter().filter_map(|end| Some((end.other().identity()?, end))).collect()
    }

    /// The link whose other end passes this check.
    pub(super) fn find(&self, check: impl Fn(&State) -> bool) -> Option<LinkEnd> {
        self.known().ends().find(|end| check(end.other())).cloned()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.known)
    }
}

impl Known {
    fn ends(&self) -> impl Iterator<Item = &LinkEnd> {
        self.ends.iter().map(|(_, end)| end)
    }

    /// Where the end is whose other node has this id, or would be.
    fn place(&self, other: u64) -> Result<usize, usize> {
        self.ends.binary_search_by_key(&other, |(id, _)| *id)
    }

    /// Adds an end, unless there is one to the same node.
    fn add(&mut self, end: &LinkEnd) {
        let other = end.other().id();
        if let Err(place) = self.place(other) {
            self.ends.insert(place, (other, end.clone()));
        }
    }

    fn stranger(&self, identity: &Identity) -> Result<usize, usize> {
        self.strangers.binary_search_by(|(other, _)| other.cmp(identity))
    }

    /// The number of connections to this identity, from none on.
    fn connections_to(&mut self, identity: &Identity) -> &mut usize {
        let place = self.stranger(identity).unwrap_or_else(|place| {
            self.strangers.insert(place, (identity.clone(), 0));
            place
        });
        &mut self.strangers[place].1
    }

    fn take_stranger(&mut self, identity: &Identity) -> bool {
        let Ok(place) = self.stranger(identity) else { return false };
        self.strangers[place].1 -= 1;
        if self.strangers[place].1 == 0 {
            self.strangers.remove(place);
        }
        true
    }
}
