//! Suspending a program with all its descendants, even those that left its process group.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use rustix::process::{Pid, kill_process};

use super::sweep::{marked, name_of};
use crate::place::Signal;

/// The pause between two looks at processes that still run.
const PAUSE: Duration = Duration::from_millis(1);
/// The number of looks, about two seconds in all.
const LOOKS: usize = 2000;

/// Suspends all processes that carry this mark, and resolves when neither they nor the leader run: a process that still ran
/// may have spawned others.
///
/// # Errors
/// When some of them do not stop.
pub(super) async fn suspend(leader: Pid, mark: String) -> io::Result<()> {
    let suspended = tokio::task::spawn_blocking(move || suspend_all(leader, &HashSet::from([mark])));
    suspended.await.map_err(io::Error::other)?
}

/// Resumes all processes that carry this mark.
pub(super) async fn resume(mark: String) {
    let _ = tokio::task::spawn_blocking(move || send(&marked(&HashSet::from([mark])), Signal::Resume)).await;
}

/// Ends when a look finds no process that runs, and none that has not been asked to stop: one that waits in the kernel, such as
/// for its child's exec, does not seem to run, but goes on if it was not asked.
fn suspend_all(leader: Pid, marks: &HashSet<String>) -> io::Result<()> {
    let mut asked = HashSet::new();
    let mut running = Vec::new();
    for _ in 0..LOOKS {
        let processes: HashSet<Pid> = marked(marks).into_iter().chain([leader]).collect();
        running = processes.iter().copied().filter(|process| runs(*process)).collect();
        if running.is_empty() && processes.is_subset(&asked) {
            return Ok(());
        }
        send(&processes, Signal::Suspend);
        asked.extend(processes);
        std::thread::sleep(PAUSE);
    }
    let names: Vec<_> = running.into_iter().map(name_of).collect();
    Err(io::Error::other(format!("SIGSTOP does not stop {}", names.join(", "))))
}

fn send<'a>(processes: impl IntoIterator<Item = &'a Pid>, signal: Signal) {
    for process in processes {
        // It may have ended in the meantime.
        let _ = kill_process(*process, signal.system());
    }
}

/// Whether it runs or sleeps. One that waits in the kernel stops before it returns to its own code.
fn runs(process: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).unwrap_or_default();
    // What stands before the last bracket are its number and its name.
    stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with(['R', 'S']))
}
