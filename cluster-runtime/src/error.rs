//! What goes wrong, written for a person: the node, the phase, the cause, and what to do.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::event::Level;
use crate::start::again;

/// What a test, a kind or a service returns.
///
/// # Examples
/// ```
/// use cluster_runtime::{Result, cluster};
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result {
///     let net = cluster! { k[3]: clique }.start().await?;
///     net.stop().await
/// }
/// ```
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Any error, as a kind or a service may return it.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The steps of a start, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The node gets its identity.
    Identity,
    /// The node's configuration is made.
    Config,
    /// The node is brought to run.
    Run,
    /// The node says that it is ready.
    Ready,
    /// The node is connected to all its peers.
    Connected,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Phase::Identity => "identity",
            Phase::Config => "config",
            Phase::Run => "run",
            Phase::Ready => "ready",
            Phase::Connected => "connected",
        })
    }
}

/// What went wrong.
///
/// `{}` is a summary; `{:?}` is the whole report, as a test that returns `Err` prints it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The start was refused before anything ran: what was asked for cannot work.
    #[error("the start was refused: {}", some_of(.faults, IN_SUMMARY, "; "))]
    Refused {
        /// Each thing that cannot work, with its numbers and what to do.
        faults: Vec<String>,
    },
    /// A node failed, and with it the start; the others were stopped.
    #[error("node `{}` failed in phase `{}`: {}", .0.node, .0.phase, .0.cause)]
    Failed(Box<Failed>),
    /// The start took longer than its timeout.
    #[error("{}", .0.summary())]
    StartTimeout(Box<StartTimeout>),
    /// Nodes died by themselves: they returned an error, or panicked.
    #[error("{}", summary_of_the_dead(.nodes))]
    Died {
        /// The nodes that died.
        nodes: Vec<Died>,
    },
    /// A wait took longer than its timeout.
    #[error("node `{node}` {state}: {waiting_for} did not come within {timeout:?}")]
    Timeout {
        /// The node that was waited for.
        node: Arc<str>,
        /// What it is doing.
        state: String,
        /// What was waited for.
        waiting_for: String,
        /// How long it was waited for.
        timeout: Duration,
        /// The last lines of the node's log.
        log: Vec<String>,
    },
    /// A node ended while something was expected of it.
    #[error("node `{node}` {end} before {waiting_for} came")]
    Ended {
        /// The node that ended.
        node: Arc<str>,
        /// What was waited for.
        waiting_for: String,
        /// How it ended.
        end: String,
        /// The last lines of the node's log.
        log: Vec<String>,
    },
    /// An event that is waited for happened, but the levels of this start hide it.
    #[error(
        "node `{node}`: event `{event}` happened, but it is hidden: it has level {level} and section `{section}` shows {shown} and above\n\
         help: start with `.event_sections_levels([(\"{section}\", Level::{level:?})])`"
    )]
    Hidden {
        /// The node that is waited for.
        node: Arc<str>,
        /// The event's name.
        event: String,
        /// The event's level.
        level: Level,
        /// The event's section.
        section: String,
        /// The lowest level that is shown of that section.
        shown: Level,
    },
    /// Something was asked of a node that only a running one can do.
    #[error("node `{node}` cannot {wanted}: it {state}")]
    NotRunning {
        /// The node.
        node: Arc<str>,
        /// What was asked of it.
        wanted: String,
        /// What it is doing instead.
        state: String,
    },
    /// The operating system refused something.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Any other error, as a kind or a service returned it.
    #[error(transparent)]
    Other(BoxError),
}

impl Error {
    /// Wraps any error, or a message.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::Error;
    /// assert_eq!(Error::other("the disk is full").to_string(), "the disk is full");
    /// ```
    pub fn other(error: impl Into<BoxError>) -> Self {
        Error::Other(error.into())
    }
}

