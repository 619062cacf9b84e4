//! The parts of errors about nodes and links.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::end::{End, RUNTIME_GONE_HELP};
use super::phase::Phase;
use super::text::{error_chain, some_of};

/// The failure of a node during the start.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The node's name.
    pub node: Arc<str>,
    /// The phase in which it failed.
    pub phase: Phase,
    /// How the work of that phase ended, or how the node ended.
    pub end: End,
    /// Whether the node itself ended, rather than the work of the phase.
    pub node_ended: bool,
    /// The relevant lines of its log.
    pub log: Vec<String>,
    /// What is not as it should be in the rest of its cluster, which was not part of the start.
    pub troubles: Vec<Trouble>,
    /// The seed of its cluster, if random links were drawn from it.
    pub seed: Option<u64>,
}

impl Failure {
    /// The cause as text, with help where that is known.
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
    /// The relevant lines of its log.
    pub log: Vec<String>,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node `{}` {}", self.node, self.end)
    }
}

/// The first deaths as text, with help where that is known.
pub(super) fn deaths_text(deaths: &[Death]) -> String {
    let text = some_of(deaths, "; ");
    match deaths.iter().any(|death| matches!(death.end, End::RuntimeGone)) {
        true => format!("{text}\n{RUNTIME_GONE_HELP}"),
        false => text,
    }
}

/// What a start was waiting for when it timed out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unfinished {
    /// The timeout of the start.
    pub timeout: Duration,
    /// The declared links that were not up, if the start waits for connections.
    pub missing: Vec<MissingLink>,
    /// The nodes that were not ready.
    pub unready: Vec<Unready>,
    /// What is not as it should be in the rest of the cluster, which was not part of the start.
    pub troubles: Vec<Trouble>,
    /// The seed of the cluster, if random links were drawn from it.
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

/// A node or a link that is not as it should be, while something is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trouble {
    /// The name of the node, or those of the ends of the link.
    pub name: String,
    /// What is wrong with it, in words.
    pub state: String,
}

impl Trouble {
    pub(crate) fn new(name: impl Into<String>, state: impl Into<String>) -> Self {
        Self { name: name.into(), state: state.into() }
    }

    pub(crate) fn of_link(link: &MissingLink) -> Self {
        Self::new(format!("{} - {}:", link.dialler, link.listener), &*link.state)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.state)
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
    /// Its state as text: which end reports it, or how far dialling came.
    pub state: String,
}

impl fmt::Display for MissingLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} - {}: {}", self.dialler, self.listener, self.state)
    }
}

/// A node that was not ready when the start timed out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unready {
    /// The node's name.
    pub node: Arc<str>,
    /// Its phase.
    pub phase: Phase,
    /// What it was waiting for, as text.
    pub waiting_for: String,
    /// The relevant lines of its log.
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
