//! Virtual time: that of a runtime whose clock is paused, and moves on when nothing is left to do.

use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use tokio::runtime::{EnterGuard, Handle};

/// When virtual time begins for all, after the UNIX epoch: with the year 2000. A journal then has the same times in each run.
const BEGIN: Duration = Duration::from_secs(946_684_800);

thread_local!(static PRESENT: RefCell<Option<VirtualTime>> = const { RefCell::new(None) });

/// The time of one simulation.
#[derive(Clone)]
pub(crate) struct VirtualTime {
    id: u64,
    runtime: Handle,
    began: Instant,
}

impl VirtualTime {
    /// That of a runtime whose clock is paused.
    #[cfg_attr(not(feature = "simulated"), allow(dead_code, reason = "nothing is simulated"))]
    pub(crate) fn of(runtime: &Handle) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let _context = runtime.enter();
        let began = tokio::time::Instant::now().into_std();
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), runtime: runtime.clone(), began }
    }

    /// That of the calling thread, if it has one at this moment.
    pub(super) fn present() -> Option<Self> {
        PRESENT.try_with(|present| present.borrow().clone()).ok().flatten()
    }

    pub(crate) fn instant(&self) -> Instant {
        let _context = self.runtime.enter();
        tokio::time::Instant::now().into_std()
    }

    /// How much of it has passed.
    pub(crate) fn passed(&self) -> Duration {
        self.instant() - self.began
    }

    /// The same as a time of day.
    pub(crate) fn system(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + BEGIN + self.passed()
    }

    /// Whether the calling thread is in this time.
    pub(crate) fn is_present(&self) -> bool {
        Self::present().is_some_and(|present| present.id == self.id)
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
