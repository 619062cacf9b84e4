//! Finding descendants, even those that left their process group: they carry the mark in their environment.

use std::collections::HashSet;
use std::fs;
use std::time::Duration;

use rustix::process::{Pid, kill_process};
use tokio::sync::oneshot;

use super::leaders::leaders;
use super::watchdog::MARK;
use super::worker::Worker;
use crate::place::Signal;

/// The pause between two checks of processes that were killed and still exist.
const PAUSE: Duration = Duration::from_millis(1);
/// The number of checks, about a second in all. A process that the kernel holds for longer is left alone.
const LOOKS: usize = 1000;

/// The number of checks of a process that shows no environment.
const LOOKS_AT_ONE: usize = 20;

/// The names of the processes that carry this mark.
pub(super) async fn find(mark: &str) -> Vec<String> {
    let marks = HashSet::from([mark.to_owned()]);
    let names = tokio::task::spawn_blocking(move || marked(&marks).into_iter().map(name_of).collect());
    names.await.unwrap_or_default()
}

/// A mark, and where to report the end of its sweep.
type Request = (String, oneshot::Sender<()>);

/// Kills all processes that carry this mark, and resolves when none is left. Calls at the same time share one scan of the
/// system's processes.
pub(super) async fn sweep(mark: String) {
    static SWEEPER: Worker<Request> = Worker::new("cluster-sweep", serve);
    let (done, swept) = oneshot::channel();
    SWEEPER.add((mark, done));
    let _ = swept.await;
}

fn serve(requests: Vec<Request>) {
    let (marks, done): (HashSet<_>, Vec<_>) = requests.into_iter().unzip();
    kill_marked(&marks);
    for done in done {
        // The caller may have stopped waiting.
        let _ = done.send(());
    }
}

fn kill_marked(marks: &HashSet<String>) {
    for _ in 0..LOOKS {
        let found = marked(marks);
        if found.is_empty() {
            return;
        }
        for pid in found {
            // It may have ended in the meantime.
            let _ = kill_process(pid, Signal::Kill.system());
        }
        std::thread::sleep(PAUSE);
    }
}

/// The processes that carry one of these marks, without those that lead groups of ours; none where the system does not show environments.
pub(super) fn marked(marks: &HashSet<String>) -> Vec<Pid> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let pid = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok().and_then(Pid::from_raw);
    // Those that lead groups are known: most of the time that saves most of the work.
    let leaders = leaders().clone();
    let pids = processes.filter_map(|entry| pid(entry.ok()?)).filter(|pid| !leaders.contains(pid));
    pids.filter(|pid| mark_of(*pid).is_some_and(|mark| marks.contains(&mark))).collect()
}

fn mark_of(pid: Pid) -> Option<String> {
    let environment = environment_of(pid)?;
    let marked = |variable: &[u8]| variable.strip_prefix(MARK.as_bytes())?.strip_prefix(b"=").map(<[u8]>::to_owned);
    String::from_utf8(environment.split(|byte| *byte == 0).find_map(marked)?).ok()
}

/// A process shows no environment for a moment during its exec.
fn environment_of(pid: Pid) -> Option<Vec<u8>> {
    let process = format!("/proc/{}", pid.as_raw_nonzero());
    for _ in 0..LOOKS_AT_ONE {
        let environment = fs::read(format!("{process}/environ")).ok()?;
        // Threads of the kernel and zombies never show one, and no program either.
        if !environment.is_empty() || fs::read_link(format!("{process}/exe")).is_err() {
            return Some(environment);
        }
        std::thread::sleep(PAUSE);
    }
    None
}

pub(super) fn name_of(pid: Pid) -> String {
    let number = pid.as_raw_nonzero();
    let name = fs::read_to_string(format!("/proc/{number}/comm")).unwrap_or_default();
    format!("{} (process {number})", name.trim_end())
}
