//! Where nodes run.
#![allow(clippy::disallowed_methods, reason = "this is where the system is touched")]

mod connection;
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

use tokio::net::{TcpListener, TcpStream, UdpSocket};

use crate::driver::Driver;
use crate::net::{Listener, Ports};

pub use exit::Exit;
pub use signal::Signal;

pub(crate) use connection::{Connection, Connections};
pub(crate) use launch::{Launch, Outlet, Sink, capture};
pub(crate) use local::{
    Activity, Group, LineFile, Local, Mark, Marks, Running, Thread, before_termination, die_with_parent, is_test,
    is_test_target, is_watched, link_directory, move_file, new_report_directory, remove_file, rerun, write_file,
    write_over, write_uncaptured,
};

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where nodes run. It has a spot for each node.
pub(crate) trait Place: fmt::Debug + Send + Sync + 'static {
    /// A spot. It takes no resources until they are first used.
    fn spot(&self, wanted: Wanted) -> Box<dyn Spot>;

    /// Looks for a program without running it. The error has help.
    fn check(&self, program: &str) -> io::Result<()>;

    /// The file descriptors of this process, where their number is limited. The soft limit is raised to the hard one before.
    fn descriptors(&self) -> Option<Descriptors>;
}

/// What a node needs of its spot.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) name: Arc<str>,
    pub(crate) hosts: Hosts,
    /// The names of the ports that it needs in addition to that of its address.
    pub(crate) ports: Vec<&'static str>,
}

/// The hosts of the nodes of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// One for each node, where the system has so many.
    Own,
    /// 127.0.0.1 for all.
    Localhost,
}

/// File descriptors of this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descriptors {
    pub(crate) open: u64,
    pub(crate) limit: u64,
}

/// The share of a place that one node has: its addresses, sockets, directory and programs.
pub(crate) trait Spot: fmt::Debug + Send + Sync {
    /// Its address, reserved with its named ports at the first call and constant after it; or why none could be reserved. TCP
    /// and UDP ports have the same numbers.
    fn address(&self) -> Result<SocketAddr, &str>;

    /// Its named ports, each with its address.
    fn named(&self) -> Vec<(&'static str, SocketAddr)>;

    /// Reserves those of these ports that it does not have yet.
    fn reserve(&self, ports: &[&'static str]) -> io::Result<()>;

    fn listen(&self) -> io::Result<Listener>;

    /// As [`listen`](Self::listen), with tokio's type.
    fn listener(&self) -> io::Result<TcpListener>;

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>>;

    fn datagram(&self) -> io::Result<UdpSocket>;

    /// The process that listens on a TCP port of the node, if there is one.
    fn occupant(&self, addr: SocketAddr) -> Option<String>;

    /// The TCP connections of the place at this moment, where the system lists them.
    fn connections(&self) -> Connections;

    /// Whether the node's program has this connection.
    fn has(&self, connection: &Connection) -> bool;

    /// The node's directory, created at the first call. It exists as long as the spot.
    fn dir(&self) -> io::Result<&Path>;

    /// Makes the directory outlive the spot, and returns its path if it exists.
    fn keep_files(&self) -> Option<String>;

    /// Removes all that is in the directory, if there is one.
    fn wipe(&self) -> BoxFuture<'_, io::Result<()>>;

    /// Reads a file in the directory.
    fn read<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<Vec<u8>>>;

    /// Writes a file in the directory, and creates its parent directories.
    fn write<'a>(&'a self, file: &'a str, contents: &'a [u8]) -> BoxFuture<'a, io::Result<()>>;

    /// Removes a file in the directory, if it exists.
    fn remove<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>>;

    fn exists<'a>(&'a self, file: &'a str) -> BoxFuture<'a, bool>;

    /// Connects to a UNIX socket in the directory, and closes the connection.
    fn reach_unix_socket<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>>;

    /// Spawns a program in the directory. The driver supervises it.
    fn spawn<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>>;

    /// Spawns a command in the directory, where the program may be running.
    fn spawn_command<'a>(
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
