//! How the test of a cluster goes, as far as its waits tell.

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};

use crate::clock::{Deadline, instant};
use crate::error::{Error, MissingLink, Trouble};
use crate::journal::{Journal, Mark};
use crate::lock::lock;
use crate::simulation::Simulation;

/// How many waits that the test gave up are told of.
const GIVEN_UP: usize = 3;

/// The waits on a cluster, and whether all of it was stopped.
#[derive(Debug, Default)]
pub(crate) struct Verdict(Mutex<Heard>);

#[derive(Debug, Default)]
struct Heard {
    /// Those that have begun and not ended, in the order of their numbers.
    waits: Vec<(u64, Box<Waiting>)>,
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
    at: CallSite,
    since: Instant,
    deadline: Deadline,
    polled: Polled,
}

/// Where the test awaits it, once that is known.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CallSite(Option<&'static Location<'static>>);

impl CallSite {
    #[track_caller]
    pub(crate) fn of_caller() -> Self {
        Self(Some(Location::caller()))
    }
}

/// As in "a wait failed at tests/a.rs:7"; nothing, where it is not known.
impl fmt::Display for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |at| write!(f, " at {}:{}", at.file(), at.line()))
    }
}

/// Whether the test still polls a wait after its deadline.
enum Polled {
    /// It was not polled yet.
    Never,
    /// It was, before the deadline. With what makes the test poll it.
    InTime(Waker),
    /// The test was made to, if it can.
    Asked,
    /// It was polled since the deadline, or it was told that it cannot be.
    Settled,
}

/// A wait that its deadline has not ended, since the test does not poll it.
#[derive(Debug)]
pub(crate) struct Overdue {
    /// What it waits for.
    pub(crate) what: String,
    pub(crate) at: CallSite,
    pub(crate) timeout: Duration,
    /// The time since its deadline.
    pub(crate) late: Duration,
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
    pub(crate) at: CallSite,
    pub(crate) after: Duration,
    pub(crate) mark: Mark,
}

/// The last wait or start that has failed.
#[derive(Debug)]
pub(crate) struct FailedWait {
    pub(crate) at: CallSite,
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
    deadline: Deadline,
    /// What passes time while it waits, if that is simulated.
    simulation: Option<Simulation>,
}

impl Verdict {
    /// A wait for `what` begins.
    pub(crate) fn watch(
        self: &Arc<Self>,
        journal: &Arc<Journal>,
        simulation: Option<Simulation>,
        deadline: Deadline,
        what: impl Fn() -> String + Send + 'static,
    ) -> BegunWait {
        let mut heard = self.heard();
        let number = heard.next;
        heard.next += 1;
        let at = CallSite::default();
        let waiting = Waiting { what: Box::new(what), at, since: instant(), deadline, polled: Polled::Never };
        heard.waits.push((number, Box::new(waiting)));
        BegunWait { verdict: self.clone(), journal: journal.clone(), number: Some(number), deadline, simulation }
    }

    /// A start fails, and its nodes are about to be stopped.
    pub(crate) fn start_fails(&self, journal: &Journal) {
        self.heard().start_failed = Some(journal.mark());
    }