impl Error {
    /// The same error of a start, with the seed of its cluster.
    pub(crate) fn of_seed(mut self, seed: Option<u64>) -> Self {
        match &mut self {
            Error::Failed(failed) => failed.seed = seed,
            Error::StartTimeout(timeout) => timeout.seed = seed,
            _ => {}
        }
        self
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Error::other(error)
    }
}

/// A node that failed while it was started.
#[derive(Clone)]
#[non_exhaustive]
pub struct Failed {
    /// The node's name.
    pub node: Arc<str>,
    /// Where it failed.
    pub phase: Phase,
    /// Why, in words.
    pub cause: String,
    /// The last lines of its log.
    pub log: Vec<String>,
    /// What the random shapes of its cluster follow from, if a seed was drawn for them.
    pub seed: Option<u64>,
}

/// A node that died while the test ran.
#[derive(Clone)]
#[non_exhaustive]
pub struct Died {
    /// The node's name.
    pub node: Arc<str>,
    /// How it ended, in words.
    pub end: String,
    /// The last lines of its log.
    pub log: Vec<String>,
}

/// What a start was waiting for when its time was over.
#[derive(Clone)]
#[non_exhaustive]
pub struct StartTimeout {
    /// How long the start was allowed to take.
    pub timeout: Duration,
    /// The declared links that were not up, if the start waits for connections.
    pub missing: Vec<MissingLink>,
    /// The nodes that were not ready.
    pub unready: Vec<Unready>,
    /// What the random shapes of the cluster follow from, if a seed was drawn for them.
    pub seed: Option<u64>,
}

/// A declared link that is not up.
#[derive(Clone)]
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
#[derive(Clone)]
#[non_exhaustive]
pub struct Unready {
    /// The node's name.
    pub node: Arc<str>,
    /// The phase that it was in.
    pub phase: Phase,
    /// What it is expected to do, in words.
    pub expected: String,
    /// The last lines of its log.
    pub log: Vec<String>,
}

impl fmt::Display for Unready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is in phase `{}`: {}; ", self.node, self.phase, self.expected)?;
        match self.log.last() {
            Some(line) => write!(f, "last reported: {line}"),
            None => f.write_str("it reported nothing"),
        }
    }
}

/// An error and what is behind it, in words: many errors only say that, and leave why to their sources.
pub(crate) fn with_sources(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let why = source.to_string();
        if !text.contains(&why) {
            text += ": ";
            text += &why;
        }
        next = source.source();
    }
    text
}

/// How many of a kind a summary names.
const IN_SUMMARY: usize = 3;
/// How many of a kind a report names.
const IN_REPORT: usize = 100;

impl StartTimeout {
    fn summary(&self) -> String {
        let mut text = format!("the start took longer than {:?}", self.timeout);
        if !self.unready.is_empty() {
            let names: Vec<_> = self.unready.iter().map(|unready| format!("`{}`", unready.node)).collect();
            text += &format!("; not ready: {}", some_of(&names, IN_SUMMARY, ", "));
        }
        if !self.missing.is_empty() {
            let links = if self.missing.len() == 1 { "link is" } else { "links are" };
            text += &format!("; {} {links} missing: {}", self.missing.len(), some_of(&self.missing, IN_SUMMARY, "; "));
        }
        text
    }
}

/// The first items, and how many more there are.
fn some_of<T: fmt::Display>(items: &[T], most: usize, separator: &str) -> String {
    let mut text = items.iter().take(most).map(T::to_string).collect::<Vec<_>>().join(separator);
    if items.len() > most {
        text += &format!("{separator}and {} more", items.len() - most);
    }
    text
}

fn summary_of_the_dead(nodes: &[Died]) -> String {
    let deaths: Vec<_> = nodes.iter().map(|died| format!("node `{}` {}", died.node, died.end)).collect();
    some_of(&deaths, IN_SUMMARY, "; ")
}

