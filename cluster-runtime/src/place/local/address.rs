use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, Once};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpSocket};

use super::host::{Host, Hosts};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// An address on loopback, with ports that nobody else is given.
///
/// Each port's socket is bound with SO_REUSEADDR and never listens: the system gives its port to no one who asks for any
/// port, and a server that sets SO_REUSEADDR may still listen there. It lives as long as its node.
#[derive(Debug)]
pub(crate) struct Reservation {
    host: Host,
    /// The port of the address itself.
    port: u16,
    /// The others, by name.
    named: Box<[(&'static str, u16)]>,
    #[cfg_attr(not(feature = "process"), expect(dead_code, reason = "only the ports of programs are ever let go"))]
    sockets: Mutex<Vec<TcpSocket>>,
}

impl Reservation {
    pub(crate) fn new(hosts: Hosts, names: &[&'static str]) -> io::Result<Self> {
        static RAISE: Once = Once::new();
        RAISE.call_once(|| {
            raise_descriptor_limit();
        });
        match hosts {
            // A system may lack the host that it should have.
            Hosts::Own => Self::on(Host::new(), names).or_else(|_| Self::on(Host::localhost(), names)),
            Hosts::Localhost => Self::on(Host::localhost(), names),
        }
    }

    fn on(host: Host, names: &[&'static str]) -> io::Result<Self> {
        let mut sockets = Vec::with_capacity(1 + names.len());
        let mut reserve = || {
            let socket = bound((host.ip(), 0).into())?;
            let port = socket.local_addr()?.port();
            sockets.push(socket);
            io::Result::Ok(port)
        };
        let port = reserve()?;
        let named = names.iter().map(|name| Ok((*name, reserve()?))).collect::<io::Result<_>>()?;
        Ok(Self { host, port, named, sockets: Mutex::new(sockets) })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        (self.host.ip(), self.port).into()
    }

    pub(crate) fn addr_of(&self, name: &str) -> Option<SocketAddr> {
        let (_, port) = self.named.iter().find(|(known, _)| *known == name)?;
        Some((self.host.ip(), *port).into())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.named.iter().map(|(name, _)| *name)
    }

    /// Lets the ports go, for a server that does not set SO_REUSEADDR.
    #[cfg(feature = "process")]
    pub(crate) fn release(&self) {
        self.sockets.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }
}

/// Listens on a reserved address.
pub(crate) fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    bound(addr)?.listen(BACKLOG)
}

fn bound(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    Ok(socket)
}

/// Raises the soft limit of open files to the hard one, and says what it is now.
pub(crate) fn raise_descriptor_limit() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return limit.current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reserved_address_can_be_listened_on_once() {
        let reservation = Reservation::new(Hosts::Own, &[]).expect("a port is free");
        let first = listen(reservation.addr()).expect("the reservation lets a server in");
        assert_eq!(listen(reservation.addr()).expect_err("two servers on one port").kind(), io::ErrorKind::AddrInUse);
        drop(first);
        listen(reservation.addr()).expect("the address is free again");
    }

    #[tokio::test]
    async fn ports_have_names() {
        let reservation = Reservation::new(Hosts::Own, &["rpc", "metrics"]).expect("ports are free");
        let rpc = reservation.addr_of("rpc").expect("it was asked for");
        assert_eq!(rpc.ip(), reservation.addr().ip());
        assert_ne!(rpc.port(), reservation.addr().port());
        assert_ne!(Some(rpc), reservation.addr_of("metrics"));
        assert_eq!(reservation.addr_of("p2p"), None);
    }

    #[tokio::test]
    async fn who_asks_for_localhost_has_it() {
        let reservation = Reservation::new(Hosts::Localhost, &["rpc"]).expect("ports are free");
        assert_eq!(reservation.addr().ip(), std::net::Ipv4Addr::LOCALHOST);
    }

    #[tokio::test]
    async fn a_reserved_port_is_given_to_nobody() {
        let reservations: Vec<_> =
            (0..500).map(|_| Reservation::on(Host::localhost(), &[]).expect("a port is free")).collect();
        for _ in 0..500 {
            let other = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
            let given = other.local_addr().expect("it is bound");
            assert!(reservations.iter().all(|reserved| reserved.addr() != given), "{given} was reserved");
        }
    }
}
