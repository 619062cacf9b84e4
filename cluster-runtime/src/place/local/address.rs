//! Addresses on loopback, with reserved ports.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};

use super::descriptors::raise_limit_once;
use super::host::Host;
use crate::net::Listener;
use crate::place::Hosts;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// A node's addresses. Each port is reserved by a socket that is bound and does not listen: the system does not assign the
/// port to a bind to port 0, it cannot be reserved a second time, and a server that sets SO_REUSEADDR may listen on it.
#[derive(Debug)]
pub(super) struct Reservation {
    addr: SocketAddr,
    /// The socket of the address itself; `None` while it listens.
    socket: Arc<Mutex<Option<Socket>>>,
    named: Mutex<Vec<NamedPort>>,
    host: Host,
}

#[derive(Debug)]
struct NamedPort {
    name: &'static str,
    addr: SocketAddr,
    /// `None` once it is released.
    socket: Option<Socket>,
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
        let (socket, addr) = port::reserve(host.ip())?;
        let reservation = Self { addr, socket: Arc::new(Mutex::new(Some(socket))), named: Mutex::default(), host };
        reservation.reserve(names)?;
        Ok(reservation)
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The named ports, with their addresses.
    pub(super) fn named(&self) -> Vec<(&'static str, SocketAddr)> {
        lock(&self.named).iter().map(|port| (port.name, port.addr)).collect()
    }

    /// Reserves those of these ports that are not among the named ones.
    pub(super) fn reserve(&self, names: &[&'static str]) -> io::Result<()> {
        let mut named = lock(&self.named);
        for name in names {
            if named.iter().all(|port| port.name != *name) {
                let (socket, addr) = port::reserve(self.host.ip())?;
                named.push(NamedPort { name, addr, socket: Some(socket) });
            }
        }
        Ok(())
    }

    /// Listens on the address, with the socket that reserves its port where that is possible.
    pub(super) fn listen(&self) -> io::Result<Listener> {
        port::listen(&self.socket, self.addr)
    }

    /// Releases the ports, for a server that does not set SO_REUSEADDR, and returns their addresses.
    pub(super) fn release(&self) -> Vec<SocketAddr> {
        drop(lock(&self.socket).take());
        let mut named = lock(&self.named);
        named.iter_mut().for_each(|port| port.socket = None);
        std::iter::once(self.addr).chain(named.iter().map(|port| port.addr)).collect()
    }
}

/// Listens on a reserved address with a socket of its own.
pub(super) fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = bind_shared(addr)?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Binds the UDP port of a reserved address.
pub(super) fn datagram(addr: SocketAddr) -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(addr)?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

pub(super) fn bind_shared(addr: SocketAddr) -> io::Result<Socket> {
    let socket = stream_socket()?;
    socket.set_reuse_address(true)?;
    socket.bind(&addr.into())?;
    Ok(socket)
}

/// Binds an address as a server that does not set SO_REUSEADDR does, and releases it.
pub(super) fn bind_unshared(addr: SocketAddr) -> io::Result<()> {
    stream_socket()?.bind(&addr.into())
}

fn stream_socket() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// On Linux a port is chosen here, so that its socket keeps it after it has listened, and below the range that the system
/// assigns from, so that the UDP port of the same number is free too. It is bound without SO_REUSEADDR, which only one socket
/// can, and is then shared by that option.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod port {
    use std::io;
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, LazyLock, Mutex};

    use socket2::{Domain, Socket, Type};
    use tokio::net::TcpListener;

    use super::{BACKLOG, lock};
    use crate::net::Listener;

    const FIRST: u16 = 10_000;
    /// The system assigns 32768 and above, unless it is configured otherwise.
    const COUNT: u16 = 22_768;

    pub(super) fn reserve(ip: Ipv4Addr) -> io::Result<(Socket, SocketAddr)> {
        // Processes begin far from each other, so that they seldom try a port that another one has.
        static NEXT: LazyLock<AtomicU32> =
            LazyLock::new(|| (std::process::id().wrapping_mul(2_654_435_761) >> 8).into());
        let socket = Socket::new(Domain::IPV4, Type::STREAM.nonblocking(), None)?;
        for _ in 0..COUNT {
            let number = NEXT.fetch_add(1, Ordering::Relaxed) % u32::from(COUNT);
            let addr = SocketAddr::from((ip, FIRST + number as u16));
            match socket.bind(&addr.into()) {
                Ok(()) => {
                    socket.set_reuse_address(true)?;
                    return Ok((socket, addr));
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AddrInUse.into())
    }

    pub(super) fn listen(holder: &Arc<Mutex<Option<Socket>>>, _: SocketAddr) -> io::Result<Listener> {
        let mut held = lock(holder);
        held.as_ref().ok_or(io::ErrorKind::AddrInUse)?.listen(BACKLOG)?;
        let socket = held.take().ok_or(io::ErrorKind::AddrInUse)?;
        let holder = holder.clone();
        Ok(Listener::new(TcpListener::from_std(socket.into())?, Box::new(move |socket| *lock(&holder) = Some(socket))))
    }
}

/// Elsewhere the system chooses a port, and a second socket listens there.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod port {
    use std::io;
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::{Arc, Mutex};

    use socket2::Socket;

    use crate::net::Listener;

    pub(super) fn reserve(ip: Ipv4Addr) -> io::Result<(Socket, SocketAddr)> {
        let socket = super::bind_shared((ip, 0).into())?;
        let addr = socket.local_addr()?.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
        Ok((socket, addr))
    }

    pub(super) fn listen(_: &Arc<Mutex<Option<Socket>>>, addr: SocketAddr) -> io::Result<Listener> {
        Ok(Listener::new(super::listen(addr)?, Box::new(drop)))
    }
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
        let first = listen(addr).expect("the reservation lets a server in");
        assert_eq!(listen(addr).expect_err("two servers on one port").kind(), io::ErrorKind::AddrInUse);
        drop(first);
        listen(addr).expect("the address is free again");
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
            assert!(listen(addr).is_err(), "it listens already");
            drop(listener);
            let refused = TcpStream::connect(addr).await.expect_err("nobody listens");
            assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
            drop(listen(addr).expect("another socket may listen in between"));
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
