use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use super::turns::Turns;

use crate::lock::lock;

/// How often a runtime parks until nothing is left to do in it: the first time it looks at its timers.
const PARKS: u32 = 2;

/// A runtime whose clock is moved by hand, and which runs until nothing is left to do at that moment.
pub(crate) struct Paced {
    runtime: Runtime,
    signals: Arc<Signals>,
    /// It may have something to do that no signal tells of.
    is_unfinished: bool,
}

/// What tells that it has something to do, or nothing more.
#[derive(Debug, Default)]
struct Signals {
    parks: AtomicU32,
    /// What it lives for was woken.
    is_rung: AtomicBool,
    /// Wakes the root of the runtime.
    root: Mutex<Option<Waker>>,
}

thread_local! {
    static CALL: RefCell<Option<Call>> = const { RefCell::new(None) };
}

/// The blocking call that a thread is for. It ends with the thread, after all thread-locals that came later: who waits for the end of the
/// thread is not to find that time has passed meanwhile.
struct Call(Arc<Turns>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.call_ended();
    }
}

impl Paced {
    /// A runtime whose clock moves by itself when nothing is left to do, unless this is so. Threads for blocking calls have this name,
    /// and begin with this.
    pub(crate) fn new(
        turns: &Arc<Turns>,
        mut builder: Builder,
        thread_name: impl Fn() -> String + Send + Sync + 'static,
        thread_start: impl Fn() + Send + Sync + 'static,
        is_paced: impl Fn() -> bool + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let signals = Arc::<Signals>::default();
        let (of_runtime, begun, ended) = (signals.clone(), turns.clone(), turns.clone());
        // Without sockets: those of the system know nothing of this time.
        builder.enable_time().start_paused(true).on_thread_park(move || {
            if is_paced() {
                of_runtime.parks.fetch_add(1, Ordering::Relaxed);
                of_runtime.wake_root();
            }
        });
        // A thread for each blocking call: it is asked for a name when the call begins.
        builder.thread_keep_alive(Duration::ZERO).thread_name_fn(move || {
            begun.call_begun();
            thread_name()
        });
        builder.on_thread_start(move || {
            CALL.set(Some(Call(ended.clone())));
            thread_start();
        });
        let runtime = builder.build()?;
        signals.is_rung.store(true, Ordering::Relaxed);
        Ok(Self { runtime, signals, is_unfinished: false })
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Whether it has something to do at this moment.
    pub(crate) fn is_woken(&self) -> bool {
        self.is_unfinished || self.is_rung() || self.handle().metrics().global_queue_depth() > 0
    }

    /// Whether what it lives for was woken.
    pub(crate) fn is_rung(&self) -> bool {
        self.signals.is_rung.load(Ordering::Relaxed)
    }

    /// What it lives for has heard why it was woken, and need not run.
    pub(crate) fn is_heard(&self) {
        self.signals.is_rung.store(false, Ordering::Relaxed);
    }

    /// Moves its clock.
    pub(crate) fn advance(&mut self, by: Duration) {
        let _context = self.runtime.enter();
        // It does so at once, and then yields.
        let _ = pin!(tokio::time::advance(by)).poll(&mut Context::from_waker(Waker::noop()));
        self.is_unfinished = true;
    }

    /// Runs until nothing is left to do at this moment, or the turn is over, or what it lives for has an output.
    pub(crate) fn run<T>(&mut self, turns: &Turns, mut life: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Option<T> {
        let (signals, bell) = (&self.signals, Waker::from(self.signals.clone()));
        signals.parks.store(0, Ordering::Relaxed);
        let mut is_first = true;
        let stretch = self.runtime.block_on(poll_fn(|cx| {
            signals.wakes(cx.waker());
            if signals.is_rung.swap(false, Ordering::Relaxed) {
                signals.parks.store(0, Ordering::Relaxed);
                if let Poll::Ready(output) = life(&mut Context::from_waker(&bell)) {
                    return Poll::Ready(Stretch::Over(output));
                }
            }
            // Each turn does something, also one that a wait ends at once which wakes itself.
            if std::mem::take(&mut is_first) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match signals.parks.load(Ordering::Relaxed) {
                PARKS.. => Poll::Ready(Stretch::Done),
                _ if turns.poll_turn(cx).is_ready() => Poll::Ready(Stretch::Interrupted),
                _ => Poll::Pending,
            }
        }));
        self.is_unfinished = matches!(stretch, Stretch::Interrupted);
        match stretch {
            Stretch::Over(output) => Some(output),
            Stretch::Done | Stretch::Interrupted => None,
        }
    }

    /// Drops all that it holds. It waits for no blocking call.
    pub(crate) fn end(self) {
        self.runtime.shutdown_background();
    }
}

enum Stretch<T> {
    Over(T),
    Done,
    Interrupted,
}

impl Signals {
    /// This waker wakes the root from now on.
    fn wakes(&self, root: &Waker) {
        let mut known = self.root();
        if !known.as_ref().is_some_and(|known| known.will_wake(root)) {
            *known = Some(root.clone());
        }
    }

    fn wake_root(&self) {
        let root = self.root().clone();
        root.into_iter().for_each(Waker::wake);
    }

    fn root(&self) -> MutexGuard<'_, Option<Waker>> {
        lock(&self.root)
    }
}

/// Wakes what it lives for.
impl Wake for Signals {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_rung.store(true, Ordering::Relaxed);
        self.wake_root();
    }
}
