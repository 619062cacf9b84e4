//! The runtime itself, and how it is dropped.

use std::io;
use std::num::NonZeroUsize;
use std::ops::Deref;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use super::control::Control;
use super::member;

/// A runtime that may be dropped anywhere: it waits for no blocking call.
#[derive(Debug)]
pub(super) struct OwnRuntime(Option<Runtime>);

impl OwnRuntime {
    /// A runtime that runs on the thread which blocks on it.
    pub(super) fn current_thread(name: &str, control: &Arc<Control>) -> io::Result<Self> {
        let runtime = observed(Builder::new_current_thread(), name, control).build()?;
        Ok(Self(Some(runtime)))
    }

    /// A runtime with worker threads.
    #[cfg(feature = "rt-multi-thread")]
    pub(super) fn multi_thread(name: &str, workers: NonZeroUsize, control: &Arc<Control>) -> io::Result<Self> {
        let mut builder = observed(Builder::new_multi_thread(), name, control);
        builder.worker_threads(workers.get());
        build_workers(&mut builder).map(|runtime| Self(Some(runtime)))
    }

    #[cfg(not(feature = "rt-multi-thread"))]
    pub(super) fn multi_thread(_: &str, _: NonZeroUsize, _: &Arc<Control>) -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "workers need the feature `rt-multi-thread`"))
    }
}

impl Deref for OwnRuntime {
    type Target = Runtime;

    fn deref(&self) -> &Runtime {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        // A runtime that is simply dropped waits for blocking calls, and panics where it must not wait.
        self.0.take().into_iter().for_each(Runtime::shutdown_background);
    }
}

/// Lets the runtime tell of its threads.
fn observed(mut builder: Builder, name: &str, control: &Arc<Control>) -> Builder {
    let name = name.to_owned();
    let (asked, begun) = (control.clone(), control.clone());
    builder
        .enable_all()
        // It is asked for a name whenever a thread is to start.
        .thread_name_fn(move || {
            asked.threads.expect();
            name.clone()
        })
        .on_thread_start(move || member::begin_other(&begun))
        .on_thread_park(member::parks)
        .on_thread_unpark(member::yields);
    builder
}

/// Where the thread of a worker cannot be had, tokio panics, and then waits for ever for the other workers, unless it is on a
/// thread that must not wait.
#[cfg(feature = "rt-multi-thread")]
pub(super) fn build_workers(builder: &mut Builder) -> io::Result<Runtime> {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    let refused = || io::Error::new(io::ErrorKind::WouldBlock, "the system refuses the thread of a worker");
    let build = || {
        let must_not_wait = Builder::new_current_thread().build()?;
        let built = must_not_wait.block_on(async { catch_unwind(AssertUnwindSafe(|| builder.build())) });
        built.unwrap_or_else(|_| Err(refused()))
    };
    // The caller may be on such a thread itself, where one cannot block on a second runtime.
    thread::scope(|scope| thread::Builder::new().spawn_scoped(scope, build)?.join().unwrap_or_else(|_| Err(refused())))
}
