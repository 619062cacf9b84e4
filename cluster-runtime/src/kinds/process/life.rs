//! The life of a program.

use std::sync::Arc;

use serde_json::json;

use super::handle::RunningProgram;
use super::output::Output;
use super::{Description, ProcessContext, wrap};
use crate::clock::{Deadline, rounded};
use crate::error::{Error, Exited, Result};
use crate::event::Level;
use crate::node::NodeContext;
use crate::place::{Exit, Launch, Running, Signal};

/// Runs the program until it ends, or the test stops it.
pub(super) async fn live(description: Arc<Description>, node: NodeContext) -> Result {
    let context = ProcessContext::new(&node, &description)?;
    let running = run(&description, &context).await?;
    node.provide(Arc::new(RunningProgram::new(running.program().clone())));
    description.ready.runs(&context);
    let started = context.state().spot().now();
    tokio::select! {
        biased;
        () = node.killed() => kill(&running).await,
        ended = running.ended() => {
            let (exit, left) = ended?;
            let (program, after) = (description.program.clone(), context.state().spot().now() - started);
            Err(Error::other(Exited { program, exit, unasked_after: Some(after), left: left.to_vec() }))
        }
        () = node.stopped() => tokio::select! {
            biased;
            () = node.killed() => kill(&running).await,
            stopped = stop(&description, &context, &running) => stopped,
        },
    }
}

async fn run(description: &Description, context: &ProcessContext) -> Result<Running> {
    let mut command = context.command();
    (description.command)(context, &mut command);
    for (wrapper, arguments) in &description.wrappers {
        command = command.wrapped(wrapper, arguments);
    }
    if let Some([wrapper, arguments @ ..]) = wrap::wrapper(context.name(), context.dir()).as_deref() {
        command = command.wrapped(wrapper, arguments);
    }
    let written = command.written();
    let launch = Launch {
        pipes: description.listeners.iter().filter_map(|listener| listener.source.pipe_name()).collect(),
        without_reuseaddr: description.without_reuseaddr,
        ..command.launch()
    };
    let output = Box::new(Output::new(context.clone(), description));
    let running = context.state().spot().spawn(context.driver()?, &launch, output).await?;
    let value = json!({ "process": running.program().process(), "command": written });
    context.event(Level::Info, "process", "spawned", value);
    Ok(running)
}

/// Asks the program to end, and kills it after its grace time. Its descendants end with it.
async fn stop(description: &Description, context: &ProcessContext, running: &Running) -> Result {
    running.stop(description.stop_signal)?;
    let grace = Deadline::after(description.grace);
    let outcome = match grace.bound(running.ended()).await {
        Some(ended) => in_order(description, ended?.0),
        None => {
            let grace = rounded(grace.total());
            eprintln!("node `{}` did not end within its grace time of {grace:?}, and was killed", context.name());
            let value = json!({ "after": format!("{grace:?}") });
            context.event(Level::Warning, "process", "killed", value);
            running.stop(Signal::Kill)?;
            Ok(())
        }
    };
    running.gone().await?;
    outcome
}

/// Kills the program and its descendants.
async fn kill(running: &Running) -> Result {
    running.stop(Signal::Kill)?;
    Ok(running.gone().await?)
}

/// # Errors
/// When this exit is not a success of a program that was asked to end.
fn in_order(description: &Description, exit: Exit) -> Result {
    let asked = Exit::from(description.stop_signal);
    if exit == Exit::Status(0) || exit == asked || description.clean_exits.contains(&exit) {
        return Ok(());
    }
    let program = description.program.clone();
    Err(Error::other(Exited { program, exit, unasked_after: None, left: Vec::new() }))
}
