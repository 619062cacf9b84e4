//! What is asked of a runtime, and what is so.

use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::outcome::{Outcome, Panic};
use super::threads::{Thread, Threads};
use crate::collector::Origin;
use crate::lock::lock;
use crate::place::Mark;

/// What the handle of a runtime and its threads share.
#[derive(Debug)]
pub(super) struct Control {
    asked: Mutex<Asked>,
    /// Wakes a root that is paused.
    changed: Condvar,
    status: watch::Sender<Status>,
    pub(super) threads: Threads,
    /// On its threads, and on those that they start.
    pub(super) mark: Mark,
    tolerates_panics: bool,
    /// Whose events its threads report through `tracing`.
    pub(super) origin: Origin,
}

#[derive(Debug, Default)]
struct Asked {
    kill: bool,
    pause: bool,
    panic: Option<Panic>,
    /// Wakes the root.
    root: Option<Waker>,
    /// As long as calls are polled in it.
    runtime: Option<Handle>,
}

/// What is so.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Status {
    pub(super) is_paused: bool,
    /// The life is over, and what the runtime holds is being dropped.
    pub(super) is_ending: bool,
    /// All of it is dropped, and its outcome was told.
    pub(super) has_ended: bool,
    /// No thread is left.
    pub(super) is_gone: bool,
}

impl Control {
    pub(super) fn new(name: &str, workers: Option<NonZeroUsize>, tolerates_panics: bool, origin: Origin) -> Self {
        Self {
            asked: Mutex::default(),
            changed: Condvar::new(),
            status: watch::Sender::default(),
            threads: Threads::new(workers.map_or(0, usize::from)),
            mark: Mark::new(name),
            tolerates_panics,
            origin,
        }
    }

    /// Calls may come.
    pub(super) fn open(&self, runtime: Handle) {
        self.asked().runtime = Some(runtime);
    }

    /// Calls come to an end.
    pub(super) fn close(&self) {
        let mut asked = self.asked();
        // Both of them hold the runtime's descriptors, and it holds this.
        let held = (asked.root.take(), asked.runtime.take());
        drop(asked);
        drop(held);
        self.status.send_modify(|status| status.is_ending = true);
    }

    /// The runtime, for calls, until it ends.
    pub(super) fn runtime(&self) -> Option<Handle> {
        self.asked().runtime.clone()
    }

    pub(super) fn status(&self) -> Status {
        *self.status.borrow()
    }

    /// Waits until this is so.
    pub(super) async fn wait_for(&self, is_so: fn(&Status) -> bool) {
        // It fails when the sender is dropped, which is part of what is borrowed here.
        let _ = self.status.subscribe().wait_for(is_so).await;
    }

    pub(super) fn kill(&self) {
        self.ask(|asked| asked.kill = true);
    }

    pub(super) fn pause(&self) {
        self.ask(|asked| asked.pause = true);
    }

    pub(super) fn resume(&self) {
        self.ask(|asked| asked.pause = false);
    }

    /// A panic on one of its threads: the first one is its end.
    pub(super) fn note(&self, panic: Panic) {
        if !self.tolerates_panics {
            self.ask(|asked| asked.panic = asked.panic.take().or(Some(panic)));
        }
    }

    /// Sends word to the root.
    fn ask(&self, change: impl FnOnce(&mut Asked)) {
        let mut asked = self.asked();
        change(&mut asked);
        let root = asked.root.clone();
        drop(asked);
        self.changed.notify_all();
        root.into_iter().for_each(Waker::wake);
    }

    /// Blocks the root while it is to be paused. What is to be done then: an end by a kill or a panic, if there is one.
    pub(super) fn attend(&self, root: &Waker, thread: &Thread) -> Option<Ending> {
        let mut asked = self.asked();
        asked.is_heard_by(root);
        if asked.is_to_rest() {
            thread.idles();
            self.status.send_modify(|status| status.is_paused = true);
            while asked.is_to_rest() {
                asked = self.changed.wait(asked).unwrap_or_else(PoisonError::into_inner);
            }
            self.status.send_modify(|status| status.is_paused = false);
            thread.yields();
        }
        asked.ending()
    }

    /// The panic that was noted, if there was one.
    pub(super) fn panic(&self) -> Option<Panic> {
        self.asked().panic.clone()
    }

    /// All that it held is dropped.
    pub(super) fn ended(&self) {
        self.status.send_modify(|status| status.has_ended = true);
    }

    /// No thread is left.
    pub(super) fn gone(&self) {
        self.status.send_modify(|status| status.is_gone = true);
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        lock(&self.asked)
    }
}

/// For a life without a thread.
#[cfg(feature = "simulated")]
impl Control {
    /// What is to be done, where nothing blocks: this waker hears of what is asked from now on.
    pub(super) fn heed(&self, root: &Waker) -> Option<Ending> {
        let mut asked = self.asked();
        asked.is_heard_by(root);
        asked.ending()
    }

    /// What is to be done now.
    pub(super) fn ending(&self) -> Option<Ending> {
        self.asked().ending()
    }

    /// Whether it is to be paused, which is so from now on.
    pub(super) fn rests(&self) -> bool {
        let is_to_rest = self.asked().is_to_rest();
        let note = |status: &mut Status| std::mem::replace(&mut status.is_paused, is_to_rest) != is_to_rest;
        self.status.send_if_modified(note);
        is_to_rest
    }
}

impl Asked {
    fn is_heard_by(&mut self, root: &Waker) {
        if !self.root.as_ref().is_some_and(|known| known.will_wake(root)) {
            self.root = Some(root.clone());
        }
    }

    fn is_to_rest(&self) -> bool {
        self.pause && !self.kill
    }

    fn ending(&self) -> Option<Ending> {
        if self.kill {
            return Some(Ending::Kill);
        }
        self.panic.clone().map(Ending::Panic)
    }
}

/// Why a life ends that has not returned.
#[derive(Debug)]
pub(super) enum Ending {
    Kill,
    Panic(Panic),
}

impl Ending {
    pub(super) fn outcome<T>(self) -> Outcome<T> {
        match self {
            Ending::Kill => Outcome::Killed,
            Ending::Panic(panic) => Outcome::Panicked(panic),
        }
    }
}
