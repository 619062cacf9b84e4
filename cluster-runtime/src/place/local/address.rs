//! Addresses on loopback, with reserved ports.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard};

use tokio::net::{TcpListener, UdpSocket};

use super::descriptors::raise_limit_once;
use super::host::Host;
use super::port::Port;
use crate::lock::lock;
use crate::net::Listener;
use crate::place::Hosts;

/// A node's addresses.
#[derive(Debug)]
pub(super) struct Reservation {
    port: Port,
    named: Mutex<Vec<(&'static str, Port)>>,
    host: Host,
}

impl Reservation {
    pub(super) fn new(hosts: Hosts, names: &[&'static str]) -> io::Result<Self> {
        raise_limit_once();
        match hosts {
            // A system may lack addresses that it should have.
            Hosts::Own => Self::on(Host::new(), names).or_else(|_| Self::on(Host::localhost(), names)),
            Hosts::Localhost => Self::on(Host::localhost(), names),
        }
    }

    fn on(host: Host, names: &[&'static str]) -> io::Result<Self> {
        let reservation = Self { port: Port::reserve(host.ip())?, named: Mutex::default(), host };
        reservation.reserve(names)?;
        Ok(reservation)
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.port.addr()
    }

    /// The named ports, with their addresses.
    pub(super) fn named(&self) -> Vec<(&'static str, SocketAddr)> {
        self.named_ports().iter().map(|(name, port)| (*name, port.addr())).collect()
    }

    /// Reserves those of these ports that are not among the named ones.
    pub(super) fn reserve(&self, names: &[&'static str]) -> io::Result<()> {
        let mut named = self.named_ports();
        for name in names {
            if named.iter().all(|(known, _)| known != name) {
                named.push((name, Port::reserve(self.host.ip())?));
            }
        }
        Ok(())
    }

    /// Listens on the address, with the socket that reserves its port.
    pub(super) fn listen(&self) -> io::Result<Listener> {
        self.port.listen()
    }

    /// Listens on the address with a socket that nobody takes back.
    pub(super) fn listener(&self) -> io::Result<TcpListener> {
        self.port.listener()
    }

    /// Makes the ports ready for a server that opens them itself.
    pub(super) fn share(&self) {
        self.port.share();
        self.named_ports().iter().for_each(|(_, port)| port.share());
    }

    /// Releases the ports, for a server that does not set SO_REUSEADDR, and returns their addresses.
    pub(super) fn release(&self) -> Vec<SocketAddr> {
        let named = self.named_ports();
        let ports = named.iter().map(|(_, port)| port);
        std::iter::once(&self.port).chain(ports).inspect(|port| port.release()).map(Port::addr).collect()
    }

    fn named_ports(&self) -> MutexGuard<'_, Vec<(&'static str, Port)>> {
        lock(&self.named)
    }
}

/// Binds the UDP port of a reserved address.
pub(super) fn datagram(addr: SocketAddr) -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(addr)?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tokio::net::TcpStream;

    use super::*;

    fn reservation(hosts: Hosts, names: &[&'static str]) -> Reservation {
        Reservation::new(hosts, names).expect("ports are free")
    }

    #[tokio::test]
    async fn a_reserved_address_can_be_listened_on_once() {
        let reservation = reservation(Hosts::Own, &[]);
        let addr = reservation.addr();
        let first = reservation.listener().expect("the reservation lets a server in");
        assert_eq!(reservation.listener().expect_err("two servers on one port").kind(), io::ErrorKind::AddrInUse);
        drop(first);
        TcpListener::bind(addr).await.expect("the address is free again");
    }

    #[tokio::test]
    async fn a_reservation_listens_on_its_port_again_and_again() {
        let reservation = reservation(Hosts::Own, &[]);
        let addr = reservation.addr();
        for _ in 0..3 {
            let listener = reservation.listen().expect("nobody else listens");
            assert_eq!(listener.local_addr().expect("it is bound"), addr);
            let (dialled, accepted) = tokio::join!(TcpStream::connect(addr), listener.accept());
            dialled.and(accepted.map(drop)).expect("it listens");
            assert!(reservation.listen().is_err(), "it listens already");
            assert!(reservation.listener().is_err(), "it listens already");
            drop(listener);
            let refused = TcpStream::connect(addr).await.expect_err("nobody listens");
            assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
            drop(reservation.listener().expect("another socket may listen in between"));
        }
    }

    #[tokio::test]
    async fn a_connection_outlives_the_listener_that_took_it() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        let reservation = reservation(Hosts::Own, &[]);
        let listener = reservation.listen().expect("nobody else listens");
        let (dialled, accepted) = tokio::join!(TcpStream::connect(reservation.addr()), listener.accept());
        drop(listener);
        let ((mut accepted, _), mut dialled) = (accepted.expect("it listens"), dialled.expect("it listens"));
        accepted.write_all(b"x").await.expect("the connection is there");
        assert_eq!(dialled.read_u8().await.expect("the connection is there"), b'x');
    }

    #[tokio::test]
    async fn ports_have_names() {
        let reservation = reservation(Hosts::Own, &["rpc", "metrics"]);
        let (addr, named) = (reservation.addr(), reservation.named());
        assert_eq!(named.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["rpc", "metrics"]);
        assert!(named.iter().all(|(_, named)| named.ip() == addr.ip()), "{named:?}");
        let ports: HashSet<_> = named.iter().map(|(_, named)| named.port()).chain([addr.port()]).collect();
        assert_eq!(ports.len(), 3, "{ports:?}");
    }

    #[tokio::test]
    async fn who_asks_for_localhost_has_it() {
        let reservation = reservation(Hosts::Localhost, &["rpc"]);
        assert_eq!(reservation.addr().ip(), std::net::Ipv4Addr::LOCALHOST);
    }

    #[tokio::test]
    async fn a_reserved_port_is_given_to_nobody() {
        let reservations: Vec<_> = (0..500).map(|_| reservation(Hosts::Localhost, &[])).collect();
        let reserved: HashSet<_> = reservations.iter().map(|reserved| reserved.addr()).collect();
        assert_eq!(reserved.len(), 500, "two have the same");
        for _ in 0..500 {
            let stream = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
            let datagram = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port is free");
            for given in [stream.local_addr(), datagram.local_addr()] {
                let given = given.expect("it is bound");
                assert!(!reserved.contains(&given), "{given} was reserved");
            }
        }
    }
}
