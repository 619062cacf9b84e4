use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cluster_runtime::place::{BoxFuture, Driver, Files, LastProgram, Launch, NamedPorts, Running, Sink, Spot, Wanted};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

use crate::bodies::{self, Network};
use crate::directory::Directory;
use crate::found::Found;
use crate::host::Host;
use crate::program::{self, Start};
use crate::rules::Member;
use crate::run::{Reach, Run};
use crate::{programs, reach, tunnel};

/// The first port of each node: nobody else has ports at its address.
const FIRST_PORT: u16 = 10_000;

/// A node's address, its directory, and the containers of its programs.
#[derive(Debug)]
pub(crate) struct ContainerSpot {
    run: Arc<Run>,
    node: Arc<str>,
    member: Member,
    named: NamedPorts,
    directory: Arc<Directory>,
    last: LastProgram,
    /// The container that holds its network, if one does.
    holder: Option<Arc<Networked>>,
    /// The container whose network it has otherwise: that of the program that ran last.
    of_last: Mutex<Option<Arc<Networked>>>,
}

/// A container with a network.
#[derive(Debug)]
pub(crate) struct Networked {
    name: String,
    /// Its process, once somebody has asked.
    process: OnceCell<i64>,
}

impl Networked {
    pub(crate) fn new(name: String, process: Option<i64>) -> Arc<Self> {
        Arc::new(Self { name, process: OnceCell::new_with(process) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl ContainerSpot {
    /// A spot of a node, whose network may be held by a container.
    pub(crate) fn new(
        run: Arc<Run>,
        wanted: &Wanted,
        member: Member,
        directory: Directory,
        holder: Option<Arc<Networked>>,
    ) -> io::Result<Self> {
        let spot = Self {
            run,
            node: wanted.name.clone(),
            member,
            named: NamedPorts::default(),
            directory: Arc::new(directory),
            last: LastProgram::default(),
            holder,
            of_last: Mutex::default(),
        };
        spot.reserve(&wanted.ports)?;
        Ok(spot)
    }

    fn host(&self) -> &Host {
        &self.run.hosts[self.member.host]
    }

    fn of_last(&self) -> MutexGuard<'_, Option<Arc<Networked>>> {
        self.of_last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The container whose network it has now, if it has one.
    fn networked(&self) -> Option<Arc<Networked>> {
        self.holder.clone().or_else(|| self.of_last().clone().filter(|_| self.last.is_running()))
    }

    async fn run(
        &self,
        driver: &Driver,
        launch: &Launch,
        sink: Box<dyn Sink>,
        network: &Network,
    ) -> io::Result<(String, Running)> {
        let run = &self.run;
        let found = self.find(driver, &launch.program).await?;
        let directory = (self.directory.path()?, self.directory.mount()?);
        let body = bodies::program(&run.id, launch, &found, directory, network, &run.user);
        let name = run.name(&self.node);
        let (engine, directory) = (self.host().engine.clone(), self.directory.clone());
        let start = Start { engine, name: name.clone(), body, found, directory, pipes: launch.pipes.clone() };
        Ok((name, program::spawn(driver, start, sink).await?))
    }

    async fn find(&self, driver: &Driver, program: &str) -> io::Result<Found> {
        let (run, host, program) = (self.run.clone(), self.member.host, program.to_owned());
        let directory = self.directory.clone();
        let found = driver.run(async move {
            let (host, image) = (&run.hosts[host], run.image.as_deref());
            match &*directory {
                Directory::Here(_) => programs::here(&host.engine, &program, image).await,
                Directory::There(files, _) => programs::there(host, files.shell(), &program, image).await,
            }
        });
        found.await
    }
}

impl Spot for ContainerSpot {
    fn address(&self) -> Result<SocketAddr, &str> {
        Ok((self.member.addr, FIRST_PORT).into())
    }

    fn named(&self) -> Vec<(&'static str, SocketAddr)> {
        self.named.all()
    }

    fn reserve(&self, ports: &[&'static str]) -> io::Result<()> {
        self.named.add(ports, |index, _| Ok((self.member.addr, FIRST_PORT + 1 + index as u16).into()))
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(async move {
            let networked = self.networked().ok_or(io::ErrorKind::ConnectionRefused)?;
            let engine = &self.host().engine;
            if self.run.reach == Reach::ByEngine {
                return tunnel::connect(engine, &networked.name, to).await;
            }
            let process = networked.process.get_or_try_init(|| engine.process(&networked.name)).await?;
            reach::connect(*process, to).await
        })
    }

    fn files(&self) -> &dyn Files {
        self.directory.files()
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
            let network = match &self.holder {
                Some(holder) => Network::Of(holder.name.clone()),
                None => Network::Own(self.run.network(), self.member.addr),
            };
            let (name, running) = self.run(driver, launch, sink, &network).await?;
            *self.of_last() = Some(Networked::new(name, None));
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
        match self.networked().filter(|_| self.last.is_running()) {
            None => self.spawn(driver, launch, sink),
            Some(networked) => Box::pin(async move {
                let network = Network::Of(networked.name.clone());
                Ok(self.run(driver, launch, sink, &network).await?.1)
            }),
        }
    }
}
