use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use cluster_runtime::place::{
    BoxFuture, Driver, Files, LastProgram, Launch, LocalFiles, NamedPorts, Running, Sink, Spot, Wanted,
};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

use crate::bodies::{self, Network};
use crate::program::{self, Start};
use crate::programs;
use crate::reach;
use crate::session::Run;

/// The first port of each node: nobody else has ports at its address.
const FIRST_PORT: u16 = 10_000;

/// A node's address, its files on this machine, and the containers of its programs.
#[derive(Debug)]
pub(crate) struct ContainerSpot {
    run: Arc<Run>,
    node: Arc<str>,
    addr: Ipv4Addr,
    named: NamedPorts,
    files: Arc<LocalFiles>,
    last: LastProgram,
    /// The container whose network is the node's: one that only holds it, or that of the program that ran last.
    networked: Mutex<Option<Arc<Networked>>>,
    is_held: bool,
}

/// A container with a network.
#[derive(Debug)]
struct Networked {
    name: String,
    /// Its process, once somebody has asked.
    process: OnceCell<i64>,
}

impl ContainerSpot {
    /// A spot at an address, whose network may be held by a container with this process.
    pub(crate) fn new(
        run: Arc<Run>,
        wanted: &Wanted,
        addr: Ipv4Addr,
        holder: Option<(String, i64)>,
    ) -> io::Result<Self> {
        let is_held = holder.is_some();
        let networked =
            holder.map(|(name, process)| Arc::new(Networked { name, process: OnceCell::new_with(Some(process)) }));
        let spot = Self {
            run,
            node: wanted.name.clone(),
            addr,
            named: NamedPorts::default(),
            files: Arc::new(LocalFiles::new(wanted.name.clone())),
            last: LastProgram::default(),
            networked: Mutex::new(networked),
            is_held,
        };
        spot.reserve(&wanted.ports)?;
        Ok(spot)
    }

    fn networked(&self) -> Option<Arc<Networked>> {
        self.networked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_networked(&self, name: String) {
        let networked = Networked { name, process: OnceCell::new() };
        *self.networked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(networked));
    }

    /// The network of a container that shares the node's with another.
    fn shared(&self) -> Option<Network> {
        Some(Network::Of(self.networked()?.name.clone()))
    }

    async fn run(
        &self,
        driver: &Driver,
        launch: &Launch,
        sink: Box<dyn Sink>,
        network: &Network,
    ) -> io::Result<(String, Running)> {
        let run = &self.run;
        let (engine, program) = (run.engine.clone(), launch.program.clone());
        let image = run.image.clone();
        let found = driver.run(async move { programs::find(&engine, &program, image.as_deref()).await }).await?;
        let body = bodies::program(&run.id, launch, &found, self.files.dir()?, network, &run.user);
        let name = run.name(&self.node);
        let (engine, files) = (run.engine.clone(), self.files.clone());
        let start = Start { engine, name: name.clone(), body, found, files, pipes: launch.pipes.clone() };
        Ok((name, program::spawn(driver, start, sink).await?))
    }
}

impl Spot for ContainerSpot {
    fn address(&self) -> Result<SocketAddr, &str> {
        Ok((self.addr, FIRST_PORT).into())
    }

    fn named(&self) -> Vec<(&'static str, SocketAddr)> {
        self.named.all()
    }

    fn reserve(&self, ports: &[&'static str]) -> io::Result<()> {
        self.named.add(ports, |index, _| Ok((self.addr, FIRST_PORT + 1 + index as u16).into()))
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(async move {
            let networked = self.networked().filter(|_| self.is_held || self.last.is_running());
            let networked = networked.ok_or(io::ErrorKind::ConnectionRefused)?;
            let process = networked.process.get_or_try_init(|| self.run.engine.process(&networked.name)).await?;
            reach::connect(*process, to).await
        })
    }

    fn files(&self) -> &dyn Files {
        &*self.files
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
            let network = match self.is_held {
                true => self.shared(),
                false => None,
            };
            let network = network.unwrap_or_else(|| Network::Own(self.run.network.clone(), self.addr));
            let (name, running) = self.run(driver, launch, sink, &network).await?;
            self.last.set(&running);
            if !self.is_held {
                self.set_networked(name);
            }
            Ok(running)
        })
    }

    fn spawn_command<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>> {
        match self.shared().filter(|_| self.last.is_running()) {
            None => self.spawn(driver, launch, sink),
            Some(network) => Box::pin(async move { Ok(self.run(driver, launch, sink, &network).await?.1) }),
        }
    }
}
