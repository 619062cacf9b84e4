use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};

use super::no_program;
use crate::driver::Driver;
use crate::place::local::LocalFiles;
use crate::place::named_ports::NamedPorts;
use crate::place::{BoxFuture, Files, Launch, Running, Sink, Spot, Wanted};

/// The port of a node's address; its named ports follow.
const PORT: u16 = 4000;

/// The share of a simulation that a node has. Its files are on this machine.
#[derive(Debug)]
pub(super) struct SimulatedSpot {
    addr: SocketAddr,
    named: NamedPorts,
    files: LocalFiles,
}

impl SimulatedSpot {
    pub(super) fn new(host: Ipv4Addr, wanted: Wanted) -> io::Result<Self> {
        let (addr, files) = ((host, PORT).into(), LocalFiles::new(wanted.name));
        let spot = Self { addr, named: NamedPorts::default(), files };
        spot.reserve(&wanted.ports)?;
        Ok(spot)
    }
}

impl Spot for SimulatedSpot {
    fn address(&self) -> Result<SocketAddr, &str> {
        Ok(self.addr)
    }

    fn named(&self) -> Vec<(&'static str, SocketAddr)> {
        self.named.all()
    }

    fn reserve(&self, ports: &[&'static str]) -> io::Result<()> {
        self.named.add(ports, |index, _| Ok((self.addr.ip(), PORT + 1 + index as u16).into()))
    }

    fn connect(&self, _: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(async { Err(unsupported("the test has no sockets in simulated time")) })
    }

    fn listener(&self) -> io::Result<TcpListener> {
        Err(unsupported(
            "a listener of tokio is one of the system, and the node is in simulated time\n\
             help: listen by `node.listen()`, whose listener and streams are simulated there",
        ))
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }

    fn until_gone(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn spawn<'a>(&'a self, _: &'a Driver, _: &'a Launch, _: Box<dyn Sink>) -> BoxFuture<'a, io::Result<Running>> {
        Box::pin(async { Err(no_program()) })
    }

    fn spawn_command<'a>(
        &'a self,
        _: &'a Driver,
        _: &'a Launch,
        _: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>> {
        Box::pin(async { Err(no_program()) })
    }
}

fn unsupported(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, why)
}
