use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, kill_process_group};
use tokio::sync::watch;

use super::leaders::leaders;
use super::suspend;
use crate::place::{Exit, Signal};

/// A running program with all its descendants. When it is dropped, all of them are killed at once, and reaped in the
/// background.
#[derive(Debug)]
pub(crate) struct Running {
    group: Arc<Group>,
    progress: watch::Receiver<Progress>,
}

/// The progress of a program.
#[derive(Clone, Debug)]
pub(super) enum Progress {
    Runs,
    /// It has ended; these are the descendants that it left running.
    Ended(Exit, Arc<[String]>),
    /// It and all its descendants have ended.
    Gone(Exit, Arc<[String]>),
}

/// The end of a program and all its descendants, whoever ends them.
#[derive(Clone, Debug)]
pub(super) struct Gone(watch::Receiver<Progress>);

impl Gone {
    /// Whether the program runs, as far as it is known.
    pub(super) fn is_of_running(&self) -> bool {
        matches!(*self.0.borrow(), Progress::Runs)
    }

    pub(super) async fn wait(mut self) {
        // Where nobody watches it any more nothing is left to wait for.
        let _ = self.0.wait_for(|progress| matches!(progress, Progress::Gone(..))).await;
    }
}

/// The process group of a program.
#[derive(Debug)]
pub(crate) struct Group {
    leader: Pid,
    /// What its program and all that it spawns have in their environment.
    mark: String,
    life: Mutex<Life>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Runs,
    /// It was asked to end.
    Stopping,
    /// It has ended, and its number may be reused.
    Over,
}

impl Running {
    pub(super) fn new(group: Arc<Group>, progress: watch::Receiver<Progress>) -> Self {
        Self { group, progress }
    }

    pub(crate) fn group(&self) -> &Arc<Group> {
        &self.group
    }

    /// Records that it is being stopped, and sends it the signal.
    pub(crate) fn stop(&self, signal: Signal) -> io::Result<()> {
        let mut life = self.group.life();
        match *life {
            Life::Over => Ok(()),
            Life::Runs | Life::Stopping => {
                *life = Life::Stopping;
                Ok(kill_process_group(self.group.leader, signal.system())?)
            }
        }
    }

    /// Resolves when it has ended, with the names of the descendants that it left running.
    pub(crate) async fn ended(&self) -> io::Result<(Exit, Arc<[String]>)> {
        self.until(|progress| match progress {
            Progress::Ended(exit, left) | Progress::Gone(exit, left) => Some((*exit, left.clone())),
            Progress::Runs => None,
        })
        .await
    }

    pub(super) fn when_gone(&self) -> Gone {
        Gone(self.progress.clone())
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
        let _ = self.stop(Signal::Kill);
    }
}

impl Group {
    pub(super) fn new(leader: Pid, mark: String) -> Self {
        leaders().insert(leader);
        Self { leader, mark, life: Mutex::new(Life::Runs) }
    }

    /// The id of the program's process.
    pub(crate) fn leader(&self) -> u32 {
        self.leader.as_raw_nonzero().get().unsigned_abs()
    }

    /// # Errors
    /// When the program has ended.
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        match *self.life() {
            Life::Over => Err(io::ErrorKind::NotFound.into()),
            Life::Runs | Life::Stopping => Ok(kill_process_group(self.leader, signal.system())?),
        }
    }

    /// Suspends the group and the descendants that have left it, and resolves when none of them runs.
    ///
    /// # Errors
    /// When the program has ended, or some of its processes do not stop.
    pub(crate) async fn suspend(&self) -> io::Result<()> {
        self.signal(Signal::Suspend)?;
        suspend::suspend(self.leader, self.mark.clone()).await
    }

    /// Resumes the group and the descendants that have left it.
    ///
    /// # Errors
    /// When the program has ended.
    pub(crate) async fn resume(&self) -> io::Result<()> {
        self.signal(Signal::Resume)?;
        suspend::resume(self.mark.clone()).await;
        Ok(())
    }

    pub(super) fn is_stopping(&self) -> bool {
        *self.life() != Life::Runs
    }

    /// Kills what is left of the group, before the number of the group may be reused.
    pub(super) fn end(&self) {
        let mut life = self.life();
        if *life != Life::Over {
            // The group may be empty.
            let _ = kill_process_group(self.leader, Signal::Kill.system());
            *life = Life::Over;
            leaders().remove(&self.leader);
        }
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
