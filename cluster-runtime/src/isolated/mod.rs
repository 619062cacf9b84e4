//! A process in miniature: a thread with a runtime of its own, which all that is spawned there ends with.

mod blocked;
mod call;
mod control;
mod life;
mod member;
mod outcome;
mod panics;
mod runtime;
#[cfg(feature = "simulated")]
mod stepped;
mod threads;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

pub(crate) use blocked::Blocked;
pub(crate) use call::Ended;
pub(crate) use outcome::{Outcome, Panic, panic_message};
pub(crate) use panics::{last_panic, watch_panics};

use control::Control;
use runtime::OwnRuntime;

use crate::collector::Origin;
use crate::place::Marks;

/// A runtime of its own, and the life that runs on it. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Isolated {
    control: Arc<Control>,
}

/// How a life runs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// How many workers run its tasks, if any do beside its own thread.
    /// They need the feature `rt-multi-thread`.
    pub(crate) workers: Option<NonZeroUsize>,
    /// Whether only a panic of the life itself is its end, and not one in any of its tasks.
    pub(crate) tolerates_panics: bool,
}

/// Why a life cannot be paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoPause {
    #[error("it has worker threads, which cannot be paused\nhelp: leave out `.worker_threads(..)`")]
    Workers,
    #[error(transparent)]
    Ended(#[from] Ended),
}

impl Isolated {
    /// Starts a life: the future is made on its own thread. What is printed there is captured as what the calling thread prints is,
    /// and what its threads report through `tracing` has this origin.
    ///
    /// `ended` is called there once all that the runtime held is dropped, blocking calls that still run aside.
    pub(crate) fn start<F: Future>(
        name: &str,
        options: Options,
        origin: Origin,
        life: impl FnOnce() -> F + Send + 'static,
        ended: impl FnOnce(Outcome<F::Output>) + Send + 'static,
    ) -> io::Result<Self> {
        watch_panics();
        // The system's names of threads have an end, which is this character.
        let name = name.replace('\0', "\u{FFFD}");
        let control = Arc::new(Control::new(&name, options.workers, options.tolerates_panics, origin));
        let runtime = match options.workers {
            None => OwnRuntime::current_thread(&name, &control)?,
            Some(workers) => OwnRuntime::multi_thread(&name, workers, &control)?,
        };
        control.open(runtime.handle().clone());
        control.threads.expect();
        let isolated = Self { control: control.clone() };
        thread::Builder::new()
            .name(name)
            .spawn(move || life::run(runtime, &control, life, ended))
            .inspect_err(|_| isolated.control.close())?;
        Ok(isolated)
    }

    /// Asks for its end, wherever it stands. A thread that does not yield ends when it does.
    pub(crate) fn kill(&self) {
        self.control.kill();
    }

    /// Waits until it has ended and none of its threads is left.
    pub(crate) async fn gone(&self) {
        self.control.wait_for(|status| status.is_gone).await;
    }

    /// How many threads its own have started, by `std::thread` and without a name, and are left. It may be gone before them.
    pub(crate) fn started(&self, marks: &Marks) -> usize {
        marks.count(&self.control.mark)
    }

    /// What still runs, for the error of one who cannot wait any longer for it to be gone.
    pub(crate) fn leftovers(&self) -> Option<String> {
        blocked::leftovers(&self.control)
    }

    /// Waits until none of its tasks is polled, which is so until [`resume`](Self::resume). Its sockets stay open; blocking calls
    /// run on. Where this future is dropped before, nothing is paused.
    pub(crate) async fn pause(&self) -> Result<(), NoPause> {
        if self.control.threads.has_workers() {
            return Err(NoPause::Workers);
        }
        let withdraw = Withdraw(&self.control);
        self.control.pause();
        self.control.wait_for(|status| status.is_paused || status.is_ending).await;
        std::mem::forget(withdraw);
        if self.control.status().is_ending { Err(NoPause::Ended(Ended)) } else { Ok(()) }
    }

    /// Waits until its tasks are polled again.
    pub(crate) async fn resume(&self) {
        self.control.resume();
        self.control.wait_for(|status| !status.is_paused).await;
    }

    /// The output of a future that is polled in the runtime's context: what it spawns is spawned there. It ends with the runtime.
    pub(crate) async fn call<F: Future>(&self, call: F) -> Result<F::Output, Ended> {
        call::call(&self.control, call).await
    }

    /// Whether it runs no task, since its threads have not yielded for 100 ms. It answers within another 100 ms.
    pub(crate) async fn blocked(&self) -> Option<Blocked> {
        blocked::blocked(&self.control).await
    }
}

impl Drop for Isolated {
    fn drop(&mut self) {
        self.control.kill();
    }
}

/// Takes back that a pause was asked for.
struct Withdraw<'a>(&'a Control);

impl Drop for Withdraw<'_> {
    fn drop(&mut self) {
        self.0.resume();
    }
}
