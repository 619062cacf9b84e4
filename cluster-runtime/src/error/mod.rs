//! Errors: why a start was refused or failed, and why a wait ended.
//!
//! [`Error`] is what tests, kinds and services return. Its `{}` is a summary. Its `{:?}` is the whole report,
//! with the relevant lines of the logs; a test that returns `Err` prints it. Both name the node and the [phase](Phase), and
//! say what to do where that is known (`help: ..`).
//!
//! | error | when |
//! |---|---|
//! | [`Error::Refused`] | before anything runs, with every [`Refusal`] |
//! | [`Error::Failed`] | a node failed during the start: a [`Failure`] with the node's [`End`] |
//! | [`Error::Step`] | a step of the start failed that is taken once: that of a [kind](crate::Kind::once), or its [own](crate::start::Start::once) |
//! | [`Error::StartTimeout`] | the start timed out: [`Unfinished`] lists the missing links and the nodes that are not ready |
//! | [`Error::Died`] | a node died while the test ran: each [`Death`] has its [`End`] |
//! | [`Error::Timeout`], [`Error::Ended`], [`Error::Hidden`] | a [wait](crate::wait) on a node timed out, outlived it, or could never succeed |
//! | [`Error::Fault`] | a [fault](crate::fault) was refused, had no effect, or no traffic ran into it |
//! | [`Error::Plan`] | a [plan](crate::fault::Plan) of faults failed, or its workload did: with statements that repeat it |
//! | [`Error::NotRunning`], [`Error::Stopped`] | a call needs a running node, or was ended by the stop of the node |
//! | [`Error::Call`] | a [call](crate::Node::call) on the handle of a node has returned an error |
//! | [`Error::Shared`] | the start of a [shared](crate::shared) network has failed before |
//! | [`Error::Reset`] | a [shared](crate::shared) network could not be reset after another test |
//! | [`Error::Blocking`] | `.blocking()` was called within an async runtime |
//! | [`Error::Io`], [`Error::Other`] | errors of the system, of kinds and of services |
//!
//! # Examples
//! ```
//! use cluster_runtime::error::Phase;
//! use cluster_runtime::{Error, Service, cluster};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let failing = Service::new(async |_node| Err(std::io::Error::other("the disk is full")));
//! let error = cluster! { db = failing }.start().await.expect_err("the service fails");
//! println!("{error:?}"); // the report, with the log of `db`
//! let Error::Failed(failure) = error else { panic!("{error:?}") };
//! assert_eq!((&*failure.node, failure.phase), ("db", Phase::Ready));
//! # }
//! ```
//!
//! # When a test fails
//! A cluster that is dropped without a successful [`stop`](crate::Cluster::stop), in a panic or after a failed wait prints at most
//! 40 lines: what failed and where, which nodes are not as they should be and the end of their logs, missing and undeclared links,
//! faults in force, and the command that runs the test again with its seed. The harness captures them and shows them if the test
//! fails. Only that command is printed if all is well but for the missing `stop()`: no wait failed, nothing panics, no event is a
//! warning or worse, no node has ended unasked, no awaited link is missing and no fault was idle. The test may have returned an error
//! of its own then, of which its cluster knows nothing; `CLUSTER_REPORT=always` has a report of that, too.
//!
//! A wait that the test gives up, as a timeout of its own around the wait does, counts as one that has failed, unless a wait ends after it:
//! a test that goes on after a `select!` has not failed. A wait that fails before a successful `stop()` is one line and no report: most
//! such tests expect it. A test that stops its cluster and then returns the error of an earlier wait has the report in that error,
//! and files with `CLUSTER_REPORT=always`.
//!
//! In a panic, after a failed wait, after a death or at SIGTERM, by which nextest ends a test that takes too long, it also writes a report to `target/cluster/<test>`, of at most 20 MB:
//!
//! | file | what it is |
//! |---|---|
//! | `report.html` | a page that opens from disk: the network, a lane for each node, the events, and one scrubber that moves all of them |
//! | `report.txt` | the same story in at most 200 lines |
//! | `events.jsonl` | the [journal](crate::Cluster::journal) as lines of JSON |
//! | `topology.svg` | the network, declared against observed |
//! | `logs`, `files` | a log per node; the directories of nodes |
//!
//! The directory is named after the thread that has declared the cluster, so after the test, and otherwise by nextest's variables; a
//! second cluster of a test has the suffix `-2`, and a retry by nextest `-attempt-2`. Earlier reports are moved to
//! `target/cluster/.earlier`; the last 20 of a test are kept. `CLUSTER_REPORT=always` writes one for each cluster, `never` none, and
//! `CLUSTER_REPORT_DIR` takes the place of `target/cluster`.
//!
//! With `CLUSTER_REPORT=always` a test that is killed leaves its report too: each event is in `events.jsonl` before whoever reports
//! it goes on, and the page and the text are written anew once a second, or less often where that takes long. Of what is more
//! than 7 MB the older half is in `events.earlier.jsonl`, and the oldest events are left out. Otherwise SIGKILL leaves none.

