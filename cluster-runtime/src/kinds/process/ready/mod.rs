//! How one knows that a program is ready. Ask the program itself where you can: a line of its output depends on what it is
//! told to write.

mod file;
mod http;
mod log_line;
mod port;
mod probe;
mod unix_socket;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::ProcessContext;
use crate::clock::{Deadline, pause};
use crate::error::Result;

/// The pause after the first attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// The longest pause between two attempts: it grows by half each time.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How one knows that a program is ready.
///
/// # Examples
/// ```
/// use cluster_runtime::{Process, Ready};
///
/// let server = Process::new("server", |node, command| {
///     command.arg("--http").arg(node.addr_of("http"));
/// })
/// .port("http")
/// .ready(Ready::http("http", "/health"));
/// ```
#[derive(Clone)]
pub struct Ready {
    sign: Sign,
    /// What it is expected to do, for a report.
    expected: String,
}

#[derive(Clone)]
enum Sign {
    /// It runs.
    Spawned,
    /// Its events say so.
    Reported,
    /// It writes a line that contains this.
    LogLine(Arc<str>),
    /// It puts a file there.
    File(Arc<str>),
    /// It answers.
    Answer(Probe),
}

/// One attempt; it says why the program is not ready yet.
type Probe = Arc<dyn Fn(ProcessContext) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

impl Ready {
    /// It is ready as soon as it runs.
    pub fn spawned() -> Self {
        Self { sign: Sign::Spawned, expected: "it is ready as soon as it runs".to_owned() }
    }

    /// It is ready when its [events](super::Process::events) say so, by [`ready`](crate::NodeContext::ready).
    pub fn reported() -> Self {
        Self { sign: Sign::Reported, expected: "its events have not said that it is ready".to_owned() }
    }

    fn answer<R>(expected: String, attempt: impl Fn(ProcessContext) -> R + Send + Sync + 'static) -> Self
    where
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self { sign: Sign::Answer(Arc::new(move |node| Box::pin(attempt(node)))), expected }
    }

    /// Forgets the signs of an earlier run.
    pub(super) async fn prepare(&self, node: &ProcessContext) -> Result {
        match &self.sign {
            Sign::File(file) => node.remove(file).await,
            _ => Ok(()),
        }
    }

    /// The text of the line that says that it is ready.
    pub(super) fn expected_line(&self) -> Option<&str> {
        match &self.sign {
            Sign::LogLine(text) => Some(text),
            _ => None,
        }
    }

    /// Resolves when it is ready.
    pub(super) async fn wait(&self, node: &ProcessContext) {
        node.waiting_for(&self.expected);
        match &self.sign {
            Sign::Spawned | Sign::Reported | Sign::LogLine(_) => node.is_ready().await,
            Sign::File(file) => until(node, &self.expected, || file::is_there(node, file)).await,
            Sign::Answer(attempt) => until(node, &self.expected, || attempt(node.clone())).await,
        }
        node.ready();
    }

    /// Says that it runs, if no more is expected of it.
    pub(super) fn runs(&self, node: &ProcessContext) {
        if matches!(self.sign, Sign::Spawned) {
            node.ready();
        }
    }
}

/// Tries again and again. A report of a timeout tells why the last attempt failed.
async fn until<F: Future<Output = Result<(), String>>>(node: &ProcessContext, expected: &str, attempt: impl Fn() -> F) {
    let mut wait = FIRST_PAUSE;
    loop {
        let outcome = Deadline::after(PATIENCE).bound(attempt()).await;
        match outcome.unwrap_or_else(|| Err(format!("no answer within {PATIENCE:?}"))) {
            Ok(()) => return,
            Err(why) => node.waiting_for(&format!("{expected}: {why}")),
        }
        pause(wait).await;
        wait = wait.mul_f64(1.5).min(LONGEST_PAUSE);
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ready").field(&self.expected).finish()
    }
}
