use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpStream;

use super::files::RemoteFiles;
use super::host::Host;
use super::program;
use crate::driver::Driver;
use crate::place::running::Gone;
use crate::place::{BoxFuture, Files, Launch, Running, Sink, Spot, Wanted};

/// How many ports a node has beyond those that it wants: a kind with more of them may replace its own.
pub(super) const SPARE: usize = 4;

/// The share of a host that a node has.
#[derive(Debug)]
pub(super) struct RemoteSpot {
    host: Arc<Host>,
    files: RemoteFiles,
    directory: String,
    addr: SocketAddr,
    ports: Mutex<Ports>,
    /// The end of the program that was spawned last.
    last: Mutex<Option<Gone>>,
}

#[derive(Debug)]
struct Ports {
    named: Vec<(&'static str, SocketAddr)>,
    spare: Vec<u16>,
}

impl RemoteSpot {
    /// A spot with a directory and these ports, of which there are one and [`SPARE`] more than it has names.
    pub(super) fn new(host: Arc<Host>, directory: String, ip: IpAddr, wanted: &Wanted, mut ports: Vec<u16>) -> Self {
        let addr = SocketAddr::new(ip, ports.pop().unwrap_or_default());
        let named = wanted.ports.iter().zip(ports.drain(..wanted.ports.len()));
        let named = named.map(|(name, port)| (*name, SocketAddr::new(ip, port))).collect();
        let (files, last) = (RemoteFiles::new(host.clone(), directory.clone()), Mutex::default());
        Self { host, files, directory, addr, ports: Mutex::new(Ports { named, spare: ports }), last }
    }

    fn ports(&self) -> MutexGuard<'_, Ports> {
        self.ports.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spot for RemoteSpot {
    fn address(&self) -> Result<SocketAddr, &str> {
        Ok(self.addr)
    }

    fn named(&self) -> Vec<(&'static str, SocketAddr)> {
        self.ports().named.clone()
    }

    fn reserve(&self, ports: &[&'static str]) -> io::Result<()> {
        let mut own = self.ports();
        for name in ports {
            if own.named.iter().all(|(named, _)| named != name) {
                let none =
                    || io::Error::other(format!("a node on a host can get {SPARE} more ports, and not `{name}`"));
                let addr = SocketAddr::new(self.addr.ip(), own.spare.pop().ok_or_else(none)?);
                own.named.push((name, addr));
            }
        }
        Ok(())
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(TcpStream::connect(to))
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }

    fn until_gone(&self) -> BoxFuture<'_, ()> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async {
            if let Some(last) = last {
                last.wait().await;
            }
        })
    }

    fn spawn<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>> {
        Box::pin(async move {
            self.until_gone().await;
            let running = program::spawn(&self.host, driver, &self.directory, launch, sink).await?;
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(running.when_gone());
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
