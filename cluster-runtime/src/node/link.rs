//! A link: two nodes that are each other's peers, as one value that both ends share.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::{Duration, Instant};

use super::conditioned::{Conditioned, Contradiction, DeclaredConditions};
use super::state::{Control, State};
use crate::clock::instant;
use crate::driver::Background;
use crate::lock::lock;
use crate::net::{Conditions, Paths, Probe, Relays, Wire};
use crate::place::{Connection, Connections, has_group};
use crate::seed::seed_of_node;

/// Two nodes, which of them dial, and what each reports.
///
/// Of a link that was not declared neither end dials: in public mode nodes learn of others.
#[derive(Debug)]
pub(crate) struct Link {
    ends: [Arc<State>; 2],
    /// Which ends are declared to dial.
    dials: Mutex<[bool; 2]>,
    conditions: Mutex<DeclaredConditions>,
    /// Those of the declared conditions that a probe has shown.
    proved: Mutex<Conditions>,
    reports: [Mutex<Report>; 2],
    /// What the ends send each other.
    wire: Wire,
    /// Where the ends reach each other, if not at their own addresses.
    relays: OnceLock<Arc<Relays>>,
}

/// What one end reports.
#[derive(Debug, Default)]
struct Report {
    connections: usize,
    /// When that became none, or more than none, in this run of the node.
    changed: Option<Instant>,
    /// Only while the link is not up.
    dial: Option<Dial>,
    /// What it is connected to, as it has answered last, where its kind asks it.
    answer: Option<Arc<str>>,
}

impl Report {
    fn set_connections(&mut self, connections: usize) {
        if (self.connections > 0) != (connections > 0) {
            self.changed = Some(instant());
        }
        self.connections = connections;
    }
}

/// The progress of dialling a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dial {
    /// The peer was reached, and has not answered.
    Dialled,
    /// The last attempt failed.
    Failed(String),
}

/// Which ends of a declared link may dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Either end may; the one that was created later does, so that a link is one connection.
    Both,
    /// The first end only.
    OneWay,
}

/// A link as one of its ends sees it.
#[derive(Clone, Debug)]
pub(crate) struct LinkEnd {
    link: Arc<Link>,
    own: usize,
}

impl Link {
    pub(super) fn new(first: Arc<State>, second: Arc<State>) -> Arc<Self> {
        Arc::new(Self {
            ends: [first, second],
            dials: Mutex::default(),
            conditions: Mutex::default(),
            proved: Mutex::default(),
            reports: Default::default(),
            wire: Wire::new(),
            relays: OnceLock::new(),
        })
    }

    pub(super) fn into_ends(self: Arc<Self>) -> [LinkEnd; 2] {
        [LinkEnd { link: self.clone(), own: 0 }, LinkEnd { link: self, own: 1 }]
    }
}

impl LinkEnd {
    /// The end of the link that this node is.
    pub(super) fn of(link: Arc<Link>, node: &State) -> Self {
        let own = usize::from(link.ends[0].id() != node.id());
        Self { link, own }
    }

    pub(crate) fn own(&self) -> &Arc<State> {
        &self.link.ends[self.own]
    }

    pub(crate) fn other(&self) -> &Arc<State> {
        &self.link.ends[1 - self.own]
    }

    /// The link as its other end sees it.
    pub(crate) fn reversed(&self) -> Self {
        Self { link: self.link.clone(), own: 1 - self.own }
    }

    /// Declares the link, as seen from this end. What is declared twice adds up.
    pub(super) fn declare(&self, direction: Direction, conditioned: Option<Conditioned>) -> Result<(), Contradiction> {
        let outcome = conditioned.map_or(Ok(()), |conditioned| lock(&self.link.conditions).add(conditioned));
        let mut dials = lock(&self.link.dials);
        dials[self.own] = true;
        dials[1 - self.own] |= direction == Direction::Both;
        drop(dials);
        self.put_conditions_in_force();
        self.link.ends.iter().for_each(|end| end.notify_rewired());
        outcome
    }

