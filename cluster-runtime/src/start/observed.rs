use std::collections::{HashMap, HashSet};
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use cluster_topology::Topology;

use crate::clock::{DEFAULT_TIMEOUT, Deadline};
use crate::error::{Error, Result};
use crate::handle::{AnyNode, together};
use crate::node::{Direction, Identity, Stage};

/// The nodes and the links between them that were declared.
pub(crate) fn declared(nodes: &[AnyNode]) -> Topology {
    let index = index_by_id(nodes);
    let mut topology = Topology::new(nodes.iter().map(|node| node.name()));
    for (from, node) in nodes.iter().enumerate() {
        for (peer, direction) in node.context().peer_set().all() {
            let Some(&to) = index.get(&peer.id()) else { continue };
            // Each link is known at both its ends, and drawn from one.
            let _ = match direction {
                Direction::Both if from < to => topology.link(from, to),
                Direction::Out => topology.link_one_way(from, to),
                Direction::Both | Direction::In => continue,
            };
        }
    }
    topology
}

/// A question for the links as they are now; see [`Cluster::observed`](crate::Cluster::observed).
#[derive(Debug)]
#[must_use = "a question does nothing unless it is awaited"]
pub struct Observe {
    nodes: Vec<AnyNode>,
    timeout: Duration,
}

impl Observe {
    pub(crate) fn new(nodes: Vec<AnyNode>) -> Self {
        Self { nodes, timeout: DEFAULT_TIMEOUT }
    }

    /// How long to wait for all answers at most; 30 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl IntoFuture for Observe {
    type Output = Result<Topology>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let deadline = Deadline::after(self.timeout);
            let answers = together(self.nodes.iter().cloned().enumerate().map(|(index, node)| async move {
                match deadline.bound(neighbours(&node)).await {
                    Some(neighbours) => Ok((index, neighbours?)),
                    None => Err(node.timeout("the list of its connections", deadline)),
                }
            }));
            Ok(observed(&self.nodes, answers.await?))
        })
    }
}

/// The neighbours of a node that runs; one that does not has none.
async fn neighbours(node: &AnyNode) -> Result<Vec<Identity>> {
    if !matches!(node.state().stage(), Stage::Starting(_) | Stage::Started) {
        return Ok(Vec::new());
    }
    match node.neighbours().await {
        // It ended while it was asked.
        Err(Error::NotRunning { .. }) => Ok(Vec::new()),
        answer => answer,
    }
}

fn observed(nodes: &[AnyNode], answers: Vec<(usize, Vec<Identity>)>) -> Topology {
    let by_identity: HashMap<_, _> =
        nodes.iter().enumerate().filter_map(|(index, node)| Some((node.identity()?, index))).collect();
    let mut reported = HashSet::new();
    for (from, neighbours) in answers {
        reported.extend(neighbours.iter().filter_map(|to| Some((from, *by_identity.get(to)?))));
    }
    let one_way = one_way_links(nodes);
    let mut links: Vec<_> = reported.iter().filter(|(a, b)| a < b && reported.contains(&(*b, *a))).copied().collect();
    links.sort_unstable();
    let mut topology = Topology::new(nodes.iter().map(|node| node.name()));
    for (a, b) in links {
        // Both are places in `nodes`, and they differ.
        let _ = match (one_way.contains(&(a, b)), one_way.contains(&(b, a))) {
            (true, false) => topology.link_one_way(a, b),
            (false, true) => topology.link_one_way(b, a),
            _ => topology.link(a, b),
        };
    }
    topology
}

fn one_way_links(nodes: &[AnyNode]) -> HashSet<(usize, usize)> {
    let index = index_by_id(nodes);
    let mut links = HashSet::new();
    for (from, node) in nodes.iter().enumerate() {
        let peers = node.context().peer_set().all();
        let outward = peers.iter().filter(|(_, direction)| *direction == Direction::Out);
        links.extend(outward.filter_map(|(peer, _)| Some((from, *index.get(&peer.id())?))));
    }
    links
}

fn index_by_id(nodes: &[AnyNode]) -> HashMap<u64, usize> {
    nodes.iter().enumerate().map(|(index, node)| (node.state().id(), index)).collect()
}
