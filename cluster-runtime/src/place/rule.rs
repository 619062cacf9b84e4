use super::Pair;
use crate::net::{Block, Conditions};

/// What holds for all that one node sends to another.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// The node that sends, and the one that receives.
    pub pair: Pair,
    /// How it is blocked.
    pub block: Option<Block>,
    /// What happens to the packets that are not blocked.
    pub conditions: Conditions,
}

impl Rule {
    pub(crate) fn new(pair: Pair, block: Option<Block>, conditions: Conditions) -> Self {
        Self { pair, block, conditions }
    }
}

/// Packets from one node to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// How many were sent, and came to where they may be blocked or lost.
    pub sent: u64,
    /// How many of them came past that.
    pub passed: u64,
}

impl Passage {
    /// What was sent after this earlier one.
    pub fn since(self, begun: Self) -> Self {
        Self { sent: self.sent.saturating_sub(begun.sent), passed: self.passed.saturating_sub(begun.passed) }
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { sent: self.sent + other.sent, passed: self.passed + other.passed }
    }
}
