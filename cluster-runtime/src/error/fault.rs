use std::sync::Arc;
use std::time::Duration;

use super::found::Trouble;
use crate::clock::rounded;

/// Why a fault is not in force, or has shown nothing.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// It cannot be: nothing was done.
    #[error("{fault} was refused: {why}")]
    Refused {
        /// The fault, as in "the cut between `a` and `b`".
        fault: String,
        /// The reason, with help.
        why: String,
    },
    /// A probe crossed what should have been cut. The cut was taken back.
    #[error("{fault} blocked nothing: a probe from `{from}` to `{to}` got through")]
    BlockedNothing {
        /// The fault.
        fault: String,
        /// The node that sends.
        from: Arc<str>,
        /// The node that receives.
        to: Arc<str>,
    },
    /// A program has a connection that goes past the cut. The cut was taken back.
    #[error(
        "{fault} is bypassed: `{from}` and `{to}` have a connection from {connection}, which goes past their relays\n\
         help: configure the program with the addresses of its peers, `peer.addr()`, only; if it tells others its own address, declare \
         `.does_not_support(Feature::LinkControl)`"
    )]
    Bypassed {
        /// The fault.
        fault: String,
        /// The node that sends.
        from: Arc<str>,
        /// The node that receives.
        to: Arc<str>,
        /// Both addresses of the connection.
        connection: String,
    },
    /// A probe was faster than the condition allows. The condition was taken back.
    #[error(
        "{fault} delayed nothing: a probe from `{from}` to `{to}` took {:?}, and at least {:?} was expected",
        rounded(*.took), rounded(*.expected)
    )]
    DelayedNothing {
        /// The fault.
        fault: String,
        /// The node that sends.
        from: Arc<str>,
        /// The node that receives.
        to: Arc<str>,
        /// How long the probe took.
        took: Duration,
        /// How long it should have taken at least.
        expected: Duration,
    },
    /// No probe was lost, doubled or overtaken. The condition was taken back.
    #[error("{fault} {effect} nothing: {probes} datagrams from `{from}` to `{to}` arrived as they were sent")]
    ChangedNothing {
        /// The fault.
        fault: String,
        /// What it should have done: "lost", "duplicated" or "reordered".
        effect: &'static str,
        /// How many datagrams were sent.
        probes: u32,
        /// The node that sends.
        from: Arc<str>,
        /// The node that receives.
        to: Arc<str>,
    },
    /// No probe could be sent, or none got through in time.
    #[error("{fault} cannot be proved: a probe from `{from}` to `{to}` {problem}")]
    Unproved {
        /// The fault.
        fault: String,
        /// The node that sends.
        from: Arc<str>,
        /// The node that receives.
        to: Arc<str>,
        /// What happened to the probe.
        problem: String,
    },
    /// No act of one sort had an effect in a plan.
    #[error(
        "{act} bit nothing in {times} acts: no connection, dial, byte or datagram of the nodes ran into one of them\n\
         help: make the nodes talk during the plan, or leave {act} out"
    )]
    IdleAct {
        /// The act, as in "Act::cut_link()".
        act: String,
        /// How many of its sort there were.
        times: usize,
    },
    /// It was in force, and nothing of the nodes ran into it.
    #[error(
        "{fault} bit nothing: in {:?} no connection, dial, byte or datagram of the nodes ran into it{}\n\
         help: make the nodes talk while it is in force, or allow it with `.may_be_idle()`",
        rounded(*.lasted), past_relays(*.direct)
    )]
    BitNothing {
        /// The fault.
        fault: String,
        /// For how long it was in force.
        lasted: Duration,
        /// How many connections to the nodes' own addresses went past the relays. In the test's process it is not known whose
        /// they are: they may be the test's own.
        direct: usize,
        /// The nodes of the cluster that are not as they should be.
        troubles: Box<[Trouble]>,
    },
}

impl FaultError {
    /// What else is not as it should be.
    pub(super) fn troubles(&self) -> &[Trouble] {
        match self {
            FaultError::BitNothing { troubles, .. } => troubles,
            _ => &[],
        }
    }
}

fn past_relays(direct: usize) -> String {
    match direct {
        0 => String::new(),
        1 => "; 1 connection to a node's own address goes past its relays".to_owned(),
        _ => format!("; {direct} connections to the nodes' own addresses go past their relays"),
    }
}
