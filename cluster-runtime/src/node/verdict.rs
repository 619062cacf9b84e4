//! How the test of a cluster goes, as far as its waits tell.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, MissingLink, Trouble};
use crate::journal::{Journal, Mark};

/// The waits on a cluster that have failed, and whether all of it was stopped.
#[derive(Debug, Default)]
pub(crate) struct Verdict(Mutex<Heard>);

#[derive(Debug, Default)]
struct Heard {
    failed: Option<Arc<FailedWait>>,
    /// When a start failed whose error is not told yet.
    start_failed: Option<Mark>,
    is_stopped: bool,
}

/// The last wait or start that has failed.
#[derive(Debug)]
pub(crate) struct FailedWait {
    /// The summary of its error.
    pub(crate) summary: String,
    /// The whole report of its error.
    pub(crate) report: String,
    /// When it failed.
    pub(crate) mark: Mark,
    /// How many waits have failed, with this one.
    pub(crate) count: usize,
    /// Of a start, what was wrong when it failed: its nodes are stopped since.
    pub(crate) start: Option<FailedStart>,
}

/// What was wrong when a start failed.
#[derive(Debug, Default)]
pub(crate) struct FailedStart {
    pub(crate) troubles: Vec<Trouble>,
    pub(crate) missing: Vec<MissingLink>,
}

impl Verdict {
    /// A start fails, and its nodes are about to be stopped.
    pub(crate) fn start_fails(&self, journal: &Journal) {
        self.heard().start_failed = Some(journal.mark());
    }

    /// A wait or a start has failed.
    pub(crate) fn note(&self, error: &Error, journal: &Journal) {
        let (summary, report) = (error.to_string(), format!("{error:?}"));
        let mut heard = self.heard();
        let count = heard.failed.as_ref().map_or(0, |failed| failed.count) + 1;
        let mark = heard.start_failed.take().unwrap_or_else(|| journal.mark());
        let start = failed_start(error);
        heard.failed = Some(Arc::new(FailedWait { summary, report, mark, count, start }));
    }

    pub(crate) fn failed(&self) -> Option<Arc<FailedWait>> {
        self.heard().failed.clone()
    }

    /// The test has stopped all nodes, and all have ended as they should.
    pub(crate) fn set_stopped(&self, is_stopped: bool) {
        self.heard().is_stopped = is_stopped;
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.heard().is_stopped
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed_start(error: &Error) -> Option<FailedStart> {
    match error {
        Error::Failed(failure) => {
            let state = format!("failed in phase `{}`: {}", failure.phase, failure.cause());
            Some(FailedStart { troubles: vec![Trouble::new(&*failure.node, state)], missing: Vec::new() })
        }
        Error::StartTimeout(unfinished) => {
            let unready = unfinished.unready.iter();
            let troubles = unready.map(|unready| {
                Trouble::new(&*unready.node, format!("is in phase `{}`: {}", unready.phase, unready.waiting_for))
            });
            Some(FailedStart { troubles: troubles.collect(), missing: unfinished.missing.clone() })
        }
        _ => None,
    }
}
