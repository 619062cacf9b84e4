//! What the code of nodes reports through `tracing`, as events of these nodes.
//!
//! The thread tells whose it is: a thread of an isolated node belongs to that node for good, and a task of a node that shares a
//! runtime claims its thread for each poll. So one subscriber serves a whole cluster. One for each node would cost more with
//! each further node: tracing asks every subscriber about every place in the code.

mod fields;
mod noted;
mod origin;
mod subscriber;

use std::sync::Arc;

use tracing::Dispatch;
use tracing::dispatcher::get_default;
use tracing::subscriber::NoSubscriber;

use crate::journal::Log;

pub(crate) use origin::Origin;

/// Collects what is said by the nodes of one cluster.
#[derive(Clone, Debug)]
pub(crate) struct Collector(Arc<Dispatch>);

impl Collector {
    /// A collector that passes all on to the subscriber that the calling thread has now.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Dispatch::new(subscriber::Subscriber::new(present_subscriber()))))
    }

    /// A run of a node, as a origin of events.
    pub(crate) fn origin(&self, log: &Arc<Log>) -> Origin {
        Origin::new(self.0.clone(), log.clone())
    }
}

impl Default for Collector {
    fn default() -> Self {
        Self(Arc::new(Dispatch::none()))
    }
}

/// The subscriber that the calling thread has, if it has one.
pub(crate) fn present_subscriber() -> Option<Dispatch> {
    get_default(|present| (!present.is::<NoSubscriber>()).then(|| present.clone()))
}
