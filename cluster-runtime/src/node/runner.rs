use std::sync::Arc;

use tokio::task::AbortHandle;

use crate::isolated::Isolated;

/// What a node of the test's process runs on.
#[derive(Clone, Debug)]
pub(crate) enum Runner {
    /// A task of the test's runtime.
    Task(AbortHandle),
    /// A thread and a runtime of its own.
    Isolated(Arc<Isolated>),
}

impl Runner {
    /// Ends it at once. It is gone when it has yielded.
    pub(crate) fn end(&self) {
        match self {
            Runner::Task(task) => task.abort(),
            Runner::Isolated(isolated) => isolated.kill(),
        }
    }

    /// Its runtime, if it has one of its own.
    pub(crate) fn isolated(&self) -> Option<&Arc<Isolated>> {
        match self {
            Runner::Task(_) => None,
            Runner::Isolated(isolated) => Some(isolated),
        }
    }
}
