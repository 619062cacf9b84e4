//! The threads of one runtime, and when each of them has yielded last.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::clock;
use crate::lock::lock;
use crate::place;

/// All threads of a runtime: the root's, workers, and those of blocking calls.
#[derive(Debug, Default)]
pub(super) struct Threads {
    /// How many threads are started as workers.
    workers: usize,
    crew: Mutex<Crew>,
    left: Condvar,
}

#[derive(Debug, Default)]
struct Crew {
    /// Threads that were asked for and have not begun. One that the system refuses stays among them; what asked for it has panicked.
    starting: usize,
    /// Threads that have begun beside the root's.
    begun: usize,
    root: Option<Arc<Thread>>,
    pool: Vec<Arc<Thread>>,
}

impl Threads {
    pub(super) fn new(workers: usize) -> Self {
        Self { workers, ..Self::default() }
    }

    pub(super) fn has_workers(&self) -> bool {
        self.workers > 0
    }

    /// A thread is asked for.
    pub(super) fn expect(&self) {
        self.crew().starting += 1;
    }

    /// The calling thread is the root's.
    pub(super) fn begin_root(&self) -> Arc<Thread> {
        let thread = Arc::new(Thread::current());
        let mut crew = self.crew();
        crew.starting -= 1;
        crew.root = Some(thread.clone());
        thread
    }

    /// The calling thread is another one.
    pub(super) fn begin(&self) -> Arc<Thread> {
        let thread = Arc::new(Thread::current());
        let mut crew = self.crew();
        crew.starting -= 1;
        // Workers are asked for when the runtime is built, before anything else can be.
        thread.is_worker.store(crew.begun < self.workers, Ordering::Relaxed);
        crew.begun += 1;
        crew.pool.push(thread.clone());
        thread
    }

    /// A thread ends. Whether it was the last one.
    pub(super) fn end(&self, thread: &Arc<Thread>) -> bool {
        let mut crew = self.crew();
        if crew.root.as_ref().is_some_and(|root| Arc::ptr_eq(root, thread)) {
            crew.root = None;
        }
        crew.pool.retain(|other| !Arc::ptr_eq(other, thread));
        self.left.notify_all();
        crew.starting == 0 && crew.root.is_none() && crew.pool.is_empty()
    }

    /// Blocks until no worker is left.
    pub(super) fn wait_for_workers(&self) {
        let mut crew = self.crew();
        while crew.begun < self.workers || crew.pool.iter().any(|thread| thread.is_worker()) {
            crew = self.left.wait(crew).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The root's thread, as long as it is there.
    pub(super) fn root(&self) -> Option<Arc<Thread>> {
        self.crew().root.clone()
    }

    /// The workers that are left.
    pub(super) fn workers(&self) -> Vec<Arc<Thread>> {
        self.crew().pool.iter().filter(|thread| thread.is_worker()).cloned().collect()
    }

    /// How many threads are left beside the root's and the workers: each of them runs a blocking call, or did a moment ago.
    pub(super) fn blocking(&self) -> usize {
        let crew = self.crew();
        crew.starting + crew.pool.iter().filter(|thread| !thread.is_worker()).count()
    }

    fn crew(&self) -> MutexGuard<'_, Crew> {
        lock(&self.crew)
    }
}

/// A thread of a runtime.
#[derive(Debug)]
pub(super) struct Thread {
    system: place::Thread,
    is_worker: AtomicBool,
    begun: Instant,
    /// When it yielded last, in nanoseconds since it has begun; 0 while it is idle.
    yielded: AtomicU64,
}

impl Thread {
    fn current() -> Self {
        Self {
            system: place::Thread::current(),
            is_worker: AtomicBool::new(false),
            begun: clock::instant(),
            yielded: AtomicU64::new(1),
        }
    }

    /// It is between two tasks.
    pub(super) fn yields(&self) {
        let elapsed = u64::try_from((clock::instant() - self.begun).as_nanos()).unwrap_or(u64::MAX);
        self.yielded.store(elapsed.max(1), Ordering::Relaxed);
    }

    /// It has nothing to do.
    pub(super) fn idles(&self) {
        self.yielded.store(0, Ordering::Relaxed);
    }

    /// As [`idles`](Self::idles), for want of tasks. So it is a worker by now, whatever it was started for.
    pub(super) fn parks(&self) {
        self.idles();
        self.is_worker.store(true, Ordering::Relaxed);
    }

    fn is_worker(&self) -> bool {
        self.is_worker.load(Ordering::Relaxed)
    }

    /// For how long it has not yielded; not at all while it is idle.
    pub(super) fn busy(&self) -> Duration {
        match self.yielded.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            yielded => (clock::instant() - self.begun).saturating_sub(Duration::from_nanos(yielded)),
        }
    }

    pub(super) fn activity(&self) -> Option<place::Activity> {
        self.system.activity()
    }
}
