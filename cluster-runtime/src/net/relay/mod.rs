//! Relays: addresses by which the ends of a link reach each other, in place of their own. For nodes that open sockets of their own.
//!
//! What comes in at a relay goes on along the path of the end that has sent it, behind the same gate as a stream of a node. A relay
//! accepts before the other end has: so a dial of a node that does not listen yet is accepted and then reset.

mod datagrams;
mod door;
mod streams;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use socket2::{Domain, Socket, Type};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use super::Wire;
use crate::driver::Background;
use crate::lock::lock;

/// How often the system is asked for a port that is free for streams and for datagrams.
const ATTEMPTS: usize = 32;

/// Where the cluster's own connections to relays come from: the host of no node.
#[cfg(target_os = "linux")]
pub(crate) const OWN_HOST: Ipv4Addr = Ipv4Addr::new(127, 255, 255, 254);
#[cfg(not(target_os = "linux"))]
pub(crate) const OWN_HOST: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// The addresses of a node, by the names of their ports.
pub(crate) type Ports = Vec<(&'static str, SocketAddr)>;

/// The relays of one link, in both directions. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Relays {
    /// What each end dials, by the port of the other end that it reaches.
    ends: [Vec<(&'static str, Relay)>; 2],
    tasks: Vec<AbortHandle>,
}

/// The address by which one end of a link reaches one port of the other.
#[derive(Debug)]
struct Relay {
    addr: SocketAddr,
    /// Tells its task that the rules have changed; the answer is that it has seen them.
    changes: mpsc::UnboundedSender<oneshot::Sender<()>>,
    probes: Arc<Probes>,
}

/// Where probes go on, by the addresses that they come from.
#[derive(Debug, Default)]
pub(super) struct Probes(Mutex<HashMap<SocketAddr, SocketAddr>>);

impl Probes {
    fn expect(&self, from: SocketAddr, to: SocketAddr) {
        lock(&self.0).insert(from, to);
    }

    fn take(&self, from: SocketAddr) -> Option<SocketAddr> {
        lock(&self.0).remove(&from)
    }
}

impl Relays {
    /// Opens the relays between two nodes with these ports. Each is on the host of the node that it stands for.
    ///
    /// # Errors
    /// When no port or no file descriptor is left.
    pub(crate) fn open(ports: [&Ports; 2], wire: &Wire, background: &Background) -> io::Result<Self> {
        let _in = background.enter();
        let mut ends = [Vec::new(), Vec::new()];
        let mut tasks = Vec::new();
        let mut sockets = [Vec::new(), Vec::new()];
        for own in 0..2 {
            let paths = if own == 0 { wire.paths().clone() } else { wire.paths().reversed() };
            for (name, to) in ports[1 - own] {
                let (streams, datagrams) = bind(to.ip())?;
                let addr = streams.local_addr()?.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
                let (changes, changed) = mpsc::unbounded_channel();
                let probes: Arc<Probes> = Arc::default();
                let route = streams::Route {
                    to: *to,
                    from: ports[own].first().map_or(to.ip(), |(_, addr)| addr.ip()),
                    wire: wire.clone(),
                    paths: paths.clone(),
                    background: background.clone(),
                    probes: probes.clone(),
                };
                let mut door = door::Door::open(streams, addr)?;
                // It may be opened under a fault.
                door.obey(paths.block())?;
                let serve = streams::serve(door, route, changed);
                tasks.push(background.spawn(serve));
                ends[own].push((*name, Relay { addr, changes, probes }));
                sockets[own].push(datagrams);
            }
        }
        tasks.extend(datagrams::serve(ports, sockets, wire, background)?);
        Ok(Self { ends, tasks })
    }

    /// The address by which this end of the link reaches the port of this name.
    pub(crate) fn addr(&self, own: usize, port: &str) -> Option<SocketAddr> {
        self.relay(own, port).map(|relay| relay.addr)
    }

    /// The addresses of all of them.
    pub(crate) fn addrs(&self) -> Vec<SocketAddr> {
        self.ends.iter().flatten().map(|(_, relay)| relay.addr).collect()
    }

    /// The rules of the paths have changed. Resolves when all relays have seen them.
    pub(crate) async fn rules_changed(&self) {
        for (_, relay) in self.ends.iter().flatten() {
            let (seen, is_seen) = oneshot::channel();
            if relay.changes.send(seen).is_ok() {
                let _ = is_seen.await;
            }
        }
    }

    /// The same, without waiting.
    pub(crate) fn wake(&self) {
        for (_, relay) in self.ends.iter().flatten() {
            let _ = relay.changes.send(oneshot::channel().0);
        }
    }

    /// What comes from this address to the main relay of this end is a probe, and goes on to `to`. Returns the relay's address.
    pub(super) fn expect_probe(&self, own: usize, from: SocketAddr, to: SocketAddr) -> Option<SocketAddr> {
        let relay = self.relay(own, "")?;
        relay.probes.expect(from, to);
        Some(relay.addr)
    }

    fn relay(&self, own: usize, port: &str) -> Option<&Relay> {
        self.ends[own].iter().find(|(name, _)| *name == port).map(|(_, relay)| relay)
    }
}

impl Drop for Relays {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// Sockets for streams and for datagrams on one port that is free for both.
fn bind(host: IpAddr) -> io::Result<(Socket, tokio::net::UdpSocket)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        let datagrams = std::net::UdpSocket::bind((host, 0))?;
        datagrams.set_nonblocking(true)?;
        let addr = datagrams.local_addr()?;
        let streams = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
        streams.set_nonblocking(true)?;
        // A port that is chosen here, and not by the system, is kept by a listener that is shut down.
        match streams.bind(&addr.into()) {
            Ok(()) => {
                // Else its own connections keep it from listening again, as long as they are on their way out.
                streams.set_reuse_address(true)?;
                return Ok((streams, tokio::net::UdpSocket::from_std(datagrams)?));
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
