use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::Identity;
use crate::error::Phase;
use crate::event::{Levels, Log};
use crate::place::{Hosts, Local, Place, Spot, Wanted};

/// What a node is known by and what has become of it. It holds no other node, so that no two keep each other alive.
#[derive(Debug)]
pub(crate) struct State {
    id: u64,
    name: Arc<str>,
    spot: Box<dyn Spot>,
    log: Arc<Log>,
    facts: Mutex<Facts>,
    changed: Notify,
    /// Apart from `changed`: while a network is wired, links change far more often than all the rest.
    relinked: Notify,
}

/// What changes in a node's life.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// The number of the run, from 1; 0 before the first.
    pub(crate) run: u64,
    pub(crate) stage: Stage,
    pub(crate) identity: Option<Identity>,
    pub(crate) private: bool,
    pub(crate) ready: bool,
    /// What it is expected to do until it is ready, if its kind has said that.
    pub(crate) expected: String,
    pub(crate) stop_asked: bool,
    /// How many connections there are to each identity.
    pub(crate) connected: BTreeMap<Identity, usize>,
    /// How far dialling came, by the name of the peer, as long as the link is not up.
    pub(crate) dials: BTreeMap<Arc<str>, Dial>,
    /// What a node did that it must not do; it is ended for it.
    pub(crate) misuse: Option<String>,
    /// What cannot work, found while nodes were created and wired.
    pub(crate) faults: Vec<String>,
    pub(crate) task: Option<AbortHandle>,
    pub(crate) provided: Option<Arc<dyn Any + Send + Sync>>,
}

/// Where a node is in its life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It was created, and never started.
    #[default]
    Created,
    /// It is being started, and is in this phase.
    Starting(Phase),
    /// It was started.
    Started,
    /// It has ended.
    Ended(End),
}

/// How a node ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself or when it was asked to, in good order.
    Returned,
    /// It returned an error.
    Failed(String),
    /// It panicked.
    Panicked(String),
    /// It was ended from outside, at once.
    Killed,
}

impl End {
    /// Whether a node that ended so, unasked, is dead rather than done.
    pub(crate) fn is_death(&self) -> bool {
        matches!(self, End::Failed(_) | End::Panicked(_))
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Returned => f.write_str("has ended"),
            End::Failed(cause) => write!(f, "failed: {cause}"),
            End::Panicked(message) => write!(f, "panicked: {message}"),
            End::Killed => f.write_str("was stopped"),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stage::Created => f.write_str("was not started"),
            Stage::Starting(phase) => write!(f, "is being started (phase `{phase}`)"),
            Stage::Started => f.write_str("is running"),
            Stage::Ended(end) => end.fmt(f),
        }
    }
}

/// How many bytes of a line a report shows.
const MOST_OF_A_LINE: usize = 300;

fn shortened(mut line: String) -> String {
    if line.len() > MOST_OF_A_LINE {
        let whole = line.len();
        line.truncate(line.floor_char_boundary(MOST_OF_A_LINE));
        line += &format!(".. ({whole} bytes)");
    }
    line
}

/// How far dialling a peer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dial {
    /// The peer was reached, and has not answered.
    Dialled,
    /// The last attempt failed.
    Failed(String),
}

impl State {
    pub(crate) fn new(name: &str, hosts: Hosts, ports: &[&'static str]) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name: Arc<str> = name.into();
        let spot = Local.spot(Wanted { name: name.clone(), hosts, ports: ports.to_vec() });
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            log: Arc::new(Log::new(name.clone())),
            name,
            spot,
            facts: Mutex::default(),
            changed: Notify::new(),
            relinked: Notify::new(),
        }
    }

    /// The order of creation, in this process.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// What it has where it runs.
    pub(crate) fn spot(&self) -> &dyn Spot {
        &*self.spot
    }

    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.log
    }

    pub(crate) fn identity(&self) -> Option<Identity> {
        self.facts().identity.clone()
    }

    pub(crate) fn stage(&self) -> Stage {
        self.facts().stage.clone()
    }

    /// The last lines of the log, for a report: none is so long that it hides the others. Files of the node are named before
    /// them, and stay.
    pub(crate) fn log_tail(&self) -> Vec<String> {
        let files = self.spot.keep_files().map(|directory| format!("its files are in {directory}"));
        let events = self.log.tail();
        files.into_iter().chain(events.iter().map(|event| shortened(event.to_string()))).collect()
    }

    /// Notes what cannot work.
    pub(crate) fn add_fault(&self, fault: String) {
        self.facts().faults.push(fault);
    }

    /// A look at the facts. The lock is never held across an await.
    pub(crate) fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the facts, and wakes whoever waits for them.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Facts) -> T) -> T {
        let output = change(&mut self.facts());
        self.changed.notify_waiters();
        output
    }

    /// Waits until `check` finds what it looks for.
    pub(crate) async fn until<T>(&self, mut check: impl FnMut(&mut Facts) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            if let Some(found) = check(&mut self.facts()) {
                return found;
            }
            changed.await;
        }
    }

    /// Notes that there is one more connection to a node.
    pub(crate) fn link_up(&self, identity: &Identity, name: &str) {
        let mut facts = self.facts();
        *facts.connected.entry(identity.clone()).or_default() += 1;
        facts.dials.remove(name);
        drop(facts);
        self.relinked.notify_waiters();
    }

    /// Notes that there is one connection less to a node, and says whether there was one.
    pub(crate) fn link_down(&self, identity: &Identity) -> bool {
        let mut facts = self.facts();
        let Some(connections) = facts.connected.get_mut(identity) else { return false };
        *connections -= 1;
        if *connections == 0 {
            facts.connected.remove(identity);
        }
        drop(facts);
        self.relinked.notify_waiters();
        true
    }

    /// Waits for the next link that goes up or down after the moment of the call.
    pub(crate) fn next_link_change(&self) -> impl Future<Output = ()> + Send {
        self.relinked.notified()
    }

    /// Makes the node as new, for a start, and gives the number of its run; `None` when it runs already.
    pub(crate) fn open(&self, private: bool, levels: Levels) -> Option<u64> {
        let run = self.change(|facts| {
            if matches!(facts.stage, Stage::Starting(_) | Stage::Started) {
                return None;
            }
            facts.run += 1;
            facts.stage = Stage::Starting(Phase::Identity);
            facts.private = private;
            facts.ready = false;
            facts.expected.clear();
            facts.stop_asked = false;
            facts.connected.clear();
            facts.dials.clear();
            facts.misuse = None;
            facts.provided = None;
            facts.task = None;
            Some(facts.run)
        })?;
        self.log.open(levels);
        Some(run)
    }

    /// Notes that the node has ended, unless it is noted already.
    pub(crate) fn end(&self, end: End) {
        self.change(|facts| {
            if !matches!(facts.stage, Stage::Ended(_)) {
                facts.stage = Stage::Ended(end);
            }
            // It stays ready if it was: whether a start sees that first, or the end, must make no difference.
            facts.connected.clear();
            facts.provided = None;
            facts.task = None;
        });
        self.log.close();
    }

    /// Ends this run at once, unless it is over. A node that is being started is not brought any further.
    pub(crate) fn kill(&self, run: u64) {
        let task = self.change(|facts| {
            let is_on = facts.run == run && matches!(facts.stage, Stage::Starting(_) | Stage::Started);
            facts.stop_asked |= is_on;
            is_on.then(|| facts.task.clone())
        });
        match task {
            // Its end is noted when it has let go of all that it held.
            Some(Some(task)) => task.abort(),
            Some(None) => self.end(End::Killed),
            None => {}
        }
    }
}
