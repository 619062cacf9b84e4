use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use crate::isolated::panic_message;
use crate::place::BoxFuture;

/// The output of `future`, or the message of its panic.
pub(crate) fn catch_panic<T>(mut future: BoxFuture<'_, T>) -> impl Future<Output = Result<T, String>> + Unpin {
    poll_fn(move |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic_message(&*panic))),
    })
}
