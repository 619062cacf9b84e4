use std::time::Duration;

use super::act::Act;
use super::step::Step;
use crate::handle::{AnyNode, Nodes, collect};

/// A schedule of faults, for [`Cluster::run`](crate::Cluster::run).
///
/// Its acts begin one after another, and overlap. They are drawn from its seed, the names and links of the nodes and the plan itself before
/// anything runs, so that the same seed gives the same acts whatever the timing.
#[derive(Clone, Debug)]
#[must_use = "a plan does nothing until it is passed to `Cluster::run`"]
pub struct Plan {
    pub(super) source: Source,
    pub(super) every: Duration,
    pub(super) during: Duration,
    pub(super) quiet: Duration,
    pub(super) min_alive: Option<usize>,
    pub(super) among: Option<Vec<AnyNode>>,
}

/// Where the steps come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Seed { seed: u64, acts: Vec<Act> },
    Steps(Vec<Step>),
}

impl Plan {
    fn new(source: Source) -> Self {
        let (every, during, quiet) = (Duration::from_secs(1), Duration::from_secs(10), Duration::from_secs(1));
        Self { source, every, during, quiet, min_alive: None, among: None }
    }

    /// A plan that is drawn from a seed, such as [`Cluster::seed`](crate::Cluster::seed).
    pub fn seeded(seed: u64) -> Self {
        Self::new(Source::Seed { seed, acts: Vec::new() })
    }

    /// A plan of these steps, in their order: what a plan that has failed prints.
    pub fn of(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::new(Source::Steps(steps.into_iter().collect()))
    }

    /// Adds what a seeded plan draws from. Each of them comes before one comes again.
    pub fn any_of(mut self, acts: impl IntoIterator<Item = Act>) -> Self {
        if let Source::Seed { acts: known, .. } = &mut self.source {
            known.extend(acts);
        }
        self
    }

    /// Sets the time from the beginning of one act to that of the next; 1 s by default. An act lasts from half
    /// of it to one and a half times it.
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// Sets for how long acts begin; 10 s by default.
    pub fn during(mut self, during: Duration) -> Self {
        self.during = during;
        self
    }

    /// Sets for how long the workload goes on after the last act, with all healed; 1 s by default.
    pub fn quiet(mut self, quiet: Duration) -> Self {
        self.quiet = quiet;
        self
    }

    /// Sets how many nodes are neither killed nor paused at any time: an act that would take down more begins later. By default
    /// a seeded plan keeps a majority, or one of two, and one of steps keeps none.
    pub fn min_alive(mut self, nodes: usize) -> Self {
        self.min_alive = Some(nodes);
        self
    }

    /// Sets the nodes that are killed, paused and cut from one another; by default all of the cluster.
    pub fn among(mut self, set: impl Nodes) -> Self {
        self.among = Some(collect(set));
        self
    }

    /// How many of so many nodes may be down at a time.
    pub(super) fn most_down(&self, nodes: usize) -> usize {
        match (self.min_alive, &self.source) {
            (Some(alive), _) => nodes.saturating_sub(alive),
            (None, Source::Seed { .. }) => (nodes.saturating_sub(1) / 2).max(1),
            (None, Source::Steps(_)) => nodes,
        }
    }
}
