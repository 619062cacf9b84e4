use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::clock::Deadline;
use crate::node::Home;

/// Whether a plan goes on, for its workload.
#[derive(Clone)]
pub struct Ongoing {
    home: Arc<Home>,
    is_over: Arc<AtomicBool>,
    deadline: Deadline,
}

impl Ongoing {
    /// It ends at the deadline at the latest, for a workload that leaves its plan no time to say so.
    pub(super) fn new(home: Arc<Home>, deadline: Deadline) -> Self {
        Self { home, is_over: Arc::default(), deadline }
    }

    /// Whether the workload is to go on: acts are to come or in force, or the quiet time after them lasts. A death ends it, as it
    /// ends every wait.
    pub fn active(&self) -> bool {
        !self.is_over.load(Ordering::Acquire) && !self.home.deaths().end_waits() && !self.deadline.left().is_zero()
    }

    pub(super) fn finish(&self) {
        self.is_over.store(true, Ordering::Release);
    }
}

impl fmt::Debug for Ongoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ongoing").field("active", &self.active()).finish_non_exhaustive()
    }
}
