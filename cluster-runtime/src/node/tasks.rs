//! The tasks that a node has spawned in its present run. The run is over when none of them is left.

use std::sync::{Mutex, MutexGuard};

use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::error::End;
use crate::lock::lock;

#[derive(Default)]
pub(super) struct Tasks {
    present: Mutex<Present>,
    left: Notify,
}

#[derive(Default)]
struct Present {
    next: u64,
    /// In the order of their numbers; without a handle until the task was spawned.
    handles: Vec<(u64, Option<AbortHandle>)>,
    /// Whether tasks are aborted as soon as they are spawned.
    is_ending: bool,
    /// The end to record when the last task has gone.
    end: Option<End>,
}

impl Tasks {
    /// A run begins.
    pub(super) fn begin(&self) {
        self.present().is_ending = false;
    }

    /// The number of a task that is about to be spawned.
    pub(super) fn add(&self) -> u64 {
        let mut present = self.present();
        present.next += 1;
        let number = present.next;
        present.handles.push((number, None));
        number
    }

    /// The task was spawned. It may have gone already.
    pub(super) fn spawned(&self, number: u64, task: &AbortHandle) {
        let mut present = self.present();
        let is_ending = present.is_ending;
        if let Ok(place) = present.place(number) {
            present.handles[place].1 = Some(task.clone());
        }
        drop(present);
        if is_ending {
            task.abort();
        }
    }

    /// The task has gone, and all that it held. Returns the end of the node, if it was the last to wait for.
    pub(super) fn gone(&self, number: u64) -> Option<End> {
        let mut present = self.present();
        if let Ok(place) = present.place(number) {
            present.handles.remove(place);
        }
        if !present.handles.is_empty() {
            return None;
        }
        let end = present.end.take();
        drop(present);
        self.left.notify_waiters();
        end
    }

    /// Aborts all of them, and those that are spawned until the next run.
    pub(super) fn abort(&self) {
        let mut present = self.present();
        present.is_ending = true;
        let handles: Vec<_> = present.handles.iter().filter_map(|(_, handle)| handle.clone()).collect();
        drop(present);
        handles.iter().for_each(AbortHandle::abort);
    }

    /// The node ends so. Returns the end if no task is left; otherwise [`gone`](Self::gone) does.
    pub(super) fn end(&self, end: End) -> Option<End> {
        let mut present = self.present();
        if present.handles.is_empty() {
            return Some(end);
        }
        present.end.get_or_insert(end);
        None
    }

    /// Resolves when none is left.
    pub(super) async fn until_none(&self) {
        loop {
            let left = self.left.notified();
            if self.present().handles.is_empty() {
                return;
            }
            left.await;
        }
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        lock(&self.present)
    }
}

impl Present {
    /// Where the task with this number is.
    fn place(&self, number: u64) -> Result<usize, usize> {
        self.handles.binary_search_by_key(&number, |(number, _)| *number)
    }
}
