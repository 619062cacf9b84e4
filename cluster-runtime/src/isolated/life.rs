//! A life, on the thread that runs it.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::control::{Control, Ending};
use super::member;
use super::outcome::{Outcome, Panic};
use super::runtime::OwnRuntime;

/// Runs a life to its end, drops all that its runtime holds, and tells how it ended. The calling thread is the root's.
pub(super) fn run<F: Future>(
    runtime: OwnRuntime,
    control: &Arc<Control>,
    life: impl FnOnce() -> F,
    ended: impl FnOnce(Outcome<F::Output>),
) {
    let thread = member::begin_root(control);
    // Made in its first poll: what it does there already belongs to this runtime, and may panic.
    let mut life = Box::pin(async { life().await });
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(poll_fn(|cx| {
            thread.yields();
            let poll = poll(control, control.attend(cx.waker(), &thread), life.as_mut(), cx);
            if control.threads.has_workers() {
                thread.idles()
            } else {
                thread.yields()
            }
            poll
        }))
    }));
    let outcome = outcome
        .unwrap_or_else(|payload| Outcome::Panicked(control.panic().unwrap_or_else(|| Panic::caught(&*payload))));
    thread.yields();
    control.close();
    {
        let _context = runtime.enter();
        // Whatever a destructor does, the others have their turn.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(life)));
    }
    drop(runtime);
    thread.idles();
    control.threads.wait_for_workers();
    ended(outcome);
    control.ended();
}

/// Polls a life, unless it is to end.
pub(super) fn poll<F: Future>(
    control: &Control,
    ending: Option<Ending>,
    life: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<Outcome<F::Output>> {
    if let Some(ending) = ending {
        return Poll::Ready(ending.outcome());
    }
    let poll = life.poll(cx);
    // One that it has caught counts as well.
    match control.panic() {
        Some(panic) => Poll::Ready(Outcome::Panicked(panic)),
        None => poll.map(Outcome::Returned),
    }
}
