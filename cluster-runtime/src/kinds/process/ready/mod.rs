//! When a program is ready. Prefer probes of the program itself: whether it writes a line depends on how it is configured.

mod command;
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

use serde_json::json;

use super::ProcessContext;
use crate::clock::Deadline;
use crate::error::{Error, Result};
use crate::event::Level;

/// The pause after the first attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// A pause is this times the one before, and so about a sixth of the time that has passed: no more is lost by waiting.
const GROWTH: f64 = 1.2;
/// When a line that does not come is worth a word.
const SOON: Duration = Duration::from_secs(2);
/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The readiness check of a program. Prefer one that asks the program, as [`http`](Self::http) does: whether a line is
/// written may depend on the program's log level.
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
    /// The port that is probed.
    port: Option<&'static str>,
    /// What it is expected to do, for a report.
    expected: String,
}

#[derive(Clone)]
enum Sign {
    /// It runs.
    Spawned,
    /// Its events report it.
    Reported,
    /// It writes a line that contains this.
    LogLine(Arc<str>),
    /// It creates a file.
    File(Arc<str>),
    /// It answers.
    Answer(Probe),
}

/// One attempt; the error is the reason why the program is not ready yet.
type Probe = Arc<dyn Fn(ProcessContext) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

impl Ready {
    /// It is ready as soon as it runs.
    pub fn spawned() -> Self {
        Self::when(Sign::Spawned, "it is ready as soon as it runs")
    }

    /// It is ready when one of its [events](super::Process::events) functions calls [`ready`](crate::NodeContext::ready).
    pub fn reported() -> Self {
        Self::when(Sign::Reported, "its events have not reported that it is ready")
    }

    fn when(sign: Sign, expected: impl Into<String>) -> Self {
        Self { sign, port: None, expected: expected.into() }
    }

    fn answer<R>(expected: impl Into<String>, attempt: impl Fn(ProcessContext) -> R + Send + Sync + 'static) -> Self
    where
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self::when(Sign::Answer(Arc::new(move |node| Box::pin(attempt(node)))), expected)
    }

    /// Removes the file of an earlier run, and refuses a port on which another process listens.
    pub(super) async fn prepare(&self, node: &ProcessContext) -> Result {
        if let Sign::File(file) = &self.sign {
            node.remove(file).await?;
        }
        let Some(addr) = self.port.map(|port| node.addr_of(port)) else { return Ok(()) };
        match node.state().spot().occupant(addr) {
            None => Ok(()),
            Some(occupant) => Err(Error::other(format!(
                "{occupant} listens on {addr} before the program runs, so that its readiness cannot be checked\nhelp: end that, or configure it to use another port"
            ))),
        }
    }

    /// The text of the line at which it is ready.
    pub(super) fn expected_line(&self) -> Option<&str> {
        match &self.sign {
            Sign::LogLine(text) => Some(text),
            _ => None,
        }
    }

    /// Resolves when it is ready.
    pub(super) async fn wait(&self, node: &ProcessContext) -> Result {
        node.waiting_for(&self.expected);
        match &self.sign {
            Sign::Spawned | Sign::Reported => node.is_ready().await,
            Sign::LogLine(text) => self.line(node, text).await,
            Sign::File(file) => self.ask(node, file::probe(file.clone())).await?,
            Sign::Answer(attempt) => self.ask(node, attempt.clone()).await?,
        }
        node.ready();
        Ok(())
    }

    /// Waits for the line, and says so when it does not come soon.
    async fn line(&self, node: &ProcessContext, text: &str) {
        tokio::select! {
            biased;
            () = node.is_ready() => return,
            () = node.state().spot().sleep(SOON) => {}
        }
        let text = text.to_lowercase();
        let why = match node.log().line_that(|line| line.to_lowercase().contains(&text)) {
            Some(line) => format!("{} in {SOON:?}, but one with other capitals: `{line}`", self.expected),
            None => {
                format!("{} in {SOON:?}; if it has, a pipe's buffer holds it: see `Process::unbuffered`", self.expected)
            }
        };
        node.event(Level::Warning, "process", "line_missing", json!(why));
        node.is_ready().await;
    }

    /// Probes on the node's driver, so that a test that blocks its own threads does not delay it.
    async fn ask(&self, node: &ProcessContext, attempt: Probe) -> Result {
        node.driver()?.run(until(node.clone(), self.expected.clone(), attempt)).await;
        Ok(())
    }

    /// The program runs: if no more is expected of it, it is ready.
    pub(super) fn runs(&self, node: &ProcessContext) {
        if matches!(self.sign, Sign::Spawned) {
            node.ready();
        }
    }
}

/// Retries until an attempt succeeds. The report of a timeout has the error of the last one.
async fn until(node: ProcessContext, expected: String, attempt: Probe) {
    let mut wait = FIRST_PAUSE;
    loop {
        let outcome = Deadline::after(PATIENCE).bound(attempt(node.clone())).await;
        match outcome.unwrap_or_else(|| Err(format!("no answer within {PATIENCE:?}"))) {
            Ok(()) => return,
            Err(why) => node.waiting_for(&format!("{expected}: {why}")),
        }
        node.state().spot().sleep(wait).await;
        wait = wait.mul_f64(GROWTH).min(LONGEST_PAUSE);
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ready").field(&self.expected).finish()
    }
}
