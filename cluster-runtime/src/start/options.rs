use std::sync::Arc;
use std::time::Duration;

use crate::clock::DEFAULT_TIMEOUT;
use crate::event::Levels;
use crate::place::Place;

/// How a cluster is started.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// `None` for that of the cluster, which is this machine if it has none.
    pub(super) place: Option<Arc<dyn Place>>,
    pub(super) public: bool,
    pub(super) levels: Levels,
    pub(super) wait_connections: bool,
    pub(super) link_control: bool,
    pub(super) tolerate_deaths: bool,
    #[cfg(feature = "tracing")]
    pub(super) forward_events: bool,
    pub(super) timeout: Duration,
    /// How many nodes are brought up at the same time; `None` for all.
    pub(super) concurrency: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            place: None,
            public: false,
            levels: Levels::default(),
            wait_connections: false,
            link_control: false,
            tolerate_deaths: false,
            #[cfg(feature = "tracing")]
            forward_events: false,
            timeout: DEFAULT_TIMEOUT,
            concurrency: None,
        }
    }
}
