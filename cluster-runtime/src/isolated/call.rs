use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::runtime::Handle;

use super::control::Control;

/// The runtime has ended, or had before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its runtime has ended")]
pub(crate) struct Ended;

/// The output of a future that is polled in a runtime's context, wherever it is awaited, and not while the runtime is paused. It is
/// dropped when the runtime begins to end, and the error comes when that is done.
pub(super) async fn call<F: Future>(control: &Control, call: F) -> Result<F::Output, Ended> {
    if let Some(runtime) = control.runtime() {
        let mut call = InContext { runtime, call: Some(Box::pin(call)) };
        loop {
            control.wait_for(|status| !status.is_paused || status.is_ending).await;
            if control.status().is_ending {
                break;
            }
            let mut halting = pin!(control.wait_for(|status| status.is_paused || status.is_ending));
            let output = std::future::poll_fn(|cx| match halting.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(None),
                Poll::Pending => call.poll(cx).map(Some),
            });
            if let Some(output) = output.await {
                return Ok(output);
            }
        }
    }
    control.wait_for(|status| status.has_ended).await;
    Err(Ended)
}

/// A future that is polled and dropped in a runtime's context.
struct InContext<F> {
    runtime: Handle,
    call: Option<Pin<Box<F>>>,
}

impl<F: Future> InContext<F> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _context = self.runtime.enter();
        match &mut self.call {
            Some(call) => call.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for InContext<F> {
    fn drop(&mut self) {
        let _context = self.runtime.enter();
        self.call = None;
    }
}