    /// Takes the declaration back. Both ends are notified.
    pub(super) fn retract(&self) {
        *lock(&self.link.dials) = [false, false];
        *lock(&self.link.conditions) = DeclaredConditions::default();
        self.put_conditions_in_force();
        self.link.ends.iter().for_each(|end| end.notify_rewired());
    }

    pub(crate) fn is_declared(&self) -> bool {
        *lock(&self.link.dials) != [false, false]
    }

    /// Whether a wait for connections waits for it: it is declared, and neither end is held back.
    pub(crate) fn is_awaited(&self) -> bool {
        self.is_declared() && !self.link.ends.iter().any(|end| end.is_held())
    }

    /// Whether this end is the one that dials.
    pub(crate) fn dials(&self) -> bool {
        let dials = *lock(&self.link.dials);
        dials[self.own] && (!dials[1 - self.own] || self.own().id() > self.other().id())
    }

    /// Whether only one end may dial.
    pub(crate) fn is_one_way(&self) -> bool {
        let dials = *lock(&self.link.dials);
        dials[0] != dials[1]
    }

    /// What the ends send each other.
    pub(crate) fn wire(&self) -> &Wire {
        &self.link.wire
    }

    /// Whether the cluster can hold what this end sends, wherever the other is.
    pub(crate) fn is_controlled(&self) -> bool {
        self.own().control() != Control::Relays || self.relays().is_some()
    }

    /// Puts the conditions that are declared of it in force, unless the place of its nodes does so.
    pub(crate) fn put_conditions_in_force(&self) {
        let conditions = match (self.own().control(), self.own().network()) {
            (Control::Place, _) => Conditions::default(),
            // What is not declared is as the network has it.
            (_, Some(network)) => network.conditions().overruled_by(self.conditions()),
            (_, None) => self.conditions(),
        };
        let paths = self.paths();
        paths.out().declare(conditions, || self.seed());
        paths.back().declare(conditions, || self.reversed().seed());
        self.wake();
    }

    /// Whether conditions are declared of it that no probe has shown yet.
    pub(crate) fn has_unproved_conditions(&self) -> bool {
        let conditions = self.conditions();
        !conditions.is_none() && conditions != *lock(&self.link.proved)
    }

    /// Probes have shown the conditions that are declared of it.
    pub(crate) fn conditions_are_proved(&self) {
        *lock(&self.link.proved) = self.conditions();
    }

    /// A seed for what is random on the path from this end: it follows from that of the simulation, if there is one, and from the
    /// names of both ends.
    pub(super) fn seed(&self) -> u64 {
        let of_network = self.own().network().map_or(0, |network| network.seed());
        seed_of_node(seed_of_node(of_network, self.own().name()), self.other().name())
    }

    /// Whether it has to have relays, if the cluster is to control all links, or only those with conditions.
    pub(crate) fn needs_relays(&self, all: bool) -> bool {
        let is_controlled = (all || !self.conditions().is_none()) && self.is_declared();
        is_controlled && self.link.ends.iter().any(|end| end.control() == Control::Relays)
    }

    /// Opens its relays, unless it has them.
    ///
    /// # Errors
    /// When no port or no file descriptor is left.
    pub(super) fn open_relays(&self, background: &Background) -> io::Result<()> {
        if self.relays().is_none() {
            let ports = self.link.ends.each_ref().map(|end| end.spot().ports());
            let relays = Relays::open([&ports[0], &ports[1]], &self.link.wire, background)?;
            // Of two at the same time the first is kept.
            let _ = self.link.relays.set(Arc::new(relays));
        }
        Ok(())
    }

    pub(crate) fn relays(&self) -> Option<&Arc<Relays>> {
        self.link.relays.get()
    }

