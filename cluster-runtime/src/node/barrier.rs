//! Holds the tasks of a node back while it is paused.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Poll, Waker};

use tokio::sync::Notify;

use crate::lock::lock;

#[derive(Debug, Default)]
pub(crate) struct Barrier {
    is_closed: AtomicBool,
    /// How many tasks are being polled at this moment.
    polled: AtomicUsize,
    idle: Notify,
    /// The tasks that wait before it, by their numbers.
    waiting: Mutex<Vec<(u64, Waker)>>,
}

impl Barrier {
    /// Lets no task through, and resolves when none is being polled. It is open again if this is dropped before.
    pub(super) async fn close(&self) {
        let reopen = Reopen(self);
        self.is_closed.store(true, Ordering::SeqCst);
        loop {
            let idle = self.idle.notified();
            if self.polled.load(Ordering::SeqCst) == 0 {
                std::mem::forget(reopen);
                return;
            }
            idle.await;
        }
    }

    /// Lets all tasks through again.
    pub(super) fn open(&self) {
        self.is_closed.store(false, Ordering::SeqCst);
        let waiting = std::mem::take(&mut *self.waiting());
        waiting.into_iter().for_each(|(_, task)| task.wake());
    }

    /// Whether a task is being polled at this moment.
    pub(super) fn is_busy(&self) -> bool {
        self.polled.load(Ordering::SeqCst) > 0
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<(u64, Waker)>> {
        lock(&self.waiting)
    }
}

struct Reopen<'a>(&'a Barrier);

impl Drop for Reopen<'_> {
    fn drop(&mut self) {
        self.0.open();
    }
}

/// A future that is polled only while the barrier is open.
pub(crate) fn behind<F>(barrier: Arc<Barrier>, mut future: F) -> impl Future<Output = F::Output> + Unpin + use<F>
where
    F: Future + Unpin,
{
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    poll_fn(move |cx| {
        // Counted before the barrier is looked at: who closes it looks in the other order.
        barrier.polled.fetch_add(1, Ordering::SeqCst);
        let _polled = Polled(&barrier);
        if barrier.is_closed.load(Ordering::SeqCst) {
            let mut waiting = barrier.waiting();
            // It may have been opened since.
            if barrier.is_closed.load(Ordering::SeqCst) {
                match waiting.binary_search_by_key(&id, |(task, _)| *task) {
                    Ok(found) => waiting[found].1.clone_from(cx.waker()),
                    Err(place) => waiting.insert(place, (id, cx.waker().clone())),
                }
                return Poll::Pending;
            }
        }
        Pin::new(&mut future).poll(cx)
    })
}

struct Polled<'a>(&'a Barrier);

impl Drop for Polled<'_> {
    fn drop(&mut self) {
        if self.0.polled.fetch_sub(1, Ordering::SeqCst) == 1 && self.0.is_closed.load(Ordering::SeqCst) {
            self.0.idle.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_closed_barrier_stops_a_task_and_an_open_one_lets_it_go_on() {
        let (barrier, count) = (Arc::new(Barrier::default()), Arc::new(AtomicUsize::new(0)));
        let counting = count.clone();
        let task = tokio::spawn(behind(
            barrier.clone(),
            Box::pin(async move {
                loop {
                    counting.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                }
            }),
        ));
        while count.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        barrier.close().await;
        let stopped_at = count.load(Ordering::SeqCst);
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(count.load(Ordering::SeqCst), stopped_at, "it ran while the barrier was closed");
        barrier.open();
        while count.load(Ordering::SeqCst) == stopped_at {
            tokio::task::yield_now().await;
        }
        task.abort();
    }
}
