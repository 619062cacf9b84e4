//! The life of a program.

use std::sync::Arc;
use std::time::Instant;

use serde_json::json;

use super::events::Origin;
use super::handle::RunningProgram;
use super::output::Output;
use super::{Description, ProcessContext};
use crate::clock::Deadline;
use crate::error::{Error, Exited, Result};
use crate::event::Level;
use crate::node::NodeContext;
use crate::place::{Exit, NamedPipe, Running, Signal, spawn};

/// Runs the program until it ends, or the test stops it.
pub(super) async fn live(description: Arc<Description>, node: NodeContext) -> Result {
    let context = ProcessContext::new(&node, &description)?;
    let running = run(&description, &context)?;
    node.provide(Arc::new(RunningProgram::new(running.group().clone())));
    description.ready.runs(&context);
    let started = Instant::now();
    tokio::select! {
        ended = running.ended() => {
            let (exit, left) = ended?;
            let (program, unasked_after) = (description.program.clone(), Some(started.elapsed()));
            Err(Error::other(Exited { program, exit, unasked_after, left: left.to_vec() }))
        }
        () = node.stopped() => stop(&description, &context, &running).await,
    }
}

fn run(description: &Description, context: &ProcessContext) -> Result<Running> {
    let mut command = context.command();
    (description.command)(context, &mut command);
    let names = description.listeners.iter().filter_map(|listener| match &listener.source.0 {
        Origin::Pipe(name) => Some(name),
        Origin::Stdout | Origin::Stderr => None,
    });
    let pipes = names.map(|name| NamedPipe::create(&context.file(name))).collect::<Result<_, _>>()?;
    if description.without_reuseaddr {
        context.state().spot().release_ports();
    }
    let running = spawn(command.launch(), pipes, Output::new(context.clone(), description))?;
    let value = json!({ "process": running.group().leader(), "command": command.written() });
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
            let value = json!({ "after": format!("{:?}", grace.total()) });
            context.event(Level::Warning, "process", "killed", value);
            running.stop(Signal::Kill)?;
            Ok(())
        }
    };
    running.gone().await?;
    outcome
}

/// # Errors
/// When this is no end in good order of a program that was asked to end.
fn in_order(description: &Description, exit: Exit) -> Result {
    let asked = Exit::from(description.stop_signal);
    if exit == Exit::Status(0) || exit == asked || description.clean_exits.contains(&exit) {
        return Ok(());
    }
    let program = description.program.clone();
    Err(Error::other(Exited { program, exit, unasked_after: None, left: Vec::new() }))
}
