use std::fmt;
use std::time::Duration;

use super::act::{Act, written};
use super::sort::Sort;
use crate::net::Block;

/// An act with its nodes, its moment and its duration: what a plan has drawn, or what a test writes itself.
///
/// Its `{}` is the expression that makes it again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a step does nothing until it is passed to `Plan::of`"]
pub struct Step {
    pub(super) sort: Sort,
    /// The names of its nodes. Only a partition has more or less than one set.
    pub(super) sets: Vec<Vec<String>>,
    pub(super) block: Block,
    /// Only of a slow link.
    pub(super) latency: Duration,
    pub(super) at: Duration,
    pub(super) lasting: Duration,
}

fn names<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

impl Step {
    pub(super) fn new(sort: Sort, sets: Vec<Vec<String>>) -> Self {
        let (latency, at, lasting) = Default::default();
        Self { sort, sets, block: Block::BlackHole, latency, at, lasting }
    }

    fn of_set<S: Into<String>>(sort: Sort, set: impl IntoIterator<Item = S>) -> Self {
        Self::new(sort, vec![names(set)])
    }

    /// Kills these nodes, and restarts them at its end.
    pub fn kill<S: Into<String>>(nodes: impl IntoIterator<Item = S>) -> Self {
        Self::of_set(Sort::Kill, nodes)
    }

    /// Pauses these nodes.
    pub fn pause<S: Into<String>>(nodes: impl IntoIterator<Item = S>) -> Self {
        Self::of_set(Sort::Pause, nodes)
    }

    /// Cuts all links between these nodes and all others.
    pub fn isolate<S: Into<String>>(nodes: impl IntoIterator<Item = S>) -> Self {
        Self::of_set(Sort::Isolate, nodes)
    }

    /// Cuts all links between these parts.
    pub fn partition<S: Into<String>, P: IntoIterator<Item = S>>(parts: impl IntoIterator<Item = P>) -> Self {
        Self::new(Sort::Partition, parts.into_iter().map(names).collect())
    }

    /// Cuts these nodes into two halves with a bridge, as [`Partition::bridge`](crate::fault::Partition::bridge) does.
    pub fn bridge<S: Into<String>>(nodes: impl IntoIterator<Item = S>) -> Self {
        Self::of_set(Sort::Bridge, nodes)
    }

    /// Each of these nodes hears a majority, as in [`Partition::majorities_ring`](crate::fault::Partition::majorities_ring).
    pub fn majorities_ring<S: Into<String>>(nodes: impl IntoIterator<Item = S>) -> Self {
        Self::of_set(Sort::MajoritiesRing, nodes)
    }

    /// Cuts the link between two nodes.
    pub fn cut(a: impl Into<String>, b: impl Into<String>) -> Self {
        Self::of_set(Sort::Cut, [a.into(), b.into()])
    }

    /// Cuts what the first node sends to the second.
    pub fn cut_one_way(from: impl Into<String>, to: impl Into<String>) -> Self {
        Self::of_set(Sort::CutOneWay, [from.into(), to.into()])
    }

    /// Gives the link between two nodes this latency, each way.
    pub fn slow(a: impl Into<String>, b: impl Into<String>, latency: Duration) -> Self {
        Self { latency, ..Self::of_set(Sort::Slow, [a.into(), b.into()]) }
    }

    /// Its cuts reset connections and refuse dials; by default they answer nothing.
    pub fn refuse(mut self) -> Self {
        self.block = Block::Refuse;
        self
    }

    /// Its cuts reset connections, also those that are dialled; by default they answer nothing.
    pub fn reset(mut self) -> Self {
        self.block = Block::Reset;
        self
    }

    /// Sets when it begins, counted from the beginning of the plan. When it begins late, as its nodes are down or too many are, or takes
    /// long to be in force, as on a busy machine, all that follow begin as much later.
    pub fn at(mut self, at: Duration) -> Self {
        self.at = at;
        self
    }

    /// Sets how long it is in force.
    pub fn lasting(mut self, lasting: Duration) -> Self {
        self.lasting = lasting;
        self
    }

    /// The sort that it is an instance of.
    pub(super) fn act(&self) -> Act {
        Act { sort: self.sort, block: self.block }
    }
}

/// As it is written: `Step::kill(["k.1"]).at(Duration::from_millis(20)).lasting(Duration::from_millis(10))`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Step::{}(", self.sort.step())?;
        match (self.sort, &self.sets[..]) {
            (Sort::Partition, parts) => {
                let parts: Vec<_> = parts.iter().map(|part| format!("vec!{part:?}")).collect();
                write!(f, "[{}]", parts.join(", "))?;
            }
            (Sort::Cut | Sort::CutOneWay | Sort::Slow, [ends]) => {
                let ends: Vec<_> = ends.iter().map(|end| format!("{end:?}")).collect();
                f.write_str(&ends.join(", "))?;
            }
            (_, sets) => sets.iter().try_for_each(|set| write!(f, "{set:?}"))?,
        }
        if self.sort == Sort::Slow {
            write!(f, ", {}", duration(self.latency))?;
        }
        write!(f, "){}.at({}).lasting({})", written(self.block), duration(self.at), duration(self.lasting))
    }
}

/// The expression that makes a duration.
pub(super) fn duration(duration: Duration) -> String {
    match duration.subsec_nanos() % 1_000_000 {
        0 => format!("Duration::from_millis({})", duration.as_millis()),
        _ => format!("Duration::new({}, {})", duration.as_secs(), duration.subsec_nanos()),
    }
}