mod end;
mod fault;
mod found;
mod phase;
mod plan;
mod refusal;
mod report;
mod text;

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use crate::event::Level;
use found::deaths_text;
use text::reasons;

pub use crate::place::Exit;
pub use end::{End, Exited};
pub use fault::FaultError;
pub use found::{Death, Failure, MissingLink, Trouble, Unfinished, Unready};
pub use phase::Phase;
pub use plan::PlanError;
pub use refusal::{Mistake, Refusal};

pub(crate) use end::RUNTIME_GONE_HELP;
pub(crate) use text::{IN_SUMMARY, some_of};

/// The result of a test, a kind or a service.
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

/// Any error that a kind or a service may return.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The error of a start, a wait or a call.
///
/// `{}` is a summary; `{:?}` is the whole report, which a test that returns `Err` prints.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A start, or what a cluster was asked to do to nodes, was refused before anything was done.
    #[error("the {act} was refused{}", reasons(.refusals))]
    Refused {
        /// What was refused, in a word: `start`, `restart`, `addition`, `kill`..
        act: &'static str,
        /// All reasons.
        refusals: Vec<Refusal>,
    },
    /// A node failed during the start; the others were stopped.
    #[error("node `{}` failed in phase `{}`: {}", .0.node, .0.phase, .0.cause())]
    Failed(Box<Failure>),
    /// The start took longer than its timeout.
    #[error("{}", .0.summary())]
    StartTimeout(Box<Unfinished>),
    /// A step of a start that is taken once, when all nodes are ready, failed; the nodes were stopped.
    #[error("the step that {whose} takes once, when all nodes are ready, failed: {source}")]
    Step {
        /// Whose it is, as in "the start" or "the kind of `a`, `b`".
        whose: String,
        /// Its error.
        source: BoxError,
        /// What is not as it should be in the rest of the cluster, which was not part of the start.
        troubles: Box<[Trouble]>,
        /// The seed of the cluster, if random links were drawn from it.
        seed: Option<u64>,
    },
    /// Nodes died: they returned an error, panicked, or are programs that exited unexpectedly.
    #[error("{}", deaths_text(.deaths))]
    Died {
        /// The nodes and how they ended.
        deaths: Vec<Death>,
        /// What else in their cluster is not as it should be.
        troubles: Box<[Trouble]>,
    },
    /// A wait took longer than its timeout.
    #[error("node `{node}` {state}: {waiting_for} did not come within {timeout:?}")]
    Timeout {
        /// The node.
        node: Arc<str>,
        /// Its state as text, as in "is running".
        state: String,
        /// What was waited for.
        waiting_for: String,
        /// The timeout of the wait.
        timeout: Duration,
        /// The relevant lines of the node's log.
        log: Vec<String>,
        /// What else in its cluster is not as it should be.
        troubles: Box<[Trouble]>,
    },
    /// Something did not come to be in a cluster within the timeout.
    #[error("{missed} within {timeout:?}: {last}")]
    NotReached {
        /// What has not come to be, as in "the condition did not hold".
        missed: String,
        /// What there was in place of it, at last.
        last: String,
        /// The timeout.
        timeout: Duration,
        /// The nodes and links that are not as they should be.
        troubles: Box<[Trouble]>,
    },
    /// A node ended before a wait on it was over.
    #[error("node `{node}` {end} before {waiting_for} came")]
    Ended {
        /// The node.
        node: Arc<str>,
        /// What was waited for.
        waiting_for: String,
        /// How it ended.
        end: End,
        /// The relevant lines of the node's log.
        log: Vec<String>,
        /// What else in its cluster is not as it should be.
        troubles: Box<[Trouble]>,
    },
    /// An event that is waited for was reported, but the levels of the start hide it.
    #[error(
        "node `{node}`: event `{event}` happened, but it is hidden: it has level {level} and section `{section}` shows {shown} and above\n\
         help: {help}"
    )]
    Hidden {
        /// The node.
        node: Arc<str>,
        /// The event's name.
        event: String,
        /// The event's level.
        level: Level,
        /// The event's section.
        section: String,
        /// The lowest level that is shown of that section.
        shown: Level,
        /// What shows it.
        help: String,
    },
    /// A call needs a running node.
    #[error("node `{node}` cannot {wanted}: it {state}")]
    NotRunning {
        /// The node.
        node: Arc<str>,
        /// What the call does, as in "publish a message".
        wanted: String,
        /// Its state as text, as in "was not started".
        state: String,
    },
    /// The test has asked the node to stop during a call such as [`connect`](crate::NodeContext::connect). A node that returns
    /// this error has ended gracefully.
    #[error("node `{node}` was asked to stop")]
    Stopped {
        /// The node.
        node: Arc<str>,
    },
    /// A [call](crate::Node::call) on the handle of a node has returned an error.
    #[error("the call on node `{node}` failed: {source}")]
    Call {
        /// The node.
        node: Arc<str>,
        /// What the call has returned.
        source: BoxError,
    },
    /// A fault is not in force, or has shown nothing; or so has a condition that is declared.
    #[error(transparent)]
    Fault(Box<FaultError>),
    /// A plan of faults failed.
    #[error(transparent)]
    Plan(Box<PlanError>),
    /// The start of a [shared](crate::shared) network has failed, which every test is told.
    #[error("the shared network was not started: {0}")]
    Shared(Arc<Error>),
    /// The reset of a [shared](crate::shared) network between two tests has failed.
    #[error("the shared network `{network}` could not be reset after {after}: {source}")]
    Reset {
        /// The type of the network, without its path.
        network: &'static str,
        /// The test that used it before, as in "test `a_leaf_is_lost`".
        after: String,
        /// The error of the reset.
        source: Box<Error>,
    },
    /// A start or a wait was to block a thread of an async runtime.
    #[error(
        "`.blocking()` was called within an async runtime, and would block its thread\n\
         help: `.await` it; `.blocking()` is for tests that are not async"
    )]
    Blocking,
    /// An error of the operating system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Any other error of a kind, a service or a test.
    #[error(transparent)]
    Other(BoxError),
}

