use std::fmt;

/// The steps of a start, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The node gets its identity.
    Identity,
    /// The node is configured.
    Config,
    /// The node is run.
    Run,
    /// The node becomes ready.
    Ready,
    /// The node is connected to all its declared peers.
    Connected,
}

impl Phase {
    /// Its name, as in an error.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Phase::Identity => "identity",
            Phase::Config => "config",
            Phase::Run => "run",
            Phase::Ready => "ready",
            Phase::Connected => "connected",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
