use std::fmt;

use super::sort::Sort;
use crate::net::Block;

/// A sort of fault that a [`Plan`](super::Plan) draws: of which nodes, when and for how long follows from its seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an act does nothing until it is passed to `Plan::any_of`"]
pub struct Act {
    pub(super) sort: Sort,
    pub(super) block: Block,
}

impl Act {
    fn new(sort: Sort) -> Self {
        Self { sort, block: Block::BlackHole }
    }

    /// Kills from one node to the largest minority, and restarts them at the end of the act.
    pub fn kill_minority() -> Self {
        Self::new(Sort::Kill)
    }

    /// Pauses one node.
    pub fn pause_one() -> Self {
        Self::new(Sort::Pause)
    }

    /// Cuts all links between one node and the others.
    pub fn isolate_one() -> Self {
        Self::new(Sort::Isolate)
    }

    /// Cuts the nodes into two halves.
    pub fn halves() -> Self {
        Self::new(Sort::Partition)
    }

    /// Cuts them into two halves, with one node that hears both; see [`Partition::bridge`](crate::fault::Partition::bridge).
    pub fn bridge() -> Self {
        Self::new(Sort::Bridge)
    }

    /// Each node hears a majority, and no two hear the same one.
    pub fn majorities_ring() -> Self {
        Self::new(Sort::MajoritiesRing)
    }

    /// Cuts one declared link, both ways.
    pub fn cut_link() -> Self {
        Self::new(Sort::Cut)
    }

    /// Cuts one direction of one declared link.
    pub fn cut_one_way() -> Self {
        Self::new(Sort::CutOneWay)
    }

    /// Gives one declared link a latency of 10 to 100 ms.
    pub fn slow_link() -> Self {
        Self::new(Sort::Slow)
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
}

/// As it is written: `Act::halves().refuse()`.
impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Act::{}(){}", self.sort.act(), written(self.block))
    }
}

/// The call that sets how a cut blocks.
pub(super) fn written(block: Block) -> &'static str {
    match block {
        Block::BlackHole => "",
        Block::Refuse => ".refuse()",
        Block::Reset => ".reset()",
    }
}
