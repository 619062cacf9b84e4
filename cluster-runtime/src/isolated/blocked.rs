//! Threads that do not yield.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::control::Control;
use super::member;
use super::threads::Thread;
use crate::clock::Deadline;
use crate::driver::Task;
use crate::place::{Activity, Marks};

/// For how long a thread may go without yielding before that is said.
const PATIENCE: Duration = Duration::from_millis(100);

/// A runtime that runs no task, since its threads do not yield.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blocked {
    who: Who,
    /// For how long they have not yielded.
    pub(crate) time: Duration,
    /// What they do, if they all do the same.
    pub(crate) activity: Option<Activity>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Root,
    Workers(usize),
}

/// Whether a runtime is blocked: the thread of its root does not yield, or none of its workers does.
pub(super) async fn blocked(control: &Control) -> Option<Blocked> {
    suspects(control)?;
    // A thread that always has something to do yields without parking: does it come to this task?
    if let Some(runtime) = control.runtime() {
        let probe = runtime.spawn(Box::pin(async { member::yields() }) as Task);
        Deadline::after(PATIENCE).bound(probe).await;
    }
    suspects(control)
}

/// What still runs, if any of it does.
pub(super) fn leftovers(control: &Control) -> Option<String> {
    let started = match Marks::now().count(&control.mark) {
        0 => None,
        1 => Some("1 thread that it has started still runs".to_owned()),
        threads => Some(format!("{threads} threads that it has started still run")),
    };
    if control.status().is_gone {
        return started;
    }
    let is_busy = |thread: &Arc<Thread>| !thread.busy().is_zero();
    let threads = &control.threads;
    let root = threads.root().filter(is_busy).map(|root| Blocked::of(Who::Root, &[root]).to_string());
    let workers: Vec<_> = threads.workers().into_iter().filter(is_busy).collect();
    let workers = (!workers.is_empty()).then(|| Blocked::of(Who::Workers(workers.len()), &workers).to_string());
    let calls = match threads.blocking() {
        0 => None,
        1 => Some("1 blocking call still runs".to_owned()),
        calls => Some(format!("{calls} blocking calls still run")),
    };
    let left: Vec<_> = [root, workers, calls, started].into_iter().flatten().collect();
    Some(if left.is_empty() { "its thread still runs".to_owned() } else { left.join("; ") })
}

fn suspects(control: &Control) -> Option<Blocked> {
    let is_late = |thread: &Arc<Thread>| thread.busy() >= PATIENCE;
    if let Some(root) = control.threads.root().filter(is_late) {
        return Some(Blocked::of(Who::Root, &[root]));
    }
    let workers = control.threads.workers();
    let is_blocked = !workers.is_empty() && workers.iter().all(is_late);
    is_blocked.then(|| Blocked::of(Who::Workers(workers.len()), &workers))
}

impl Blocked {
    fn of(who: Who, threads: &[Arc<Thread>]) -> Self {
        let mut activities = threads.iter().map(|thread| thread.activity());
        let first = activities.next().flatten();
        Self {
            who,
            time: threads.iter().map(|thread| thread.busy()).min().unwrap_or_default(),
            activity: first.filter(|_| activities.all(|activity| activity == first)),
        }
    }
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.who {
            Who::Root => f.write_str("its thread has")?,
            Who::Workers(1) => f.write_str("1 of its workers has")?,
            Who::Workers(workers) => write!(f, "{workers} of its workers have")?,
        }
        write!(f, " not yielded for {:.1} s", self.time.as_secs_f64())?;
        match (self.activity, self.who) {
            (None, _) => Ok(()),
            (Some(activity), Who::Root | Who::Workers(1)) => write!(f, ": {activity}"),
            (Some(Activity::Computing), _) => f.write_str(": they are computing"),
            (Some(Activity::SystemCall), _) => f.write_str(": they sleep in system calls"),
        }
    }
}
