use std::time::Duration;

/// How long a simulation may run on wall time in which no virtual time passes.
pub(super) const MOST_STANDSTILL: Duration = Duration::from_secs(30);

/// Why a simulation does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Halt {
    #[error(
        "the simulation of the cluster is over: the value of the cluster was dropped\n\
         help: keep it for as long as the test waits for its nodes, as in `let net = ..`"
    )]
    Over,
    #[error(
        "no virtual time has passed in {MOST_STANDSTILL:?} of wall time: a node blocks the thread of the simulation, or tasks wake \
         each other and never wait for time to pass\n\
         help: let nodes wait by `tokio::time::sleep`, or start this cluster without `.simulated(..)`"
    )]
    Standstill,
}
