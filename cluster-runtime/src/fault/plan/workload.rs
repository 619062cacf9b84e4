use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use crate::clock::Deadline;
use crate::error::{Error, Result};

/// What the test does while a plan runs.
pub(super) struct Workload<F> {
    future: Pin<Box<F>>,
    output: Option<Result>,
}

impl<F: Future<Output = Result>> Workload<F> {
    pub(super) fn new(future: F) -> Self {
        Self { future: Box::pin(future), output: None }
    }

    /// Goes on with it while something else is done.
    pub(super) async fn during<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = pin!(other);
        poll_fn(|cx| {
            self.poll(cx);
            other.as_mut().poll(cx)
        })
        .await
    }

    /// Goes on with it while something else is done; `None` as soon as it has failed.
    pub(super) async fn unless_failed<T>(&mut self, other: impl Future<Output = T>) -> Option<T> {
        let mut other = pin!(other);
        poll_fn(|cx| {
            self.poll(cx);
            match self.output {
                Some(Err(_)) => Poll::Ready(None),
                _ => other.as_mut().poll(cx).map(Some),
            }
        })
        .await
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// Its own, or when it has not ended at the deadline.
    pub(super) async fn finish(mut self, deadline: Deadline) -> Result {
        let ended = poll_fn(|cx| {
            self.poll(cx);
            self.output.take().map_or(Poll::Pending, Poll::Ready)
        });
        deadline.bound(ended).await.unwrap_or_else(|| {
            Err(Error::other(format!(
                "it did not end within {:?} after the plan\nhelp: end it when `faults.active()` is false",
                deadline.total()
            )))
        })
    }

    fn poll(&mut self, cx: &mut Context<'_>) {
        if self.output.is_none()
            && let Poll::Ready(output) = self.future.as_mut().poll(cx)
        {
            self.output = Some(output);
        }
    }
}
