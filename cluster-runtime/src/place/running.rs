use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::{BoxFuture, Exit, Signal};

use crate::lock::lock;

/// A program that a place runs, with all its descendants.
pub trait Program: fmt::Debug + Send + Sync + 'static {
    /// The number of its process, where it is one of this machine.
    fn process(&self) -> Option<u32> {
        None
    }

    /// Sends it and its descendants a signal. It need not have arrived when this returns.
    ///
    /// # Errors
    /// When the program has ended.
    fn signal(&self, signal: Signal) -> io::Result<()>;

    /// Sends it the signal by which it is asked to end, or is killed; nothing if it has ended. It is called at any moment, also when
    /// nobody waits any more.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    fn stop(&self, signal: Signal) -> io::Result<()>;

    /// Suspends it and its descendants. It resolves when none of them runs.
    ///
    /// # Errors
    /// When the program has ended, or some of it does not stop.
    fn suspend(&self) -> BoxFuture<'_, io::Result<()>>;

    /// Resumes it and its descendants.
    ///
    /// # Errors
    /// When the program has ended.
    fn resume(&self) -> BoxFuture<'_, io::Result<()>>;
}

/// A [`Program`] that was spawned. When it is dropped, the program is killed with all its descendants.
#[derive(Debug)]
pub struct Running {
    program: Arc<dyn Program>,
    progress: watch::Receiver<Progress>,
}

/// The progress of a program.
#[derive(Clone, Debug)]
enum Progress {
    Runs,
    /// It has ended; these are the descendants that it left running.
    Ended(Exit, Arc<[String]>),
    /// It and all its descendants have ended.
    Gone(Exit, Arc<[String]>),
}

/// Reports the end of a program to all that wait for it. If it is dropped before, their waits are errors.
#[derive(Debug)]
pub struct Watched(watch::Sender<Progress>);

/// The program of a node that was spawned last, for those that wait for its end and do not own it.
#[derive(Debug, Default)]
pub struct LastProgram(Mutex<Option<Spawned>>);

#[derive(Clone, Debug)]
struct Spawned {
    process: Option<u32>,
    progress: watch::Receiver<Progress>,
}

impl Running {
    /// A program that runs, and what reports its end.
    pub fn new(program: Arc<dyn Program>) -> (Self, Watched) {
        let (sender, progress) = watch::channel(Progress::Runs);
        (Self { program, progress }, Watched(sender))
    }

    pub(crate) fn program(&self) -> &Arc<dyn Program> {
        &self.program
    }

    pub(crate) fn stop(&self, signal: Signal) -> io::Result<()> {
        self.program.stop(signal)
    }

    /// Resolves when it has ended, with the names of the descendants that it left running.
    pub(crate) async fn ended(&self) -> io::Result<(Exit, Arc<[String]>)> {
        self.until(|progress| match progress {
            Progress::Ended(exit, left) | Progress::Gone(exit, left) => Some((exit.clone(), left.clone())),
            Progress::Runs => None,
        })
        .await
    }

    /// Resolves when it has ended, and all its descendants with it.
    pub(crate) async fn gone(&self) -> io::Result<()> {
        self.until(|progress| matches!(progress, Progress::Gone(..)).then_some(())).await
    }

    async fn until<T>(&self, check: impl Fn(&Progress) -> Option<T>) -> io::Result<T> {
        let mut progress = self.progress.clone();
        let found = progress.wait_for(|progress| check(progress).is_some()).await;
        let found = found.ok().and_then(|progress| check(&progress));
        found.ok_or_else(|| io::Error::other("the program is watched no longer"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.program.stop(Signal::Kill);
    }
}

impl Watched {
    /// The program has ended, and has left these descendants running.
    pub fn ended(&self, exit: Exit, left: impl Into<Arc<[String]>>) {
        self.0.send_replace(Progress::Ended(exit, left.into()));
    }

    /// None of its descendants is left: what it held, such as its ports and its directory, is free. It has ended before.
    pub fn gone(&self) {
        self.0.send_modify(|progress| {
            if let Progress::Ended(exit, left) = progress {
                *progress = Progress::Gone(exit.clone(), left.clone());
            }
        });
    }
}

impl LastProgram {
    /// This program was spawned.
    pub fn set(&self, running: &Running) {
        let (process, progress) = (running.program.process(), running.progress.clone());
        *lock(&self.0) = Some(Spawned { process, progress });
    }

    /// The number of its process, where it is one of this machine.
    pub(super) fn process(&self) -> Option<u32> {
        lock(&self.0).as_ref()?.process
    }

    /// Whether it runs, as far as it is known.
    pub fn is_running(&self) -> bool {
        lock(&self.0).as_ref().is_some_and(|last| matches!(*last.progress.borrow(), Progress::Runs))
    }

    /// Resolves when nothing is left of it, whoever ends it.
    pub async fn until_gone(&self) {
        let last = lock(&self.0).clone();
        if let Some(mut last) = last {
            // Where nobody watches it any more nothing is left to wait for.
            let _ = last.progress.wait_for(|progress| matches!(progress, Progress::Gone(..))).await;
        }
    }
}
