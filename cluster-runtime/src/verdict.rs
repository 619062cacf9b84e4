//! How the test of a cluster goes, as far as its waits tell.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::clock::instant;
use crate::error::{Error, MissingLink, Trouble};
use crate::journal::{Journal, Mark};
use crate::simulation::Simulation;

/// How many waits that the test gave up are told of.
const GIVEN_UP: usize = 3;

/// The waits on a cluster, and whether all of it was stopped.
#[derive(Debug, Default)]
pub(crate) struct Verdict(Mutex<Heard>);

#[derive(Debug, Default)]
struct Heard {
    /// Those that have begun and not ended, by their number.
    waits: BTreeMap<u64, Waiting>,
    next: u64,
    failed: Option<Arc<FailedWait>>,
    /// The last one that had failed when the test stopped all nodes.
    outlived: Option<Arc<FailedWait>>,
    /// Those that were dropped before their end since the last one that has ended, the last of them first.
    given_up: Vec<GivenUp>,
    /// When a start failed whose error is not told yet.
    start_failed: Option<Mark>,
    is_stopped: bool,
}

/// A wait that has begun.
struct Waiting {
    what: Box<dyn Fn() -> String + Send>,
    since: Instant,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&(self.what)())
    }
}

/// A wait that the test gave up: it has dropped it, as a timeout of its own does.
#[derive(Clone, Debug)]
pub(crate) struct GivenUp {
    /// What it waited for.
    pub(crate) what: String,
    pub(crate) after: Duration,
    pub(crate) mark: Mark,
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

/// A wait that has begun. If it is dropped before its end the test has given it up.
#[derive(Debug)]
pub(crate) struct BegunWait {
    verdict: Arc<Verdict>,
    journal: Arc<Journal>,
    /// `None` once it has ended.
    number: Option<u64>,
    /// What passes time while it waits, if that is simulated.
    simulation: Option<Simulation>,
}

impl Verdict {
    /// A wait for `what` begins.
    pub(crate) fn watch(
        self: &Arc<Self>,
        journal: &Arc<Journal>,
        simulation: Option<Simulation>,
        what: impl Fn() -> String + Send + 'static,
    ) -> BegunWait {
        let mut heard = self.heard();
        let number = heard.next;
        heard.next += 1;
        heard.waits.insert(number, Waiting { what: Box::new(what), since: instant() });
        BegunWait { verdict: self.clone(), journal: journal.clone(), number: Some(number), simulation }
    }

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

    /// The last wait that has failed, unless all nodes were stopped since.
    pub(crate) fn failed(&self) -> Option<Arc<FailedWait>> {
        self.heard().failed.clone()
    }

    /// The last wait that has failed before all nodes were stopped.
    pub(crate) fn outlived(&self) -> Option<Arc<FailedWait>> {
        self.heard().outlived.clone()
    }

    /// The waits that the test has given up, and after which none has ended; the last one first.
    pub(crate) fn given_up(&self) -> Vec<GivenUp> {
        self.heard().given_up.clone()
    }

    /// What the test waits for, and since when, the last wait first.
    pub(crate) fn waiting(&self) -> Vec<(String, Duration)> {
        let heard = self.heard();
        let waiting = |Waiting { what, since }: &Waiting| (what(), instant().saturating_duration_since(*since));
        heard.waits.values().rev().map(waiting).collect()
    }

    /// The test has stopped all nodes, and all have ended as they should: what failed before was no failure of the test.
    pub(crate) fn stopped(&self) {
        let mut heard = self.heard();
        heard.outlived = heard.failed.take().or(heard.outlived.take());
        heard.given_up.clear();
        heard.is_stopped = true;
    }

    /// Nodes run again.
    pub(crate) fn begun(&self) {
        self.heard().is_stopped = false;
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.heard().is_stopped
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BegunWait {
    pub(crate) fn simulation(&self) -> Option<Simulation> {
        self.simulation.clone()
    }

    /// The wait has ended.
    pub(crate) fn end(mut self, error: Option<&Error>) {
        let mut heard = self.verdict.heard();
        self.number.take().and_then(|number| heard.waits.remove(&number));
        heard.given_up.clear();
        drop(heard);
        if let Some(error) = error {
            self.verdict.note(error, &self.journal);
        }
    }
}

impl Drop for BegunWait {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mark = self.journal.mark();
        let mut heard = self.verdict.heard();
        let Some(Waiting { what, since }) = heard.waits.remove(&number) else { return };
        // A panic tells more.
        if !thread::panicking() && !heard.is_stopped {
            let after = instant().saturating_duration_since(since);
            heard.given_up.insert(0, GivenUp { what: what(), after, mark });
            heard.given_up.truncate(GIVEN_UP);
        }
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