/// The whole report, for a person.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused { faults } => {
                f.write_str("the start was refused; nothing was started")?;
                write_list(f, faults)
            }
            Error::Failed(failed) => {
                write!(f, "{self}\nthe other nodes were stopped")?;
                write_seed(f, failed.seed)?;
                write_log(f, &failed.node, &failed.log)
            }
            Error::StartTimeout(timeout) => {
                write!(f, "the start took longer than {:?}; all nodes were stopped", timeout.timeout)?;
                write_seed(f, timeout.seed)?;
                if !timeout.unready.is_empty() {
                    write!(f, "\nnodes that are not ready: {}", timeout.unready.len())?;
                    write_list(f, &timeout.unready)?;
                }
                if !timeout.missing.is_empty() {
                    write!(f, "\nlinks that are missing: {}", timeout.missing.len())?;
                    write_list(f, &timeout.missing)?;
                }
                timeout
                    .unready
                    .iter()
                    .filter(|unready| !unready.log.is_empty())
                    .take(IN_SUMMARY)
                    .try_for_each(|unready| write_log(f, &unready.node, &unready.log))
            }
            Error::Died { nodes } => {
                write!(f, "{self}")?;
                nodes.iter().take(IN_SUMMARY).try_for_each(|died| write_log(f, &died.node, &died.log))
            }
            Error::Timeout { node, log, .. } | Error::Ended { node, log, .. } => {
                write!(f, "{self}")?;
                write_log(f, node, log)
            }
            Error::Hidden { .. } | Error::NotRunning { .. } => write!(f, "{self}"),
            Error::Io(error) => f.write_str(&with_sources(error)),
            // A whole report may be inside.
            Error::Other(error) => match error.downcast_ref::<Error>() {
                Some(error) => write!(f, "{error:?}"),
                None => f.write_str(&with_sources(&**error)),
            },
        }
    }
}

fn write_list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    for item in items.iter().take(IN_REPORT) {
        write!(f, "\n  - {}", item.to_string().replace('\n', "\n    "))?;
    }
    match items.len().saturating_sub(IN_REPORT) {
        0 => Ok(()),
        more => write!(f, "\n  - and {more} more"),
    }
}

fn write_seed(f: &mut fmt::Formatter<'_>, seed: Option<u64>) -> fmt::Result {
    seed.map_or(Ok(()), |seed| write!(f, "\n{}", again(seed)))
}

fn write_log(f: &mut fmt::Formatter<'_>, node: &str, log: &[String]) -> fmt::Result {
    if log.is_empty() {
        return write!(f, "\nnode `{node}` reported nothing");
    }
    write!(f, "\nthe end of the log of `{node}`:")?;
    log.iter().try_for_each(|line| write!(f, "\n  {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_names_three_and_counts_the_rest() {
        let missing = (1..=5).map(|leaf| MissingLink {
            dialler: format!("leaves.{leaf}").into(),
            listener: "center".into(),
            state: "no news".to_owned(),
        });
        let timeout = StartTimeout {
            timeout: Duration::from_secs(2),
            missing: missing.collect(),
            unready: Vec::new(),
            seed: None,
        };
        let error = Error::StartTimeout(Box::new(timeout));
        assert_eq!(
            error.to_string(),
            "the start took longer than 2s; 5 links are missing: leaves.1 - center: no news; leaves.2 - center: no news; \
             leaves.3 - center: no news; and 2 more"
        );
        assert!(format!("{error:?}").contains("\n  - leaves.5 - center: no news"), "{error:?}");
    }

    #[test]
    fn a_report_ends_with_the_log() {
        let failed = Failed {
            node: "k.2".into(),
            phase: Phase::Run,
            cause: "the port is taken".to_owned(),
            log: vec!["line one".to_owned()],
            seed: Some(7),
        };
        assert_eq!(
            format!("{:?}", Error::Failed(Box::new(failed))),
            "node `k.2` failed in phase `run`: the port is taken\nthe other nodes were stopped\n\
             its random links follow from seed 7; `CLUSTER_SEED=7` draws them again\n\
             the end of the log of `k.2`:\n  line one"
        );
    }
}
