//! Virtual time: that of a runtime whose clock is paused, and moves on when nothing is left to do.

use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use tokio::runtime::{EnterGuard, Handle};

/// When virtual time begins for all, after the UNIX epoch: with the year 2000. A journal then has the same times in each run.
const BEGIN: Duration = Duration::from_secs(946_684_800);

thread_local!(static PRESENT: RefCell<Option<VirtualTime>> = const { RefCell::new(None) });

/// The time of one simulation.
#[derive(Clone)]
pub(crate) struct VirtualTime {
    runtime: Handle,
    began: Instant,
    shown: Arc<Shown>,
}

/// What the clock of a simulation shows. It is asked when it has moved, so that who wants to know the time need not enter its
/// runtime.
#[cfg_attr(not(feature = "simulated"), allow(dead_code, reason = "nothing is simulated"))]
#[derive(Debug, Default)]
pub(crate) struct Shown {
    began: OnceLock<Instant>,
    /// Nanoseconds since then.
    passed: AtomicU64,
}

#[cfg_attr(not(feature = "simulated"), allow(dead_code, reason = "nothing is simulated"))]
impl Shown {
    /// The clock of the caller's runtime may have moved.
    pub(crate) fn look(&self) {
        let now = tokio::time::Instant::now().into_std();
        let passed = now - *self.began.get_or_init(|| now);
        self.passed.store(u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

#[cfg_attr(not(feature = "simulated"), allow(dead_code, reason = "nothing is simulated"))]
impl VirtualTime {
    /// That of a runtime whose clock is paused, and which lets this look at it whenever it has moved.
    pub(crate) fn of(runtime: &Handle, shown: Arc<Shown>) -> Self {
        let _context = runtime.enter();
        let began = *shown.began.get_or_init(|| tokio::time::Instant::now().into_std());
        Self { runtime: runtime.clone(), began, shown }
    }

    /// Its clock was moved by hand.
    pub(crate) fn moved(&self) {
        let _context = self.runtime.enter();
        self.shown.look();
    }

    /// Whether the calling thread is in one at this moment.
    pub(super) fn is_any() -> bool {
        PRESENT.try_with(|present| present.borrow().is_some()).unwrap_or(false)
    }

    /// The moment in that of the calling thread, if it is in one.
    pub(super) fn present_instant() -> Option<Instant> {
        PRESENT.try_with(|present| present.borrow().as_ref().map(Self::instant)).ok().flatten()
    }

    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    pub(crate) fn instant(&self) -> Instant {
        self.began + self.passed()
    }

    /// How much of it has passed.
    pub(crate) fn passed(&self) -> Duration {
        Duration::from_nanos(self.shown.passed.load(Ordering::Relaxed))
    }

    /// The same as a time of day.
    pub(crate) fn system(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + BEGIN + self.passed()
    }

    /// Whether the calling thread is in this time.
    pub(crate) fn is_present(&self) -> bool {
        let is_self = |present: &Self| Arc::ptr_eq(&present.shown, &self.shown);
        PRESENT.try_with(|present| present.borrow().as_ref().is_some_and(is_self)).unwrap_or(false)
    }

    /// Makes it the time of the calling thread, as long as the guard lives. What that spawns runs in its runtime.
    pub(crate) fn enter(&self) -> Entered<'_> {
        let before = PRESENT.replace(Some(self.clone()));
        Entered { before, _context: self.runtime.enter() }
    }
}

/// The calling thread is in a virtual time.
pub(crate) struct Entered<'a> {
    before: Option<VirtualTime>,
    _context: EnterGuard<'a>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        PRESENT.set(self.before.take());
    }
}

impl fmt::Debug for VirtualTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VirtualTime({:?})", self.passed())
    }
}
