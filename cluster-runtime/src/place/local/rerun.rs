//! Running this program again.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::forks::forking;
use crate::lock::lock;
use crate::seed::SEEDS_VARIABLE;

/// The environment variable that asks for the least plan that fails.
pub(crate) const SHRINK_VARIABLE: &str = "CLUSTER_SHRINK";
/// The environment variable that says where that plan is to be written, too.
pub(crate) const LEAST_VARIABLE: &str = "CLUSTER_SHRINK_LEAST";

/// Runs this program again, without its output, and returns whether it was successful; `None` when it had to be killed after
/// `most`. It is asked for no further runs, unless by `with`. It blocks the thread.
///
/// # Errors
/// When the system does not run it.
pub(crate) fn rerun(arguments: &[&str], with: &[(&str, String)], most: Duration) -> io::Result<Option<bool>> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(arguments)
        .env_remove(SHRINK_VARIABLE)
        .env_remove(SEEDS_VARIABLE)
        .envs(with.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    let forking = forking();
    let child = command.spawn()?;
    drop(forking);
    wait(child, most)
}

fn wait(mut child: Child, most: Duration) -> io::Result<Option<bool>> {
    let group = Pid::from_child(&child);
    let ended = Arc::new((Mutex::new(None), Condvar::new()));
    let waiting = ended.clone();
    let thread = thread::Builder::new().name("rerun".to_owned()).spawn(move || {
        let (status, told) = &*waiting;
        let ended = child.wait();
        *lock(status) = Some(ended);
        told.notify_all();
    });
    let (status, told) = &*ended;
    let status = lock(status);
    let most = if thread.is_ok() { most } else { Duration::ZERO };
    let waited = told.wait_timeout_while(status, most, |status| status.is_none());
    if let Some(status) = waited.unwrap_or_else(PoisonError::into_inner).0.take() {
        return Ok(Some(status?.success()));
    }
    // It has not been waited for, so that the number is still its own.
    kill_process_group(group, Signal::KILL)?;
    thread.map(|_| None)
}

/// Makes this process end with the thread that has spawned it.
pub(crate) fn die_with_parent() {
    #[cfg(target_os = "linux")]
    // It is refused nowhere; without it the process ends by the deadlines of its own.
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
}