    /// A connection between the programs of its ends that goes past its relays, if there is one.
    pub(crate) fn bypass<'a>(&self, connections: &'a Connections) -> Option<&'a Connection> {
        let past = |end: &LinkEnd| {
            let group = end.own().spot().group()?;
            end.past_relays(connections).into_iter().find(|past| has_group(past, group))
        };
        past(self).or_else(|| past(&self.reversed()))
    }

    /// The connections to the other end that go past its relays, whoever has made them.
    pub(crate) fn past_relays<'a>(&self, connections: &'a Connections) -> Vec<&'a Connection> {
        if self.relays().is_none() {
            return Vec::new();
        }
        let addrs: Vec<_> = self.other().spot().ports().into_iter().map(|(_, addr)| addr).collect();
        let relayed = self.wire().sources();
        connections.to(&addrs).filter(|connection| !relayed.contains(&connection.local)).collect()
    }

    /// The addresses of all its relays, by which either end reaches the other.
    pub(super) fn relay_addrs(&self) -> Vec<SocketAddr> {
        self.relays().map(|relays| relays.addrs()).unwrap_or_default()
    }

    /// What probes the path from this end to the other.
    pub(crate) fn probe(&self, background: Background) -> Probe {
        let relays = self.relays().map(|relays| (relays.clone(), self.own));
        Probe::new(self.paths(), relays, self.own().network().cloned(), background)
    }

    /// The rules of its paths have changed.
    pub(crate) fn wake(&self) {
        self.wire().wake();
        self.relays().iter().for_each(|relays| relays.wake());
    }

    /// The rules of its paths have changed. Resolves when all that crosses them has seen that.
    pub(crate) async fn rules_changed(&self) {
        self.wire().rules_changed().await;
        if let Some(relays) = self.relays() {
            relays.rules_changed().await;
        }
    }

    /// Whether a fault blocks it, one way or both.
    pub(crate) fn is_blocked(&self) -> bool {
        let paths = self.paths();
        paths.out().block().or(paths.back().block()).is_some()
    }

    /// The paths between the ends, as this one sees them.
    pub(crate) fn paths(&self) -> Paths {
        let paths = self.link.wire.paths();
        if self.own == 0 { paths.clone() } else { paths.reversed() }
    }

    /// The conditions that are declared of the link.
    pub(crate) fn conditions(&self) -> Conditions {
        lock(&self.link.conditions).all()
    }

    /// The address by which this end reaches the other.
    pub(crate) fn route(&self) -> SocketAddr {
        self.route_to("").unwrap_or_else(|| self.other().addr())
    }

    /// The address by which this end reaches the port of this name of the other.
    pub(crate) fn route_to(&self, port: &str) -> Option<SocketAddr> {
        let relayed = self.relays().and_then(|relays| relays.addr(self.own, port));
        relayed.or_else(|| self.other().spot().addr_of(port))
    }

    /// Whether this end reports it to be up.
    pub(crate) fn is_up(&self) -> bool {
        self.report().connections > 0
    }

    /// How long ago this end has lost its last connection, if it had one in this run and has none.
    pub(super) fn lost_for(&self) -> Option<Duration> {
        let report = self.report();
        let lost = report.changed.filter(|_| report.connections == 0)?;
        Some(instant().saturating_duration_since(lost))
    }

    /// This end has one more connection, and so many in all.
    pub(super) fn connected(&self) -> usize {
        let mut report = self.report();
        let connections = report.connections + 1;
        report.set_connections(connections);
        report.dial = None;
        connections
    }

    /// This end has one connection less, and so many in all; `None` when it had none.
    pub(super) fn disconnected(&self) -> Option<usize> {
        let mut report = self.report();
        let connections = report.connections.checked_sub(1)?;
        report.set_connections(connections);
        Some(connections)
    }

    /// This end has a connection or none, as its kind has returned. Returns whether it had one.
    pub(super) fn set_up(&self, is_up: bool) -> bool {
        let mut report = self.report();
        let was_up = report.connections > 0;
        report.set_connections(usize::from(is_up));
        was_up
    }

    pub(super) fn note_dial(&self, dial: Dial) {
        self.report().dial = Some(dial);
    }

    pub(super) fn note_answer(&self, answer: Arc<str>) {
        self.report().answer = Some(answer);
    }

    pub(super) fn answer(&self) -> Option<Arc<str>> {
        self.report().answer.clone()
    }

    pub(crate) fn dial_progress(&self) -> Option<Dial> {
        self.report().dial.clone()
    }

    /// Clears what this end has reported: its node has ended, or is started again.
    pub(super) fn forget(&self) {
        *self.report() = Report::default();
    }

    fn report(&self) -> MutexGuard<'_, Report> {
        lock(&self.link.reports[self.own])
    }
}
