use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::Identity;
use super::address::Reservation;
use crate::error::Phase;
use crate::event::{Levels, Log};

/// What a node is known by and what has become of it. It holds no other node, so that no two keep each other alive.
#[derive(Debug)]
pub(crate) struct State {
    id: u64,
    name: Arc<str>,
    /// `None` when no address was to be had; a fault says so.
    reservation: Option<Reservation>,
    log: Arc<Log>,
    facts: Mutex<Facts>,
    changed: Notify,
}

/// What changes in a node's life.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) stage: Stage,
    pub(crate) identity: Option<Identity>,
    pub(crate) private: bool,
    pub(crate) ready: bool,
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
            End::Returned => f.write_str("returned"),
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

/// How far dialling a peer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dial {
    /// The peer was reached, and has not answered.
    Dialled,
    /// The last attempt failed.
    Failed(String),
}

impl State {
    pub(crate) fn new(name: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name: Arc<str> = name.into();
        let mut facts = Facts::default();
        let reservation = match Reservation::new() {
            Ok(reservation) => Some(reservation),
            Err(error) => {
                facts.faults.push(format!("no address could be reserved for node `{name}`: {error}"));
                None
            }
        };
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            log: Arc::new(Log::new(name.clone())),
            name,
            reservation,
            facts: Mutex::new(facts),
            changed: Notify::new(),
        }
    }

    /// The order of creation, in this process.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.reservation.as_ref().map_or((Ipv4Addr::LOCALHOST, 0).into(), Reservation::addr)
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

    /// The last lines of the log, for a report.
    pub(crate) fn log_tail(&self) -> Vec<String> {
        self.log.tail().iter().map(ToString::to_string).collect()
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

    /// Waits for the next change after the moment of the call.
    pub(crate) fn next_change(&self) -> impl Future<Output = ()> + Send {
        self.changed.notified()
    }

    /// Makes the node as new, for a start.
    pub(crate) fn open(&self, private: bool, levels: Levels) {
        self.log.open(levels);
        self.change(|facts| {
            facts.stage = Stage::Starting(Phase::Identity);
            facts.private = private;
            facts.ready = false;
            facts.stop_asked = false;
            facts.connected.clear();
            facts.dials.clear();
            facts.misuse = None;
            facts.provided = None;
        });
    }

    /// Notes that the node has ended, unless it is noted already.
    pub(crate) fn end(&self, end: End) {
        self.change(|facts| {
            if !matches!(facts.stage, Stage::Ended(_)) {
                facts.stage = Stage::Ended(end);
            }
            facts.ready = false;
            facts.connected.clear();
            facts.provided = None;
            facts.task = None;
        });
        self.log.close();
    }

    /// Ends the node at once. A node that is being started is not brought any further.
    pub(crate) fn kill(&self) {
        let (task, started) = self.change(|facts| {
            facts.stop_asked = true;
            (facts.task.take(), facts.stage != Stage::Created)
        });
        match task {
            Some(task) => task.abort(),
            None if started => self.end(End::Killed),
            None => {}
        }
    }
}
