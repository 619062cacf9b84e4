use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream, UdpSocket};

use super::{BoxFuture, Files, Launch, Running, Sink};
use crate::clock;
use crate::driver::Driver;
use crate::net::{Listener, Ports};

/// The share of a place that one node has: its addresses, its directory and its programs. It lives as long as the node.
pub trait Spot: fmt::Debug + Send + Sync + 'static {
    /// Its address, by which other nodes reach it, constant from the first call on; or why it has none. TCP and UDP ports have the
    /// same numbers.
    ///
    /// # Errors
    /// When none can be had.
    fn address(&self) -> Result<SocketAddr, &str>;

    /// Its named ports, each with its address.
    fn named(&self) -> Vec<(&'static str, SocketAddr)>;

    /// Adds those of these ports that it does not have yet.
    ///
    /// # Errors
    /// When one cannot be had.
    fn reserve(&self, ports: &[&'static str]) -> io::Result<()>;

    /// Connects the test to an address of the place, such as one of the node: for a probe or a question.
    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>>;

    /// Listens on the address, for a node in the test's process.
    ///
    /// # Errors
    /// When it cannot, as where no node is in the test's process.
    fn listen(&self) -> io::Result<Listener> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// As [`listen`](Self::listen), with tokio's type.
    ///
    /// # Errors
    /// Those of [`listen`](Self::listen).
    fn listener(&self) -> io::Result<TcpListener> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Binds the UDP port of the address, for a node in the test's process.
    ///
    /// # Errors
    /// Those of [`listen`](Self::listen).
    fn datagram(&self) -> io::Result<UdpSocket> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The process that listens on a TCP port of the node before its program runs, if there is one.
    fn occupant(&self, addr: SocketAddr) -> Option<String> {
        let _ = addr;
        None
    }

    /// The process group of its program on this machine, if the connections of the place are those of this machine.
    fn group(&self) -> Option<u32> {
        None
    }

    /// Its directory.
    fn files(&self) -> &dyn Files;

    /// Resolves when nothing is left of the program that ran last.
    fn until_gone(&self) -> BoxFuture<'_, ()>;

    /// Spawns the program of the node in the directory, once all that ran there before has gone. What supervises it is spawned on
    /// the driver, so that a test that blocks its threads does not delay it. If the future is dropped nothing of the program is
    /// left.
    fn spawn<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>>;

    /// Spawns a command in the directory, where the program of the node may be running.
    fn spawn_command<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>>;

    /// The time by the node's clock.
    fn now(&self) -> Instant {
        clock::instant()
    }

    /// Waits by the node's clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(clock::pause(duration))
    }
}

impl dyn Spot + '_ {
    /// The node's address; 127.0.0.1:0 where none could be reserved, which its start will report.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.address().unwrap_or_else(|_| (Ipv4Addr::LOCALHOST, 0).into())
    }

    /// The address with the port of this name; that of the address itself has the name "".
    pub(crate) fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        if port.is_empty() {
            return Some(self.addr());
        }
        self.named().into_iter().find(|(name, _)| *name == port).map(|(_, addr)| addr)
    }

    /// All its addresses, by the names of their ports; none where none could be reserved.
    pub(crate) fn ports(&self) -> Ports {
        self.address().into_iter().map(|addr| ("", addr)).chain(self.named()).collect()
    }
}
