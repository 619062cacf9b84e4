//! What an error found about nodes and links.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::end::End;
use super::phase::Phase;
use super::text::{error_chain, some_of};

/// A node that failed while it was started.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The node's name.
    pub node: Arc<str>,
    /// Where it failed.
    pub phase: Phase,
    /// How the work of that phase ended, or the node itself.
    pub end: End,
    /// Whether the node itself ended, which must go on while the start brings up the others.
    pub node_ended: bool,
    /// The lines of its log that matter.
    pub log: Vec<String>,
    /// What the random shapes of its cluster follow from, if a seed was drawn for them.
    pub seed: Option<u64>,
}

impl Failure {
    /// Why it failed, in words, and what to do if that is known.
    pub fn cause(&self) -> String {
        match (&self.end, self.phase) {
            (End::Returned, Phase::Ready) => "it returned before it was ready\n\
                 help: a service calls `node.ready()`, and serves until `node.stopped().await`"
                .to_owned(),
            (End::Returned, Phase::Connected) => "it returned before it was connected to all its peers".to_owned(),
            (end, Phase::Run) if !end.is_death() => format!("it {end} before all were connected"),
            (End::Failed(error), _) if !self.node_ended => error_chain(&**error),
            (end, _) => format!("it {end}"),
        }
    }
}

/// A node that died while the test ran.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Death {
    /// The node's name.
    pub node: Arc<str>,
    /// How it ended.
    pub end: End,
    /// The lines of its log that matter.
    pub log: Vec<String>,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node `{}` {}", self.node, self.end)
    }
}

/// What a start was waiting for when its time was over.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unfinished {
    /// How long the start was allowed to take.
    pub timeout: Duration,
    /// The declared links that were not up, if the start waits for connections.
    pub missing: Vec<MissingLink>,
    /// The nodes that were not ready.
    pub unready: Vec<Unready>,
    /// What the random shapes of the cluster follow from, if a seed was drawn for them.
    pub seed: Option<u64>,
}

impl Unfinished {
    pub(super) fn summary(&self) -> String {
        let mut text = format!("the start took longer than {:?}", self.timeout);
        if !self.unready.is_empty() {
            let names: Vec<_> = self.unready.iter().map(|unready| format!("`{}`", unready.node)).collect();
            text += &format!("; not ready: {}", some_of(&names, ", "));
        }
        if !self.missing.is_empty() {
            let links = if self.missing.len() == 1 { "link is" } else { "links are" };
            text += &format!("; {} {links} missing: {}", self.missing.len(), some_of(&self.missing, "; "));
        }
        text
    }
}

/// A declared link that is not up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MissingLink {
    /// The side that dials.
    pub dialler: Arc<str>,
    /// The other side.
    pub listener: Arc<str>,
    /// How far the link came, in words.
    pub state: String,
}

impl fmt::Display for MissingLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} - {}: {}", self.dialler, self.listener, self.state)
    }
}

/// A node that was not ready in time.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unready {
    /// The node's name.
    pub node: Arc<str>,
    /// The phase that it was in.
    pub phase: Phase,
    /// What is waited for, in words.
    pub waiting_for: String,
    /// The lines of its log that matter.
    pub log: Vec<String>,
}

impl fmt::Display for Unready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is in phase `{}`: {}; ", self.node, self.phase, self.waiting_for)?;
        match self.log.last() {
            Some(line) => write!(f, "last reported: {line}"),
            None => f.write_str("it reported nothing"),
        }
    }
}
