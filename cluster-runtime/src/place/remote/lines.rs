//! The connections of ssh to one host, which calls share.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::client::{Client, Pipes};
use super::way::{Sharing, Way};
use crate::driver::Driver;

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
    shared: Mutex<Vec<Shared>>,
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
        Self { way, host, sockets, driver, shared: Mutex::default() }
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// What to try where the host cannot be reached.
    pub(super) fn help(&self) -> String {
        let line = self.way.command_line(&self.host, None, &["true"]);
        format!("this has to end without an error and without a question: {}", line.join(" "))
    }

    /// Starts the first call, which lasts as long as the others. They share its connection, once it was [opened](Self::opened).
    pub(super) fn open(&self, words: &[&str]) -> io::Result<(Client, Pipes)> {
        self.spawn(Some(Sharing::Opens(&self.socket(0))), words, None)
    }

    /// The first call has answered.
    pub(super) async fn opened(&self) {
        if matches!(self.way, Way::Ssh(_)) {
            self.shared.lock().await.push(Shared::new(self.socket(0), None));
        }
    }

    /// Starts a call.
    pub(super) async fn call(&self, words: &[&str]) -> io::Result<(Client, Pipes)> {
        match &self.way {
            Way::Command(_) => self.spawn(None, words, None),
            Way::Ssh(_) => {
                let (socket, permit) = self.share().await?;
                self.spawn(Some(Sharing::Uses(&socket)), words, Some(permit))
            }
        }
    }

    fn spawn(
        &self,
        sharing: Option<Sharing<'_>>,
        words: &[&str],
        permit: Option<OwnedSemaphorePermit>,
    ) -> io::Result<(Client, Pipes)> {
        let line = self.way.command_line(&self.host, sharing, words);
        Client::spawn(&line, &self.driver, permit)
    }

    /// A share of a connection: of one that has room, or of a new one. Clients that open one at the same time would be in each
    /// other's way, so it is open before the next one looks.
    async fn share(&self) -> io::Result<(PathBuf, OwnedSemaphorePermit)> {
        let mut shared = self.shared.lock().await;
        if let Some(share) = shared.iter().find_map(Shared::share) {
            return Ok(share);
        }
        let socket = self.socket(shared.len());
        let (client, mut pipes) = self.spawn(Some(Sharing::Opens(&socket)), &HOLDER, None)?;
        let mut answer = String::new();
        BufReader::new(&mut pipes.stdout).read_line(&mut answer).await?;
        if answer.is_empty() {
            pipes.stderr.read_to_string(&mut answer).await?;
            return Err(io::Error::other(answer.trim_end()));
        }
        let new = Shared::new(socket, Some((client, pipes)));
        let share = new.share();
        shared.push(new);
        share.ok_or_else(|| io::Error::other("a new connection has no room"))
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
