use serde_json::{Value, json};

use super::any_node::AnyNode;
use crate::error::End;
use crate::event::Level;
use crate::node::{NodeContext, catch_panic};

impl AnyNode {
    /// Runs the node as a task, unless it was stopped in the meantime.
    pub(crate) fn launch(&self) {
        // Created before the task, which may be aborted before it is polled for the first time.
        let note = EndNote { node: self.context().clone(), end: End::Killed };
        if self.state().lifecycle().is_stop_asked() {
            return;
        }
        let task = tokio::spawn(live(self.clone(), note));
        self.state().lifecycle().spawned(task.abort_handle());
    }
}

/// Runs the node. Its end is recorded after everything that it held was dropped, even if the task is aborted.
async fn live(node: AnyNode, mut note: EndNote) {
    note.end = run(&node).await;
    node.context().end_tasks().await;
    let (level, value) = match &note.end {
        end if end.is_death() => (Level::Fatal, json!({ "cause": end.to_string() })),
        _ => (Level::Notice, Value::Null),
    };
    node.context().event(level, "node", "ended", value);
}

async fn run(node: &AnyNode) -> End {
    let life = catch_panic(node.erased().run(node.context().clone()));
    let end = tokio::select! {
        biased;
        outcome = life => match outcome {
            Ok(Ok(())) => End::Returned,
            Ok(Err(error)) => End::from(error),
            Err(message) => End::Panicked(message),
        },
        // Polled second, so that a misuse of the last poll ends the node at once.
        end = node.state().lifecycle().until_condemned() => end,
    };
    // It may have been condemned by its last poll.
    node.state().lifecycle().condemned().unwrap_or(end)
}

struct EndNote {
    node: NodeContext,
    end: End,
}

impl Drop for EndNote {
    fn drop(&mut self) {
        self.node.end(self.end.clone());
    }
}
