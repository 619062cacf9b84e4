//! Without the feature `simulated` there is no network in memory: its types have no values.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::ReadBuf;

use super::path::{Block, Path, Traffic};
use super::paths::Paths;
use super::sign::Sign;
use crate::net::Conditions;
use crate::simulation::Schedule;

/// Stands for the network.
#[derive(Debug)]
pub(crate) struct Network(Infallible);

/// Stands for a connection.
#[derive(Debug)]
pub(crate) struct Connection(Infallible);

/// Stands for one end of it.
#[derive(Debug)]
pub(crate) struct End(Infallible);

/// Stands for an address that is listened on.
#[derive(Debug)]
pub(crate) struct Listening(Infallible);

/// Stands for a socket for datagrams.
#[derive(Debug)]
pub(crate) struct Inbox(Infallible);

impl Network {
    pub(crate) fn new(_: u64, schedule: Arc<Schedule>) -> Arc<Self> {
        schedule.never()
    }

    pub(crate) fn seed(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) fn conditions(&self) -> Conditions {
        match self.0 {}
    }

    pub(crate) fn connect(&self, _: IpAddr, _: SocketAddr) -> io::Result<End> {
        match self.0 {}
    }

    pub(crate) fn silence(&self, _: IpAddr) {
        match self.0 {}
    }
}

impl Connection {
    pub(crate) fn follow(&self, _: Paths, _: Traffic) {
        match self.0 {}
    }

    pub(crate) fn source(&self) -> SocketAddr {
        match self.0 {}
    }

    pub(crate) fn rules_changed(&self) {
        match self.0 {}
    }
}

impl End {
    pub(crate) fn connection(&self) -> &Arc<Connection> {
        match self.0 {}
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        match self.0 {}
    }

    pub(crate) fn peer_addr(&self) -> SocketAddr {
        match self.0 {}
    }

    pub(crate) fn set_zero_linger(&self) {
        match self.0 {}
    }

    pub(crate) fn poll_read(&self, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.0 {}
    }

    pub(crate) fn poll_write(&self, _: &mut Context<'_>, _: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self.0 {}
    }

    pub(crate) fn end(&self) {
        match self.0 {}
    }
}

impl Listening {
    pub(crate) fn bind(network: &Arc<Network>, _: SocketAddr) -> io::Result<Self> {
        match network.0 {}
    }

    pub(crate) async fn accept(&self) -> End {
        match self.0 {}
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        match self.0 {}
    }
}

impl Inbox {
    pub(crate) fn bind(network: &Arc<Network>, _: SocketAddr) -> io::Result<Self> {
        match network.0 {}
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        match self.0 {}
    }

    pub(crate) fn send(&self, _: Option<&Path>, _: &[u8], _: SocketAddr, _: Traffic) -> io::Result<()> {
        match self.0 {}
    }

    pub(crate) async fn receive(&self, _: &mut [u8]) -> (usize, SocketAddr) {
        match self.0 {}
    }
}

pub(super) async fn is_blocked(network: &Network, _: &Paths, _: Block) -> io::Result<bool> {
    match network.0 {}
}

pub(super) async fn delay(network: &Network, _: &Paths, _: usize) -> io::Result<Duration> {
    match network.0 {}
}

pub(super) async fn delays(network: &Network, _: &Paths, _: usize, _: u32) -> io::Result<[Duration; 2]> {
    match network.0 {}
}

pub(super) async fn shows(network: &Network, _: &Paths, _: Sign, _: u32) -> io::Result<bool> {
    match network.0 {}
}
