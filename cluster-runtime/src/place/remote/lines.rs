//! The connections of ssh to one host, which calls share.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, MutexGuard};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::client::{Client, Pipes};
use super::way::{Way, quoted};
use crate::driver::Driver;
use crate::lock::lock;

/// How many calls share a connection. A server allows ten by default, and the one that opens it is one of them.
const MOST: usize = 9;

/// How long the path of the directory of sockets may be.
const MOST_OF_A_PATH: usize = 40;

/// Holds a connection open until its input ends.
const HOLDER: [&str; 3] = ["sh", "-c", "echo ready; cat >/dev/null"];

/// How calls get to one host.
#[derive(Debug)]
pub(super) struct Lines {
    way: Way,
    host: String,
    /// What the paths of sockets begin with.
    sockets: PathBuf,
    driver: Driver,
    shared: std::sync::Mutex<Vec<Shared>>,
    /// Held while a connection is opened: clients that open one at the same time would be in each other's way.
    opening: Mutex<()>,
    /// How many calls there may be at a time.
    expected: AtomicUsize,
}

/// A connection that is open.
#[derive(Debug)]
struct Shared {
    socket: PathBuf,
    free: Arc<Semaphore>,
    /// What holds it open; nothing where that is another's.
    _holder: Option<(Client, Pipes)>,
}

impl Lines {
    pub(super) fn new(way: Way, host: &str, run: &str, driver: &Driver) -> Self {
        let (host, driver) = (host.to_owned(), driver.clone());
        let sockets = short(std::env::temp_dir()).join(format!("cluster-{run}.ssh"));
        let (shared, opening, expected) = (std::sync::Mutex::default(), Mutex::default(), AtomicUsize::default());
        Self { way, host, sockets, driver, shared, opening, expected }
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// What to try where the host cannot be reached.
    pub(super) fn help(&self) -> String {
        format!("this has to print `ready`, without a question: echo ready | {}", self.way.trial(&self.host))
    }

    /// Starts the first call, which lasts as long as the others. They share its connection, once it was [opened](Self::opened).
    pub(super) fn open(&self, words: &[&str]) -> io::Result<(Client, Pipes)> {
        self.spawn(Some(&self.socket(0)), words)
    }

    /// The first call has answered.
    pub(super) fn opened(&self) {
        if matches!(self.way, Way::Ssh(_)) {
            self.shared().push(Shared::new(self.socket(0), None));
        }
    }

    /// Opens the connections that so many more calls need, before they come.
    pub(super) async fn expect(&self, calls: usize) -> io::Result<()> {
        let expected = calls + self.expected.fetch_add(calls, Ordering::Relaxed);
        if matches!(self.way, Way::Ssh(_)) {
            let _opening = self.opening.lock().await;
            while self.shared().len() * MOST < expected {
                self.open_another().await?;
            }
        }
        Ok(())
    }

    /// Starts a call.
    pub(super) async fn call(&self, words: &[&str]) -> io::Result<(Client, Pipes)> {
        match &self.way {
            Way::Command(_) => self.spawn(None, words),
            Way::Ssh(_) => {
                let (socket, permit) = self.share().await?;
                Client::share(&socket, &quoted(words), &self.driver, permit).await
            }
        }
    }

    /// Spawns a command, which may open a connection with this socket.
    fn spawn(&self, socket: Option<&Path>, words: &[&str]) -> io::Result<(Client, Pipes)> {
        Client::spawn(&self.way.command_line(&self.host, socket, words), &self.driver)
    }

    /// A share of a connection: of one that has room, or of a new one.
    async fn share(&self) -> io::Result<(PathBuf, OwnedSemaphorePermit)> {
        loop {
            let free = || self.shared().iter().find_map(Shared::share);
            if let Some(share) = free() {
                return Ok(share);
            }
            let _opening = self.opening.lock().await;
            match free() {
                Some(share) => return Ok(share),
                None => self.open_another().await?,
            }
        }
    }

    async fn open_another(&self) -> io::Result<()> {
        let socket = self.socket(self.shared().len());
        let (client, mut pipes) = self.spawn(Some(&socket), &HOLDER)?;
        let mut answer = String::new();
        BufReader::new(&mut pipes.stdout).read_line(&mut answer).await?;
        if answer.is_empty() {
            pipes.stderr.read_to_string(&mut answer).await?;
            return Err(io::Error::other(answer.trim_end()));
        }
        self.shared().push(Shared::new(socket, Some((client, pipes))));
        Ok(())
    }

    fn shared(&self) -> MutexGuard<'_, Vec<Shared>> {
        lock(&self.shared)
    }

    fn socket(&self, number: usize) -> PathBuf {
        self.sockets.with_extension(format!("ssh{number}"))
    }
}

/// A directory with a path that leaves room for that of a socket, which has a limit of about 100 characters.
fn short(directory: PathBuf) -> PathBuf {
    if directory.as_os_str().len() <= MOST_OF_A_PATH { directory } else { PathBuf::from("/tmp") }
}

impl Shared {
    fn new(socket: PathBuf, holder: Option<(Client, Pipes)>) -> Self {
        Self { socket, free: Arc::new(Semaphore::new(MOST)), _holder: holder }
    }

    fn share(&self) -> Option<(PathBuf, OwnedSemaphorePermit)> {
        Some((self.socket.clone(), self.free.clone().try_acquire_owned().ok()?))
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The one that has opened the connection removes it, unless it was killed.
        let _ = std::fs::remove_file(&self.socket);
    }
}
