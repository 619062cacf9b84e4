use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;

use super::holder::Holder;
use super::network::Member;
use super::programs::needed;
use super::sockets::Sockets;
use crate::driver::Driver;
use crate::place::local::{LocalFiles, LocalPrograms, find_program};
use crate::place::named_ports::NamedPorts;
use crate::place::{BoxFuture, Files, Launch, Running, Sink, Spot, Wanted};

/// The first port of each node: nobody else has ports at its address.
const FIRST_PORT: u16 = 10_000;

/// A namespace with its node's files and programs on this machine.
#[derive(Debug)]
pub(super) struct NamespaceSpot {
    member: Member,
    named: NamedPorts,
    files: LocalFiles,
    programs: LocalPrograms,
    holder: Arc<Holder>,
    sockets: Arc<Sockets>,
}

impl NamespaceSpot {
    pub(super) fn new(wanted: Wanted, member: Member, holder: Arc<Holder>, sockets: Arc<Sockets>) -> io::Result<Self> {
        let (files, programs) = (LocalFiles::new(wanted.name.clone()), LocalPrograms::default());
        let spot = Self { member, named: NamedPorts::default(), files, programs, holder, sockets };
        spot.reserve(&wanted.ports)?;
        Ok(spot)
    }

    /// The same program, within the namespace: `nsenter` becomes it.
    fn within(&self, launch: &Launch) -> io::Result<Launch> {
        let program = find_program(&launch.program)?.display().to_string();
        let nsenter = needed("nsenter")?;
        let mut arguments = self.holder.nsenter(&self.holder.network_of(&self.member.name()));
        arguments.push(program);
        arguments.extend(launch.arguments.iter().cloned());
        Ok(Launch { program: nsenter, arguments, ..launch.clone() })
    }
}

impl Spot for NamespaceSpot {
    fn address(&self) -> Result<SocketAddr, &str> {
        Ok((self.member.addr(), FIRST_PORT).into())
    }

    fn named(&self) -> Vec<(&'static str, SocketAddr)> {
        self.named.all()
    }

    fn reserve(&self, ports: &[&'static str]) -> io::Result<()> {
        self.named.add(ports, |index, _| Ok((self.member.addr(), FIRST_PORT + 1 + index as u16).into()))
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(self.sockets.connect(to))
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }

    fn until_gone(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.programs.until_gone())
    }

    fn spawn<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>> {
        Box::pin(async move {
            let launch = self.within(launch)?;
            self.programs.spawn(driver, &self.files, &launch, &[], sink).await
        })
    }

    fn spawn_command<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>> {
        if !self.programs.is_running() {
            return self.spawn(driver, launch, sink);
        }
        Box::pin(async move { LocalPrograms::spawn_beside(driver, &self.files, &self.within(launch)?, sink).await })
    }
}
