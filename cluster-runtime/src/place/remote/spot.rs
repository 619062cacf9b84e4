use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::TcpStream;

use super::host::Host;
use super::program;
use crate::driver::Driver;
use crate::lock::lock;
use crate::place::named_ports::NamedPorts;
use crate::place::running::LastProgram;
use crate::place::{BoxFuture, Files, Launch, Running, ScriptedFiles, Sink, Spot, Wanted};

/// How many ports a node has beyond those that it wants: a kind with more of them may replace its own.
pub(super) const SPARE: usize = 4;

/// The share of a host that a node has.
#[derive(Debug)]
pub(super) struct RemoteSpot {
    host: Arc<Host>,
    files: ScriptedFiles<Arc<Host>>,
    directory: String,
    addr: SocketAddr,
    named: NamedPorts,
    spare: Mutex<Vec<u16>>,
    last: LastProgram,
}

impl RemoteSpot {
    /// A spot with a directory and these ports, of which there are one and [`SPARE`] more than it has names.
    pub(super) fn new(
        host: Arc<Host>,
        directory: String,
        ip: IpAddr,
        wanted: &Wanted,
        mut ports: Vec<u16>,
    ) -> io::Result<Self> {
        let addr = SocketAddr::new(ip, ports.pop().unwrap_or_default());
        let files = ScriptedFiles::new(host.clone(), &*directory);
        let (named, spare, last) = (NamedPorts::default(), Mutex::new(ports), LastProgram::default());
        let spot = Self { host, files, directory, addr, named, spare, last };
        spot.reserve(&wanted.ports)?;
        Ok(spot)
    }
}

impl Spot for RemoteSpot {
    fn address(&self) -> Result<SocketAddr, &str> {
        Ok(self.addr)
    }

    fn named(&self) -> Vec<(&'static str, SocketAddr)> {
        self.named.all()
    }

    fn reserve(&self, ports: &[&'static str]) -> io::Result<()> {
        let mut spare = lock(&self.spare);
        self.named.add(ports, |_, name| {
            let none = || io::Error::other(format!("a node on a host can get {SPARE} more ports, and not `{name}`"));
            Ok(SocketAddr::new(self.addr.ip(), spare.pop().ok_or_else(none)?))
        })
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(TcpStream::connect(to))
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }

    fn until_gone(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.last.until_gone())
    }

    fn spawn<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>> {
        Box::pin(async move {
            self.last.until_gone().await;
            let running = program::spawn(&self.host, driver, &self.directory, launch, sink).await?;
            self.last.set(&running);
            Ok(running)
        })
    }

    fn spawn_command<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>> {
        Box::pin(program::spawn(&self.host, driver, &self.directory, launch, sink))
    }
}
