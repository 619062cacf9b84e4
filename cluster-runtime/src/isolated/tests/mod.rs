//! What an isolated runtime promises, by behaviour.
#![allow(clippy::disallowed_methods, reason = "its nodes use sockets as a service does")]

mod blocked;
mod call;
mod kill;
mod panics;
mod pause;
mod start;

use std::future::Future;
use std::process::{Command, Output};
use std::time::Duration;

use tokio::sync::oneshot;

use super::{Isolated, Options, Outcome};
use crate::clock::Deadline;
use crate::collector::Origin;

/// Starts a life that has a name of its own, and gives what resolves at its end.
fn start<F: Future<Output: Send + 'static>>(
    name: &str,
    life: impl FnOnce() -> F + Send + 'static,
) -> (Isolated, oneshot::Receiver<Outcome<F::Output>>) {
    start_with(name, Options::default(), life)
}

fn start_with<F: Future<Output: Send + 'static>>(
    name: &str,
    options: Options,
    life: impl FnOnce() -> F + Send + 'static,
) -> (Isolated, oneshot::Receiver<Outcome<F::Output>>) {
    let (tell, end) = oneshot::channel();
    let isolated = Isolated::start(name, options, Origin::default(), life, move |outcome| drop(tell.send(outcome)));
    (isolated.expect("a thread and a runtime can be had"), end)
}

#[cfg(feature = "rt-multi-thread")]
fn two_workers() -> Options {
    Options { workers: std::num::NonZeroUsize::new(2), ..Options::default() }
}

/// What comes soon, or the test fails.
async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    let output = Deadline::after(Duration::from_secs(10)).bound(future).await;
    output.unwrap_or_else(|| panic!("{what}: not within 10 s"))
}

/// How a life ended.
async fn end<T>(end: oneshot::Receiver<Outcome<T>>) -> Outcome<T> {
    soon("its end", end).await.expect("its end is told")
}

/// Whether this has not come after a while in which it could have.
async fn is_pending(future: impl Future) -> bool {
    Deadline::after(Duration::from_millis(50)).bound(future).await.is_none()
}

/// Runs one of the tests that are ignored, in a process of its own, by this command.
fn run_alone(mut command: Command, test: &str) -> Output {
    let this = std::env::current_exe().expect("this is a program");
    command.arg(this).args(["--exact", "--ignored", &format!("isolated::tests::{test}")]);
    let output = command.output().expect("this test runs again");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("running 1 test"), "no test is called {test}:\n{text}");
    output
}

/// A command that runs its arguments.
fn plainly() -> Command {
    Command::new("env")
}

fn assert_passes(output: &Output) {
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{error}");
}
