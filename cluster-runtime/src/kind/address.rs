use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Once;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpSocket};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// An address on loopback that nobody else is given.
///
/// The socket is bound with SO_REUSEADDR and never listens: the system gives its port to no one who asks for any port,
/// and a server that sets SO_REUSEADDR may still listen there. It lives as long as its node.
#[derive(Debug)]
pub(crate) struct Reservation {
    addr: SocketAddr,
    _socket: TcpSocket,
}

impl Reservation {
    pub(crate) fn new() -> io::Result<Self> {
        static RAISE: Once = Once::new();
        RAISE.call_once(|| {
            raise_descriptor_limit();
        });
        let socket = bound((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self { addr: socket.local_addr()?, _socket: socket })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
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
        let reservation = Reservation::new().expect("a port is free");
        let first = listen(reservation.addr()).expect("the reservation lets a server in");
        assert_eq!(listen(reservation.addr()).expect_err("two servers on one port").kind(), io::ErrorKind::AddrInUse);
        drop(first);
        listen(reservation.addr()).expect("the address is free again");
    }

    #[tokio::test]
    async fn a_reserved_port_is_given_to_nobody() {
        let reservations: Vec<_> = (0..500).map(|_| Reservation::new().expect("a port is free")).collect();
        for _ in 0..500 {
            let other = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
            let given = other.local_addr().expect("it is bound");
            assert!(reservations.iter().all(|reserved| reserved.addr() != given), "{given} was reserved");
        }
    }
}
