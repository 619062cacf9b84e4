use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream, UdpSocket, UnixStream};

use super::address::{self, Reservation};
use super::directory::Directory;
use super::running::{Gone, Running};
use super::{connections, file, launch, occupant};
use crate::clock;
use crate::driver::Driver;
use crate::net::Listener;
use crate::place::{BoxFuture, Connection, Connections, Launch, Sink, Spot, Wanted};

/// The share of this machine that a node has.
#[derive(Debug)]
pub(super) struct LocalSpot {
    wanted: Wanted,
    reservation: OnceLock<Result<Reservation, String>>,
    directory: OnceLock<Arc<Directory>>,
    /// The end of the program that was spawned last.
    last: Mutex<Option<Gone>>,
    /// Its process group.
    group: Mutex<Option<u32>>,
}

impl LocalSpot {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            reservation: OnceLock::new(),
            directory: OnceLock::new(),
            last: Mutex::default(),
            group: Mutex::default(),
        }
    }

    fn reservation(&self) -> Result<&Reservation, &str> {
        let reserve = || Reservation::new(self.wanted.hosts, &self.wanted.ports).map_err(|error| error.to_string());
        self.reservation.get_or_init(reserve).as_ref().map_err(String::as_str)
    }

    fn reserved(&self) -> io::Result<&Reservation> {
        self.reservation().map_err(io::Error::other)
    }

    fn directory(&self) -> io::Result<&Arc<Directory>> {
        if let Some(directory) = self.directory.get() {
            return Ok(directory);
        }
        let directory = Arc::new(Directory::create(&self.wanted.name)?);
        // Of two at the same time the first one is kept.
        Ok(self.directory.get_or_init(|| directory))
    }

    /// The program that ran last has gone, with all that it held: its ports, its files.
    async fn until_last_is_gone(&self) {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(last) = last {
            last.wait().await;
        }
    }

    fn is_running(&self) -> bool {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(Gone::is_of_running)
    }

    fn path(&self, file: &str) -> io::Result<PathBuf> {
        Ok(self.dir()?.join(file))
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

    fn listen(&self) -> io::Result<Listener> {
        self.reserved()?.listen()
    }

    fn listener(&self) -> io::Result<TcpListener> {
        address::listen(self.reserved()?.addr())
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(TcpStream::connect(to))
    }

    fn datagram(&self) -> io::Result<UdpSocket> {
        address::datagram(self.reserved()?.addr())
    }

    fn connections(&self) -> Connections {
        connections::connections()
    }

    fn has(&self, connection: &Connection) -> bool {
        let group = *self.group.lock().unwrap_or_else(PoisonError::into_inner);
        group.is_some_and(|group| connections::has_group(connection, group))
    }

    fn occupant(&self, addr: SocketAddr) -> Option<String> {
        occupant::occupant(addr)
    }

    fn dir(&self) -> io::Result<&Path> {
        Ok(self.directory()?.path())
    }

    fn keep_files(&self) -> Option<String> {
        let directory = self.directory.get()?;
        directory.keep();
        Some(directory.path().display().to_string())
    }

    fn wipe(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async move {
            self.until_last_is_gone().await;
            self.directory.get().map_or(Ok(()), |directory| directory.wipe())
        })
    }

    fn read<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<Vec<u8>>> {
        Box::pin(async move { file::read(&self.path(file)?) })
    }

    fn write<'a>(&'a self, file: &'a str, contents: &'a [u8]) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move { file::write(&self.path(file)?, contents) })
    }

    fn remove<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move { file::remove(&self.path(file)?) })
    }

    fn exists<'a>(&'a self, file: &'a str) -> BoxFuture<'a, bool> {
        Box::pin(async move { self.path(file).is_ok_and(|path| path.exists()) })
    }

    fn reach_unix_socket<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move { UnixStream::connect(self.path(file)?).await.map(drop) })
    }

    fn spawn<'a>(
        &'a self,
        driver: &'a Driver,
        launch: &'a Launch,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'a, io::Result<Running>> {
        Box::pin(async move {
            let mut unshared = Vec::new();
            if launch.without_reuseaddr {
                unshared = self.reserved()?.release();
            }
            self.until_last_is_gone().await;
            let running = launch::spawn(driver, self.directory()?, launch, &unshared, sink).await?;
            *self.group.lock().unwrap_or_else(PoisonError::into_inner) = Some(running.group().leader());
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
        if !self.is_running() {
            return self.spawn(driver, launch, sink);
        }
        Box::pin(async move { launch::spawn(driver, self.directory()?, launch, &[], sink).await })
    }

    fn now(&self) -> Instant {
        clock::instant()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(clock::pause(duration))
    }
}
