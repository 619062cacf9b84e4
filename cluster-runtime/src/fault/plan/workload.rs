use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use super::ongoing::Ongoing;
use crate::clock::{self, Deadline, rounded};
use crate::error::{Error, Result};

/// How long it may leave no time to the plan.
const MOST_BUSY: Duration = Duration::from_secs(5);

/// Begins it.
pub(super) type Start<'a> = Box<dyn FnOnce(Ongoing) -> Work<'a> + Send + 'a>;

/// What it does.
pub(super) type Work<'a> = Pin<Box<dyn Future<Output = Result> + Send + 'a>>;

/// What the test does while a plan runs.
pub(super) struct Workload<'a> {
    future: Work<'a>,
    output: Option<Result>,
    /// The longest time between two awaits.
    busy: Duration,
}

impl<'a> Workload<'a> {
    pub(super) fn new(future: Work<'a>) -> Self {
        Self { future, output: None, busy: Duration::ZERO }
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
        if self.output.is_some() {
            return;
        }
        let began = clock::wall_instant();
        let polled = self.future.as_mut().poll(cx);
        self.busy = self.busy.max(clock::wall_instant() - began);
        self.output = match polled {
            Poll::Ready(_) if self.busy > MOST_BUSY => Some(Err(Error::other(format!(
                "it left the plan no time for {:?}\nhelp: it shares a task with its plan: let it await something, such as a pause",
                rounded(self.busy)
            )))),
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        };
    }
}
