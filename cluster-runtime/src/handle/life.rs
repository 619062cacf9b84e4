use serde_json::{Value, json};

use super::any_node::AnyNode;
use crate::error::End;
use crate::event::Level;
use crate::node::{NodeContext, catch_panic};

impl AnyNode {
    /// Starts the node's life as a task. One that was stopped meanwhile ends here.
    pub(crate) fn launch(&self) {
        // Made before the task, which may be ended before it is polled for the first time.
        let note = EndNote { node: self.context().clone(), end: End::Killed };
        if self.state().lifecycle().is_stop_asked() {
            return;
        }
        let task = tokio::spawn(live(self.clone(), note));
        self.state().lifecycle().spawned(task.abort_handle());
    }
}

/// The node's life. Whatever ends it, even its task being dropped, is noted after all that it held is gone.
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
        // After it, so that what it has just done ends it at once.
        end = node.state().lifecycle().until_condemned() => end,
    };
    // It may have been condemned in its last moment.
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
