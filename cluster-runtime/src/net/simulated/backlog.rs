use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use super::connection::End;

use crate::lock::lock;

/// Connections that were dialled and are not accepted yet.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    ends: Mutex<VecDeque<End>>,
    dialled: Notify,
    /// Its node has ended.
    is_dead: AtomicBool,
}

impl Backlog {
    pub(super) fn add(&self, end: End) {
        lock(&self.ends).push_back(end);
        self.dialled.notify_waiters();
    }

    /// The node has ended: nobody accepts any more.
    pub(super) fn die(&self) {
        self.is_dead.store(true, Ordering::SeqCst);
        let ends = std::mem::take(&mut *lock(&self.ends));
        drop(ends);
    }

    /// Waits for the next dial after the moment of the call.
    pub(super) fn dialled(&self) -> impl Future<Output = ()> + Send {
        self.dialled.notified()
    }

    pub(super) fn take(&self) -> Option<End> {
        if self.is_dead.load(Ordering::SeqCst) {
            return None;
        }
        lock(&self.ends).pop_front()
    }
}
