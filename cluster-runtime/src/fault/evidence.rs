use std::fmt;
use std::time::Duration;

use crate::clock::rounded;
use crate::net::Counts;

/// What a fault has done to the traffic of nodes. The probes of its proof do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// For how long it has been, or was, in force.
    pub lasted: Duration,
    /// Connections that it has closed.
    pub connections: u64,
    /// Dials that it has refused, delayed or left unanswered; but for those of relays that it has refused, which the system does.
    pub dials: u64,
    /// Bytes of streams that it has withheld or delayed.
    pub bytes: u64,
    /// Ends of streams that it has withheld or delayed, as of a node that was killed across a cut.
    pub ends: u64,
    /// Connections to the nodes' own addresses that no relay carried when it was proved. Those of a program are an error; in the
    /// test's process it is not known whose they are, so they may be the test's own.
    pub direct: u64,
    /// Datagrams that it has withheld, delayed, duplicated or reordered.
    pub datagrams: u64,
    /// Packets that the place of the nodes has withheld or delayed, where it [breaks links by itself](crate::place::Ability::Relays).
    /// It is counted there up to 50 ms before, and for the last time when the fault is healed.
    pub packets: u64,
    /// Packets that have crossed the fault all the same, where the place counts them: none if it is a cut, but for those that open
    /// connections where it [resets](crate::wait::Wait::reset) them.
    pub crossed: u64,
}

impl Evidence {
    /// Whether any traffic of nodes ran into the fault.
    pub fn has_bitten(&self) -> bool {
        [self.connections, self.dials, self.bytes, self.ends, self.datagrams, self.packets]
            .iter()
            .any(|count| *count > 0)
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lasted, connections, dials, bytes, ends, datagrams, packets, .. } = *self;
        let counts = Counts { connections, dials, bytes, ends, datagrams, packets };
        write!(f, "{counts} in {:?}", rounded(lasted))
    }
}