impl Error {
    /// Wraps any error or message.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::Error;
    /// assert_eq!(Error::other("the disk is full").to_string(), "the disk is full");
    /// ```
    pub fn other(error: impl Into<BoxError>) -> Self {
        Error::Other(error.into())
    }

    /// A start is refused for one reason.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Error::refused_for(vec![refusal])
    }

    /// A start is refused for these reasons.
    pub(crate) fn refused_for(refusals: Vec<Refusal>) -> Self {
        Error::Refused { act: "start", refusals }
    }

    /// The same error of an act that is like a start.
    pub(crate) fn refused_as(mut self, name: &'static str) -> Self {
        if let Error::Refused { act, .. } = &mut self {
            *act = name;
        }
        self
    }

    /// Nodes have died.
    pub(crate) fn died(deaths: Vec<Death>) -> Self {
        Error::Died { deaths, troubles: Box::default() }
    }

    /// The same error with those of these troubles that it does not tell of itself.
    pub(crate) fn with_troubles(mut self, mut all: Vec<Trouble>) -> Self {
        let told: Vec<_> = match &self {
            Error::Died { deaths, .. } => deaths.iter().map(|death| death.node.clone()).collect(),
            Error::Failed(failure) => vec![failure.node.clone()],
            _ => Vec::new(),
        };
        all.retain(|trouble| !told.iter().any(|node| **node == *trouble.name));
        match &mut self {
            Error::Died { troubles, .. } => *troubles = all.into(),
            Error::Failed(failure) => failure.troubles = all,
            Error::StartTimeout(unfinished) => unfinished.troubles = all,
            Error::Step { troubles, .. } => *troubles = all.into(),
            _ => {}
        }
        self
    }

    /// The same error of a start with the seed of its cluster.
    pub(crate) fn with_seed(mut self, drawn: Option<u64>) -> Self {
        match &mut self {
            Error::Failed(failure) => failure.seed = drawn,
            Error::StartTimeout(unfinished) => unfinished.seed = drawn,
            Error::Step { seed, .. } => *seed = drawn,
            _ => {}
        }
        self
    }
}

impl From<FaultError> for Error {
    fn from(error: FaultError) -> Self {
        Error::Fault(Box::new(error))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Error::other(error)
    }
}

impl From<Error> for End {
    /// The end of a node that returned this error.
    fn from(error: Error) -> Self {
        match error {
            Error::Stopped { .. } => End::Returned,
            Error::Other(source) => match source.downcast::<Error>().map(|error| End::from(*error)) {
                Ok(end) => end,
                Err(source) => match source.downcast::<Exited>() {
                    Ok(exited) => End::Exited(exited),
                    Err(source) => End::Failed(source.into()),
                },
            },
            error => End::Failed(Arc::new(error)),
        }
    }
}
