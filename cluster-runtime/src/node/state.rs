use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::Notify;

use super::barrier::Barrier;
use super::identity::Identity;
use super::lifecycle::Lifecycle;
use crate::driver::Background;
use crate::error::Refusal;
use crate::lock::lock;
use crate::net::open_entrance;
use crate::net::simulated::Network;
use crate::place::{Ability, Hosts, Local, Place, Spot, Wanted};

/// What other nodes know of a node. It refers to neither other nodes nor the cluster, so that no two keep each other alive.
pub(crate) struct State {
    id: u64,
    name: Arc<str>,
    wanted: Wanted,
    placed: OnceLock<Placed>,
    /// Where the test reaches its addresses, if not there.
    entrances: Mutex<HashMap<SocketAddr, SocketAddr>>,
    lifecycle: Lifecycle,
    /// Holds its tasks back while it is paused.
    barrier: Arc<Barrier>,
    control: Mutex<Control>,
    /// Whether a start leaves it out until it is added.
    is_held: AtomicBool,
    is_restarted: AtomicBool,
    relinked: Arc<Notify>,
    /// Apart from `relinked`: while a network is wired, links go up far more often than they are declared.
    rewired: Notify,
    identity: Mutex<Option<Identity>>,
    asking: OnceLock<Ask>,
    /// Reasons to refuse a start, found while nodes were created and wired.
    refusals: Mutex<Vec<Refusal>>,
}

/// A node's share of a place.
struct Placed {
    place: &'static str,
    /// Whether the place holds what nodes send each other.
    is_ruled: bool,
    spot: Box<dyn Spot>,
    /// Where its sockets are, if they are simulated.
    network: Option<Arc<Network>>,
}

/// A node that sends, and one that receives.
pub(crate) type NodePair = (Arc<State>, Arc<State>);

/// Asks the kind of a node for its connections, and records them.
pub(crate) type Asking = Pin<Box<dyn Future<Output = ()> + Send>>;

/// `None` for a node that reports each change.
type Ask = Box<dyn Fn() -> Option<Asking> + Send + Sync>;

/// Where what a node sends its peers can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// In the streams and sockets that its context gives it: it uses no others.
    Gates,
    /// On the routes of its links.
    Relays,
    /// By the place where it runs.
    Place,
}

impl State {
    pub(super) fn new(name: &str, hosts: Hosts, ports: &[&'static str]) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name: Arc<str> = name.into();
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            wanted: Wanted::new(name.clone(), hosts, ports),
            placed: OnceLock::new(),
            entrances: Mutex::default(),
            name,
            lifecycle: Lifecycle::default(),
            barrier: Arc::default(),
            control: Mutex::new(Control::Relays),
            is_held: AtomicBool::new(false),
            is_restarted: AtomicBool::new(false),
            relinked: Arc::default(),
            rewired: Notify::new(),
            identity: Mutex::default(),
            asking: OnceLock::new(),
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

    /// Its share of the place where it runs: of this machine, if it is asked for before the start has chosen another.
    pub(crate) fn spot(&self) -> &dyn Spot {
        let on_this_machine =
            || Placed { place: Local.name(), is_ruled: false, spot: Local::spot(self.wanted.clone()), network: None };
        &*self.placed.get_or_init(on_this_machine).spot
    }

    /// What its spot has to offer.
    pub(crate) fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// The name of the place where it has its spot.
    pub(crate) fn place(&self) -> Option<&'static str> {
        self.placed.get().map(|placed| placed.place)
    }

    /// Gives it a spot, unless it has one.
    pub(crate) fn put(&self, place: &dyn Place, spot: Box<dyn Spot>, network: Option<Arc<Network>>) {
        let (place, is_ruled) = (place.name(), !place.can(Ability::Relays));
        // Of two at the same time the first is kept; a start refuses those that it finds elsewhere.
        let _ = self.placed.set(Placed { place, is_ruled, spot, network });
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.spot().addr()
    }

    /// Where clients in the test's process reach an address of the node: there, or at an entrance on loopback.
    ///
    /// # Errors
    /// When no port or no file descriptor is left.
    pub(crate) fn reach(self: &Arc<Self>, addr: SocketAddr, background: &Background) -> io::Result<SocketAddr> {
        if self.control() != Control::Place {
            return Ok(addr);
        }
        let mut entrances = lock(&self.entrances);
        if let Some(entrance) = entrances.get(&addr) {
            return Ok(*entrance);
        }
        let node = Arc::downgrade(self);
        let connect = move || {
            let node = node.upgrade()?;
            Some(async move { node.spot().connect(addr).await })
        };
        let entrance = open_entrance(background, connect)?;
        entrances.insert(addr, entrance);
        Ok(entrance)
    }

    pub(super) fn barrier(&self) -> &Arc<Barrier> {
        &self.barrier
    }

    pub(crate) fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// The network that its sockets are in, if they are simulated.
    pub(crate) fn network(&self) -> Option<&Arc<Network>> {
        self.placed.get()?.network.as_ref()
    }

    /// Whether it is in simulated time.
    pub(crate) fn is_simulated(&self) -> bool {
        self.network().is_some()
    }

    /// The node has ended: where its sockets are simulated they are closed, also those that tasks hold which it has left behind.
    pub(super) fn close_sockets(&self) {
        if let Some(network) = self.network() {
            network.silence(self.addr().ip());
        }
    }

    pub(crate) fn control(&self) -> Control {
        match self.placed.get() {
            Some(Placed { network: Some(_), .. }) => Control::Gates,
            Some(Placed { is_ruled: true, .. }) => Control::Place,
            _ => *lock(&self.control),
        }
    }

    /// Sets what its kind says.
    pub(crate) fn set_control(&self, control: Control) {
        *lock(&self.control) = control;
    }

    /// Sets how its kind is asked for its connections.
    pub(crate) fn set_asking(&self, ask: impl Fn() -> Option<Asking> + Send + Sync + 'static) {
        // A node is created once.
        let _ = self.asking.set(Box::new(ask));
    }

    /// Asks its kind for its connections, if that is how one learns of them.
    pub(crate) fn ask_connections(&self) -> Option<Asking> {
        self.asking.get()?()
    }

    pub(crate) fn is_held(&self) -> bool {
        self.is_held.load(Ordering::Relaxed)
    }

    pub(crate) fn hold(&self, held: bool) {
        self.is_held.store(held, Ordering::Relaxed);
        self.relinked.notify_waiters();
    }

    /// Whether nobody restarted it until now.
    pub(super) fn claim_restart(&self) -> bool {
        !self.is_restarted.swap(true, Ordering::AcqRel)
    }

    pub(super) fn release_restart(&self) {
        self.is_restarted.store(false, Ordering::Release);
    }

    /// Waits for the next link that goes up or down after the moment of the call.
    pub(crate) fn relinked(&self) -> impl Future<Output = ()> + Send {
        self.relinked.notified()
    }

    /// Waits for the next link that is declared or taken away after the moment of the call.
    pub(super) fn rewired(&self) -> impl Future<Output = ()> + Send {
        self.rewired.notified()
    }

    /// A link of it was declared or taken away.
    pub(super) fn notify_rewired(&self) {
        self.rewired.notify_waiters();
        self.relinked.notify_waiters();
    }

    pub(super) fn link_changes(&self) -> &Arc<Notify> {
        &self.relinked
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

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("name", &self.name).field("lifecycle", &self.lifecycle).finish_non_exhaustive()
    }
}
