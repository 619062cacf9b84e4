use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::identity::Identity;
use super::lifecycle::Lifecycle;
use crate::error::Refusal;
use crate::place::{Hosts, Local, Place, Spot, Wanted};

/// What other nodes know of a node. It refers to neither other nodes nor the cluster, so that no two keep each other alive.
#[derive(Debug)]
pub(crate) struct State {
    id: u64,
    name: Arc<str>,
    spot: Box<dyn Spot>,
    lifecycle: Lifecycle,
    identity: Mutex<Option<Identity>>,
    /// Reasons to refuse a start, found while nodes were created and wired.
    refusals: Mutex<Vec<Refusal>>,
}

impl State {
    pub(super) fn new(name: &str, hosts: Hosts, ports: &[&'static str]) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name: Arc<str> = name.into();
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            spot: Local.spot(Wanted { name: name.clone(), hosts, ports: ports.to_vec() }),
            name,
            lifecycle: Lifecycle::default(),
            identity: Mutex::default(),
            refusals: Mutex::default(),
        }
    }

    /// The order of creation, in this process.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Its share of the place where it runs.
    pub(crate) fn spot(&self) -> &dyn Spot {
        &*self.spot
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.spot.addr()
    }

    pub(crate) fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    pub(crate) fn identity(&self) -> Option<Identity> {
        lock(&self.identity).clone()
    }

    pub(super) fn set_identity(&self, identity: Identity) {
        *lock(&self.identity) = Some(identity);
    }

    /// Adds a reason to refuse its start.
    pub(crate) fn refuse(&self, refusal: Refusal) {
        lock(&self.refusals).push(refusal);
    }

    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        lock(&self.refusals).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
