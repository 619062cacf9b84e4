use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::text::error_chain;
use crate::clock::rounded;
use crate::place::Exit;

/// What to do when the runtime of a cluster is gone.
pub(crate) const RUNTIME_GONE_HELP: &str = "help: nodes run on the async runtime of the test that has started them, which ends with that test: share a network between \
     tests by `cluster_runtime::shared::Shared`";

/// How a node ended.
///
/// # Examples
/// ```
/// use cluster_runtime::error::End;
/// use cluster_runtime::{Error, Service, cluster};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let kind = Service::new(async |_node| Err(std::io::Error::from(std::io::ErrorKind::StorageFull)));
/// let error = cluster! { db = kind }.start().await.expect_err("the disk is full");
/// let Error::Failed(failure) = error else { panic!("{error:?}") };
/// let End::Failed(source) = failure.end else { panic!("{:?}", failure.end) };
/// assert!(source.is::<std::io::Error>());
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum End {
    /// It returned without an error, by itself or because it was stopped.
    Returned,
    /// It returned this error.
    Failed(Arc<dyn Error + Send + Sync>),
    /// It panicked, with this message.
    Panicked(String),
    /// It was ended at once: the test killed it or dropped the cluster, or it exceeded its grace time when it was stopped.
    Killed,
    /// The async runtime that it ran on has ended, and its tasks with it.
    RuntimeGone,
    /// It is a program that exited although it was not stopped, or not as expected.
    Exited(Box<Exited>),
}

impl End {
    /// Whether this is a death: a failure, a panic, an unexpected exit or the loss of its runtime.
    pub fn is_death(&self) -> bool {
        matches!(self, End::Failed(_) | End::Panicked(_) | End::Exited(_) | End::RuntimeGone)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Returned => f.write_str("has ended"),
            End::Failed(error) => write!(f, "failed: {}", error_chain(&**error)),
            End::Panicked(message) => write!(f, "panicked: {message}"),
            End::Killed => f.write_str("was killed"),
            End::RuntimeGone => f.write_str("has ended: its runtime is gone"),
            End::Exited(exited) => write!(f, "failed: {exited}"),
        }
    }
}

/// The unexpected exit of a program: it was not stopped, or did not exit as expected when it was.
///
/// A kind whose nodes are programs returns this as its error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exited {
    /// The program.
    pub program: String,
    /// Its exit status, or the signal that terminated it.
    pub exit: Exit,
    /// How long it ran, if it was not stopped.
    pub unasked_after: Option<Duration>,
    /// The processes that it left running, which were killed.
    pub left: Vec<String>,
}

impl Error for Exited {}

impl fmt::Display for Exited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { program, exit, unasked_after, left } = self;
        match unasked_after {
            Some(after) => write!(f, "`{program}` {exit} after {:?} although it was not stopped", rounded(*after))?,
            None => write!(f, "`{program}` {exit} when it was asked to end")?,
        }
        if left.is_empty() {
            return Ok(());
        }
        write!(
            f,
            "; it left {} running, which was killed\n\
             help: a program that forks into the background cannot be watched: let it run in the foreground",
            left.join(", ")
        )
    }
}
