use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a plan goes on, for its workload.
#[derive(Clone, Debug, Default)]
pub struct Ongoing {
    is_over: Arc<AtomicBool>,
}

impl Ongoing {
    /// Whether the workload is to go on: acts are to come or in force, or the quiet time after them lasts.
    pub fn active(&self) -> bool {
        !self.is_over.load(Ordering::Acquire)
    }

    pub(super) fn finish(&self) {
        self.is_over.store(true, Ordering::Release);
    }
}
