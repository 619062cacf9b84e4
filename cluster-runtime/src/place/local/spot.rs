use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;

use tokio::net::{TcpListener, TcpStream, UdpSocket};

use super::address::{self, Reservation};
use super::files::LocalFiles;
use super::occupant;
use super::programs::LocalPrograms;
use crate::driver::Driver;
use crate::net::Listener;
use crate::place::{BoxFuture, Files, Launch, Running, Sink, Spot, Wanted};

/// The share of this machine that a node has.
#[derive(Debug)]
pub(super) struct LocalSpot {
    reservation: OnceLock<Result<Reservation, String>>,
    files: LocalFiles,
    programs: LocalPrograms,
    wanted: Wanted,
}

impl LocalSpot {
    pub(super) fn new(wanted: Wanted) -> Self {
        let (files, programs) = (LocalFiles::new(wanted.name.clone()), LocalPrograms::default());
        Self { reservation: OnceLock::new(), files, programs, wanted }
    }

    fn reservation(&self) -> Result<&Reservation, &str> {
        let reserve = || Reservation::new(self.wanted.hosts, &self.wanted.ports).map_err(|error| error.to_string());
        self.reservation.get_or_init(reserve).as_ref().map_err(String::as_str)
    }

    fn reserved(&self) -> io::Result<&Reservation> {
        self.reservation().map_err(io::Error::other)
    }
}

impl Spot for LocalSpot {
    fn address(&self) -> Result<SocketAddr, &str> {
        self.reservation().map(Reservation::addr)
    }

    fn named(&self) -> Vec<(&'static str, SocketAddr)> {
        self.reservation().map(Reservation::named).unwrap_or_default()
    }

    fn reserve(&self, ports: &[&'static str]) -> io::Result<()> {
        self.reserved()?.reserve(ports)
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(TcpStream::connect(to))
    }

    fn listen(&self) -> io::Result<Listener> {
        self.reserved()?.listen()
    }

    fn listener(&self) -> io::Result<TcpListener> {
        self.reserved()?.listener()
    }

    fn datagram(&self) -> io::Result<UdpSocket> {
        address::datagram(self.reserved()?.addr())
    }

    fn occupant(&self, addr: SocketAddr) -> Option<String> {
        occupant::occupant(addr)
    }

    fn group(&self) -> Option<u32> {
        self.programs.group()
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
            let unshared = match launch.without_reuseaddr {
                true => self.reserved()?.release(),
                false => {
                    self.reserved()?.share();
                    Vec::new()
                }
            };
            self.programs.spawn(driver, &self.files, launch, &unshared, sink).await
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
        Box::pin(LocalPrograms::spawn_beside(driver, &self.files, launch, sink))
    }
}
