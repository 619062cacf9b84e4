//! Where nodes run.

mod exit;
mod launch;
mod local;
mod signal;

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::driver::Driver;
use crate::net::{Datagram, Listener, Stream};

pub use exit::Exit;
pub use signal::Signal;

pub(crate) use launch::{Launch, Outlet, Sink, capture};
pub(crate) use local::{Activity, Group, Local, Running, Thread};

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where nodes run: it has a spot for each of them.
pub(crate) trait Place: fmt::Debug + Send + Sync + 'static {
    /// A spot, for which nothing is taken before it is asked for something.
    fn spot(&self, wanted: Wanted) -> Box<dyn Spot>;

    /// Looks for a program without running it; the error says what to do.
    fn check(&self, program: &str) -> io::Result<()>;

    /// The file descriptors of this process, where their number is limited. As many as can be are allowed before.
    fn descriptors(&self) -> Option<Descriptors>;
}

/// What a node asks of its spot.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) name: Arc<str>,
    pub(crate) hosts: Hosts,
    /// The names of ports, beside that of its address.
    pub(crate) ports: Vec<&'static str>,
}

/// Which hosts the nodes of a kind live on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// One for each, where the system has so many.
    Own,
    /// One for all.
    Localhost,
}

/// File descriptors of this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descriptors {
    pub(crate) open: u64,
    pub(crate) limit: u64,
}

/// The addresses of a node; TCP and UDP ports have the same numbers.
#[derive(Debug)]
pub(crate) struct Addresses {
    pub(crate) addr: SocketAddr,
    pub(crate) named: Vec<(&'static str, SocketAddr)>,
}

impl Addresses {
    fn all(&self) -> impl Iterator<Item = SocketAddr> {
        std::iter::once(self.addr).chain(self.named.iter().map(|(_, addr)| *addr))
    }
}

/// What one node has where it runs.
pub(crate) trait Spot: fmt::Debug + Send + Sync {
    /// Its addresses: had when they are first asked for, and then always the same. Or why there are none.
    fn addresses(&self) -> Result<&Addresses, &str>;

    fn listen(&self) -> io::Result<Listener>;

    /// As [`listen`](Self::listen), with a socket of tokio's.
    fn listener(&self) -> io::Result<TcpListener>;

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<Stream>>;

    fn datagram(&self) -> io::Result<Datagram>;

    /// Who listens on a TCP port of the node, if anyone does.
    fn occupant(&self, addr: SocketAddr) -> Option<String>;

    /// The node's directory, made when it is first asked for. It is there as long as the spot is.
    fn dir(&self) -> io::Result<&Path>;

    /// Keeps the directory, if there is one, for a person to look at, and says where it is.
    fn keep_files(&self) -> Option<String>;

    /// Reads a file in the directory.
    fn read<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<Vec<u8>>>;

    /// Writes a file in the directory, and the directories on the way to it.
    fn write<'a>(&'a self, file: &'a str, contents: &'a [u8]) -> BoxFuture<'a, io::Result<()>>;

    /// Removes a file in the directory, if it is there.
    fn remove<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>>;

    fn exists<'a>(&'a self, file: &'a str) -> BoxFuture<'a, bool>;

    /// Connects to a UNIX socket in the directory, and hangs up.
    fn reach_unix_socket<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>>;

    /// Spawns a program in the directory. The driver watches over it.
    fn spawn<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>>;

    /// The time by the node's clock.
    fn now(&self) -> Instant;

    /// Waits by the node's clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

impl dyn Spot + '_ {
    /// The node's address: 127.0.0.1:0 where none could be had, of which its start will tell.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addresses().map_or((Ipv4Addr::LOCALHOST, 0).into(), |addresses| addresses.addr)
    }

    /// The address with the port of this name; that of the address itself has the name "".
    pub(crate) fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        if port.is_empty() {
            return Some(self.addr());
        }
        let named = &self.addresses().ok()?.named;
        named.iter().find(|(name, _)| *name == port).map(|(_, addr)| *addr)
    }

    /// The names of its ports.
    pub(crate) fn port_names(&self) -> Vec<&'static str> {
        self.addresses()
            .map_or_else(|_| Vec::new(), |addresses| addresses.named.iter().map(|(name, _)| *name).collect())
    }
}
