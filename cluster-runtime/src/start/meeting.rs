use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use tokio::sync::Notify;

/// Where nodes wait for each other.
pub(super) struct Meeting {
    missing: AtomicUsize,
    complete: Notify,
}

impl Meeting {
    pub(super) fn of(nodes: usize) -> Self {
        Self { missing: AtomicUsize::new(nodes), complete: Notify::new() }
    }

    /// Resolves when all have come. They go on in the order in which they came.
    pub(super) async fn attend(&self) {
        if self.come().await {
            self.go_on().await;
        }
    }

    /// Resolves with `true` for the one that comes last, on which it is to let all [go on](Self::go_on); for others when they may.
    pub(super) async fn come(&self) -> bool {
        let complete = self.complete.notified();
        let is_last = self.missing.fetch_sub(1, Ordering::AcqRel) == 1;
        if !is_last {
            complete.await;
        }
        is_last
    }

    /// Lets all go on, in the order in which they came: the caller was the last.
    pub(super) async fn go_on(&self) {
        self.complete.notify_waiters();
        queue_behind_woken().await;
    }
}

/// Lets those run first that the caller has woken. tokio's `yield_now` lets all others run first.
async fn queue_behind_woken() {
    let mut is_queued = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut is_queued, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
