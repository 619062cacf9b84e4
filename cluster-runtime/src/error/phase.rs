use std::fmt;

/// The steps of a start, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The node gets its identity.
    Identity,
    /// The node's configuration is made.
    Config,
    /// The node is brought to run.
    Run,
    /// The node says that it is ready.
    Ready,
    /// The node is connected to all its peers.
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
