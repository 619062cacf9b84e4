use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use super::backlog::Backlog;
use super::connection::{Connection, End};
use super::mail::Mail;
use crate::lock::lock;
use crate::net::Conditions;
use crate::net::path::Traffic;
use crate::net::paths::Paths;
use crate::simulation::Schedule;

/// The first port that connections come from, as Linux has it.
const FIRST_SOURCE: u16 = 32_768;
/// Where probes are: no node is there.
const PROBES: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 255, 255, 254));

/// All that is bound in one simulation.
#[derive(Debug)]
pub(crate) struct Network {
    seed: u64,
    schedule: Arc<Schedule>,
    bound: Mutex<Bound>,
}

#[derive(Debug)]
struct Bound {
    listeners: BTreeMap<SocketAddr, Arc<Backlog>>,
    mails: BTreeMap<SocketAddr, Arc<Mail>>,
    next_source: u16,
    /// The connections of each host, with the end that it is.
    connections: BTreeMap<IpAddr, Vec<(Weak<Connection>, usize)>>,
}

impl Network {
    /// A network whose random choices follow from this seed.
    pub(crate) fn new(seed: u64, schedule: Arc<Schedule>) -> Arc<Self> {
        let (listeners, mails, connections) = Default::default();
        let bound = Bound { listeners, mails, next_source: FIRST_SOURCE, connections };
        Arc::new(Self { seed, schedule, bound: Mutex::new(bound) })
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// What each link does to what crosses it, unless it is declared otherwise. The jitter makes seeds differ in their orders.
    pub(crate) fn conditions(&self) -> Conditions {
        Conditions::default().latency(Duration::from_millis(1)).jitter(Duration::from_millis(1))
    }

    /// The backlog of who listens at this address from now on.
    ///
    /// # Errors
    /// When the address is listened on.
    pub(super) fn backlog_at(&self, addr: SocketAddr) -> io::Result<Arc<Backlog>> {
        let mut bound = lock(&self.bound);
        if bound.listeners.contains_key(&addr) {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        let backlog: Arc<Backlog> = Arc::default();
        bound.listeners.insert(addr, backlog.clone());
        Ok(backlog)
    }

    pub(super) fn no_longer_listening(&self, addr: SocketAddr, backlog: &Arc<Backlog>) {
        let mut bound = lock(&self.bound);
        // The next run of a node may listen already.
        if bound.listeners.get(&addr).is_some_and(|present| Arc::ptr_eq(present, backlog)) {
            bound.listeners.remove(&addr);
        }
    }

    /// # Errors
    /// When nobody listens there.
    pub(crate) fn connect(&self, from: IpAddr, to: SocketAddr) -> io::Result<End> {
        let mut bound = lock(&self.bound);
        let backlog = bound.listeners.get(&to).cloned().ok_or(io::ErrorKind::ConnectionRefused)?;
        let from = SocketAddr::from((from, bound.source()));
        let [dialling, accepting] = Connection::open(self.schedule.clone(), [from, to]);
        bound.note(from.ip(), dialling.connection(), 0);
        bound.note(to.ip(), dialling.connection(), 1);
        drop(bound);
        backlog.add(accepting);
        Ok(dialling)
    }

    /// Both ends of a connection along these paths, for a probe.
    pub(super) fn pair(&self, paths: Paths) -> [End; 2] {
        let addrs = [self.probe_addr(), self.probe_addr()];
        let ends = Connection::open(self.schedule.clone(), addrs);
        ends[0].connection().follow(paths, Traffic::OfProbe);
        ends[0].connection().rules_changed();
        ends
    }

    pub(super) fn probe_addr(&self) -> SocketAddr {
        (PROBES, lock(&self.bound).source()).into()
    }

    /// The mail of who takes datagrams at this address from now on.
    ///
    /// # Errors
    /// When datagrams are taken there already.
    pub(super) fn mail_at(&self, addr: SocketAddr) -> io::Result<Arc<Mail>> {
        let mut bound = lock(&self.bound);
        if bound.mails.contains_key(&addr) {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        let mail: Arc<Mail> = Arc::default();
        bound.mails.insert(addr, mail.clone());
        Ok(mail)
    }

    pub(super) fn no_longer_taking(&self, addr: SocketAddr, mail: &Arc<Mail>) {
        let mut bound = lock(&self.bound);
        if bound.mails.get(&addr).is_some_and(|present| Arc::ptr_eq(present, mail)) {
            bound.mails.remove(&addr);
        }
    }

    /// The node of this host has ended: its sockets are closed, whoever holds them.
    pub(crate) fn silence(&self, host: IpAddr) {
        let mut bound = lock(&self.bound);
        let connections = bound.connections.remove(&host).unwrap_or_default();
        let listeners = take_of(&mut bound.listeners, host);
        let mails = take_of(&mut bound.mails, host);
        drop(bound);
        listeners.iter().for_each(|backlog| backlog.die());
        mails.iter().for_each(|mail| mail.die());
        for (connection, own) in connections {
            connection.upgrade().iter().for_each(|connection| connection.die(own));
        }
    }

    /// Delivers a datagram at this moment, if somebody takes it.
    pub(super) fn deliver(&self, due: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let mail = lock(&self.bound).mails.get(&to).cloned();
        if let Some(mail) = mail {
            mail.add(&self.schedule, due, from, bytes);
        }
    }

    pub(super) fn schedule(&self) -> &Schedule {
        &self.schedule
    }
}

/// Takes what is bound to a host.
fn take_of<T>(bound: &mut BTreeMap<SocketAddr, T>, host: IpAddr) -> Vec<T> {
    let of_host = bound.range(SocketAddr::from((host, 0))..=SocketAddr::from((host, u16::MAX)));
    let addrs: Vec<_> = of_host.map(|(addr, _)| *addr).collect();
    addrs.iter().filter_map(|addr| bound.remove(addr)).collect()
}

impl Bound {
    /// Notes that this host has this end of a connection.
    fn note(&mut self, host: IpAddr, connection: &Arc<Connection>, own: usize) {
        let known = self.connections.entry(host).or_default();
        // Those that are closed are forgotten now and then.
        if known.len() == known.capacity() {
            known.retain(|(connection, _)| connection.strong_count() > 0);
        }
        known.push((Arc::downgrade(connection), own));
    }

    /// The port that the next connection comes from.
    fn source(&mut self) -> u16 {
        let source = self.next_source;
        self.next_source = source.checked_add(1).unwrap_or(FIRST_SOURCE);
        source
    }
}
