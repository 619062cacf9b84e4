use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use serde_json::{Value, json};

use super::AnyNode;
use crate::error::{Result, with_sources};
use crate::event::Level;
use crate::node::{End, State};

impl AnyNode {
    /// Starts the node's life as a task. One that was stopped meanwhile ends here.
    pub(crate) fn launch(&self) {
        // Made before the task, which may be ended before it is polled for the first time.
        let note = EndNote { state: self.state().clone(), end: End::Killed };
        if self.state().facts().stop_asked {
            return;
        }
        let task = tokio::spawn(live(self.clone(), note)).abort_handle();
        let stopped = self.state().change(|facts| {
            facts.task = Some(task.clone());
            facts.stop_asked
        });
        if stopped {
            task.abort();
        }
    }
}

/// The node's life. Whatever ends it, even its task being dropped, is noted after all that it held is gone.
async fn live(node: AnyNode, mut note: EndNote) {
    note.end = run(&node).await;
    let (level, value) = match &note.end {
        end if end.is_death() => (Level::Fatal, json!({ "cause": end.to_string() })),
        _ => (Level::Notice, Value::Null),
    };
    node.context().event(level, "node", "ended", value);
}

async fn run(node: &AnyNode) -> End {
    let mut life = pin!(catch_panic(node.erased().run(node.context().clone())));
    let mut misuse = pin!(node.state().until(|facts| facts.misuse.clone()));
    poll_fn(|cx| {
        let end = match life.as_mut().poll(cx) {
            Poll::Pending => None,
            Poll::Ready(Ok(Ok(()))) => Some(End::Returned),
            Poll::Ready(Ok(Err(error))) => Some(End::Failed(with_sources(&error))),
            Poll::Ready(Err(message)) => Some(End::Panicked(message)),
        };
        match (misuse.as_mut().poll(cx), end) {
            (Poll::Ready(misuse), _) => Poll::Ready(End::Failed(misuse)),
            (Poll::Pending, Some(end)) => Poll::Ready(end),
            (Poll::Pending, None) => Poll::Pending,
        }
    })
    .await
}

struct EndNote {
    state: Arc<State>,
    end: End,
}

impl Drop for EndNote {
    fn drop(&mut self) {
        self.state.end(self.end.clone());
    }
}

/// The output of `future`, or the message of its panic.
pub(crate) async fn catch_panic<T>(future: impl Future<Output = Result<T>>) -> Result<Result<T>, String> {
    let mut future = pin!(future);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(message_of(&*panic))),
    })
    .await
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