    /// A wait or a start has failed.
    pub(crate) fn note(&self, error: &Error, at: CallSite, journal: &Journal) {
        let (summary, report) = (error.to_string(), format!("{error:?}"));
        let mut heard = self.heard();
        let count = heard.failed.as_ref().map_or(0, |failed| failed.count) + 1;
        let mark = heard.start_failed.take().unwrap_or_else(|| journal.mark());
        let start = failed_start(error);
        heard.failed = Some(Arc::new(FailedWait { at, summary, report, mark, count, start }));
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
    pub(crate) fn waiting(&self) -> Vec<(String, CallSite, Duration)> {
        let heard = self.heard();
        let since = |wait: &Waiting| instant().saturating_duration_since(wait.since);
        heard.waits.iter().rev().map(|(_, wait)| ((wait.what)(), wait.at, since(wait))).collect()
    }

    /// The waits that were not polled between the last call of this and now though their deadline had passed. Each is told of once.
    pub(crate) fn overdue(&self) -> Vec<Overdue> {
        let (mut overdue, mut wakers) = (Vec::new(), Vec::new());
        for (_, waiting) in &mut self.heard().waits {
            let Waiting { what, at, deadline, polled, .. } = &mut **waiting;
            let late = deadline.late();
            *polled = match std::mem::replace(polled, Polled::Never) {
                Polled::InTime(waker) if !late.is_zero() => {
                    wakers.push(waker);
                    Polled::Asked
                }
                Polled::Asked => {
                    overdue.push(Overdue { what: what(), at: *at, timeout: deadline.total(), late });
                    Polled::Settled
                }
                other => other,
            };
        }
        wakers.into_iter().for_each(Waker::wake);
        overdue
    }

    /// The test has stopped all nodes, and all have ended as they should: what failed before was no failure of the test.
    pub(crate) fn stopped(&self) {
        self.survived();
        self.heard().is_stopped = true;
    }

    /// A plan of faults is over, and its workload has succeeded: it expected what failed meanwhile.
    pub(crate) fn survived(&self) {
        let mut heard = self.heard();
        heard.outlived = heard.failed.take().or(heard.outlived.take());
        heard.given_up.clear();
    }

    /// Nodes run again.
    pub(crate) fn begun(&self) {
        self.heard().is_stopped = false;
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.heard().is_stopped
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        lock(&self.0)
    }
}

impl Heard {
    /// Where the wait with this number is.
    fn place(&self, number: u64) -> Option<usize> {
        self.waits.binary_search_by_key(&number, |(number, _)| *number).ok()
    }

    fn take(&mut self, number: u64) -> Option<Box<Waiting>> {
        self.place(number).map(|place| self.waits.remove(place).1)
    }
}

impl BegunWait {
    pub(crate) fn simulation(&self) -> Option<Simulation> {
        self.simulation.clone()
    }

    /// The test awaits it there.
    pub(crate) fn awaited_at(&self, at: CallSite) {
        let mut heard = self.verdict.heard();
        if let Some(place) = self.number.and_then(|number| heard.place(number)) {
            heard.waits[place].1.at = at;
        }
    }

    /// Does its work on wall time, and notes whether it is polled.
    pub(crate) async fn attend<T>(&self, work: impl Future<Output = T>) -> T {
        let (mut work, mut is_first, mut is_late) = (pin!(work), true, false);
        poll_fn(|cx| {
            if std::mem::take(&mut is_first) {
                self.note(Polled::InTime(cx.waker().clone()));
            }
            if !is_late && !self.deadline.late().is_zero() {
                is_late = true;
                self.note(Polled::Settled);
            }
            work.as_mut().poll(cx)
        })
        .await
    }

    fn note(&self, polled: Polled) {
        let mut heard = self.verdict.heard();
        if let Some(place) = self.number.and_then(|number| heard.place(number)) {
            heard.waits[place].1.polled = polled;
        }
    }

    /// The wait has ended.
    pub(crate) fn end(mut self, error: Option<&Error>) {
        let mut heard = self.verdict.heard();
        let waiting = self.number.take().and_then(|number| heard.take(number));
        heard.given_up.clear();
        drop(heard);
        if let Some(error) = error {
            self.verdict.note(error, waiting.map_or_else(CallSite::default, |waiting| waiting.at), &self.journal);
        }
    }
}

impl Drop for BegunWait {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mark = self.journal.mark();
        let mut heard = self.verdict.heard();
        let Some(waiting) = heard.take(number) else { return };
        // A panic tells more.
        if !thread::panicking() && !heard.is_stopped {
            let after = instant().saturating_duration_since(waiting.since);
            heard.given_up.insert(0, GivenUp { what: (waiting.what)(), at: waiting.at, after, mark });
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
        // That of no node.
        Error::Step { .. } => Some(FailedStart { troubles: Vec::new(), missing: Vec::new() }),
        _ => None,
    }
}
