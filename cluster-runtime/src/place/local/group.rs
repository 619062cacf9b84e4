use std::io;
use std::sync::{Mutex, MutexGuard};

use rustix::process::{Pid, kill_process_group};

use super::leaders::leaders;
use super::suspend;
use crate::lock::lock;
use crate::place::{BoxFuture, Program, Signal};

/// The process group of a program. When it is killed, its processes are reaped in the background.
#[derive(Debug)]
pub(super) struct Group {
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

impl Group {
    pub(super) fn new(leader: Pid, mark: String) -> Self {
        leaders().insert(leader);
        Self { leader, mark, life: Mutex::new(Life::Runs) }
    }

    /// The id of the program's process.
    pub(super) fn leader(&self) -> u32 {
        self.leader.as_raw_nonzero().get().unsigned_abs()
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
        lock(&self.life)
    }
}

impl Program for Group {
    fn process(&self) -> Option<u32> {
        Some(self.leader())
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        match *self.life() {
            Life::Over => Err(io::ErrorKind::NotFound.into()),
            Life::Runs | Life::Stopping => Ok(kill_process_group(self.leader, signal.system())?),
        }
    }

    /// Records that it is being stopped, too.
    fn stop(&self, signal: Signal) -> io::Result<()> {
        let mut life = self.life();
        match *life {
            Life::Over => Ok(()),
            Life::Runs | Life::Stopping => {
                *life = Life::Stopping;
                Ok(kill_process_group(self.leader, signal.system())?)
            }
        }
    }

    /// Those that have left the group, too.
    fn suspend(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async {
            self.signal(Signal::Suspend)?;
            suspend::suspend(self.leader, self.mark.clone()).await
        })
    }

    /// Those that have left the group, too.
    fn resume(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async {
            self.signal(Signal::Resume)?;
            suspend::resume(self.mark.clone()).await;
            Ok(())
        })
    }
}
