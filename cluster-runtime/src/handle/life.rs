use serde_json::{Value, json};

use super::any_node::AnyNode;
use crate::driver::Task;
use crate::error::{End, Error};
use crate::event::Level;
use crate::isolated::{Isolated, Options, Outcome};
use crate::kind::Isolation;
use crate::node::{NodeContext, Runner, catch_panic};

impl AnyNode {
    /// Runs the node, unless it was stopped in the meantime.
    pub(crate) fn launch(&self) {
        if self.state().lifecycle().is_to_end() {
            return self.context().end(End::Killed);
        }
        match self.profile().isolation {
            Isolation::Shared => {
                // Created before the task, which may be aborted before it is polled for the first time.
                let note = EndNote { node: self.context().clone(), end: End::RuntimeGone };
                let task: Task = Box::pin(live(self.clone(), note));
                let task = tokio::spawn(task);
                self.state().lifecycle().runs_on(Runner::Task(task.abort_handle()));
            }
            Isolation::Own(options) => self.launch_isolated(options),
        }
    }

    /// Runs the node on a thread and a runtime of its own. Its end is recorded after everything that it held was dropped.
    fn launch_isolated(&self, options: Options) {
        let (node, context) = (self.clone(), self.context().clone());
        let life = move || async move {
            let end = run(&node).await;
            node.context().end_tasks().await;
            end
        };
        let ended = move |outcome| match outcome {
            Outcome::Returned(end) => record_end(&context, end),
            Outcome::Panicked(panic) => record_end(&context, context.end_by_panic(panic.message)),
            Outcome::Killed => context.end(End::Killed),
        };
        let origin = self.context().origin();
        let started = match self.context().home().and_then(|home| home.simulation()) {
            #[cfg(feature = "simulated")]
            Some(simulation) => Isolated::start_in(simulation, self.name(), options, origin, life, ended),
            _ => Isolated::start(self.name(), options, origin, life, ended),
        };
        match started {
            Ok(isolated) => self.state().lifecycle().runs_on(Runner::Isolated(isolated.into())),
            Err(error) => {
                let why = format!("no thread and runtime could be had for it: {error}");
                record_end(self.context(), End::from(Error::other(why)));
            }
        }
    }
}

/// Runs the node. Its end is recorded after everything that it held was dropped, even if the task is aborted.
async fn live(node: AnyNode, mut note: EndNote) {
    note.end = run(&node).await;
    node.context().end_tasks().await;
    report_end(node.context(), &note.end);
}

async fn run(node: &AnyNode) -> End {
    let kind = node.erased();
    let running = async {
        let _withdrawal = Withdrawal(node.context());
        kind.run(node.context().clone()).await
    };
    let life = node.context().behind_barrier(catch_panic(Box::pin(running)));
    let end = tokio::select! {
        biased;
        outcome = life => match outcome {
            Ok(Ok(())) => End::Returned,
            Ok(Err(error)) => End::from(error),
            Err(message) => node.context().end_by_panic(message),
        },
        // Polled second, so that a misuse of the last poll ends the node at once.
        end = node.state().lifecycle().until_condemned() => end,
    };
    // It may have been condemned by its last poll.
    let lifecycle = node.state().lifecycle();
    if lifecycle.is_kill_asked() { End::Killed } else { lifecycle.condemned().unwrap_or(end) }
}

fn record_end(node: &NodeContext, end: End) {
    report_end(node, &end);
    node.end(end);
}

fn report_end(node: &NodeContext, end: &End) {
    let (level, value) = match end {
        end if end.is_death() => (Level::Fatal, json!({ "cause": end.to_string() })),
        _ => (Level::Notice, Value::Null),
    };
    node.event(level, "node", "ended", value);
}

/// Withdraws what a node has provided when it is dropped: in the context of its runtime, which a destructor may need.
struct Withdrawal<'a>(&'a NodeContext);

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        self.0.state().lifecycle().withdraw();
    }
}

/// Records the end of a task when it is dropped: it is that of its runtime, unless the task has come to its end or was aborted.
struct EndNote {
    node: NodeContext,
    end: End,
}

impl Drop for EndNote {
    fn drop(&mut self) {
        self.node.end(self.end.clone());
    }
}
