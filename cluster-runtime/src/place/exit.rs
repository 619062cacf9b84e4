use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use super::Signal;

/// How a program ended.
///
/// # Examples
/// ```
/// use cluster_runtime::process::{Exit, Signal};
/// assert_eq!(Exit::Status(3).to_string(), "exited with status 3");
/// assert_eq!(Exit::from(Signal::Kill).to_string(), "was ended by signal 9 (SIGKILL)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// It exited with this status; 0 is success.
    Status(i32),
    /// The signal of this number terminated it.
    Signal(i32),
    /// Nobody knows: it runs, or ran, where it cannot be reached any more; for this reason.
    Lost(String),
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        match status.code() {
            Some(code) => Exit::Status(code),
            None => Exit::Signal(status.signal().unwrap_or_default()),
        }
    }
}

impl From<Signal> for Exit {
    fn from(signal: Signal) -> Self {
        Exit::Signal(signal.number())
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Status(status) => write!(f, "exited with status {status}"),
            Exit::Signal(number) => match Signal::name_of(*number) {
                Some(name) => write!(f, "was ended by signal {number} ({name})"),
                None => write!(f, "was ended by signal {number}"),
            },
            Exit::Lost(why) => write!(f, "was lost: {why}"),
        }
    }
}
