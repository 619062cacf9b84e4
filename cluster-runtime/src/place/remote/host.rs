//! A host, for as long as a cluster has nodes there.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines as OutputLines};
use tokio::net::unix::pipe;
use tokio::sync::{oneshot, watch};

use super::client::{Client, Pipes};
use super::lines::Lines;
use super::way::Way;
use crate::clock::{Deadline, pause};
use crate::driver::Driver;
use crate::place::local::find_program;
use crate::place::{BoxFuture, Copies, Shell};

/// How long a host may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pause between two signs of life of the test.
const BEAT: Duration = Duration::from_secs(2);
/// After how many seconds without one a host ends what the test runs there.
const LEASE: &str = "10";
/// How many bytes of what a command says of an error are shown.
const SHOWN: usize = 2000;

const KEEPER: &str = include_str!("keeper.sh");

/// Its share of a cluster. When it is dropped, all that the test has there ends and is removed.
#[derive(Debug)]
pub(super) struct Host {
    lines: Arc<Lines>,
    driver: Driver,
    /// What marks all that the test runs there.
    run: String,
    facts: Facts,
    /// Why it cannot be reached any more.
    lost: watch::Receiver<Option<Arc<str>>>,
    copies: Copies,
    next: AtomicU64,
    _lease: oneshot::Sender<()>,
}

/// What a host says of itself.
#[derive(Clone, Debug, Default)]
struct Facts {
    directory: String,
    keeper: String,
    addresses: String,
}

impl Host {
    /// Makes the first connection, and the directory for this run.
    ///
    /// # Errors
    /// When it cannot be reached, or lacks what is needed there.
    pub(super) async fn open(name: String, way: Way, run: String, driver: Driver) -> io::Result<Arc<Self>> {
        let lines = Arc::new(Lines::new(way, &name, &run, &driver));
        let opened = Deadline::after(PATIENCE).bound(open(&lines, &run)).await;
        let opened = opened.unwrap_or_else(|| Err(unreached(&late(), &lines)));
        let (facts, keeper) = opened.map_err(|error| about(&name, &error))?;
        let (lease, dropped) = oneshot::channel();
        let (tell, lost) = watch::channel(None);
        driver.spawn(keeper.keep(dropped, tell));
        let copies = Copies::new(&facts.directory);
        Ok(Arc::new(Self { lines, driver, run, facts, lost, copies, next: AtomicU64::new(1), _lease: lease }))
    }

    pub(super) fn name(&self) -> &str {
        self.lines.host()
    }

    /// The directory that holds those of all nodes of this run.
    pub(super) fn directory(&self) -> &str {
        &self.facts.directory
    }

    /// The number of the process that keeps this run.
    pub(super) fn keeper(&self) -> &str {
        &self.facts.keeper
    }

    /// The address by which it was reached, or the first one that it has.
    pub(super) fn address(&self) -> Option<IpAddr> {
        let addresses: Vec<_> = self.facts.addresses.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        addresses.iter().find(|address: &&IpAddr| !address.is_loopback()).or(addresses.first()).copied()
    }

    /// The name of the table of its rules.
    pub(super) fn table(&self) -> String {
        format!("cluster-{}", self.run)
    }

    /// A number that nothing else there has in this run.
    pub(super) fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// What the variable CLUSTER_NODE of a program of this number holds.
    pub(super) fn mark(&self, number: u64) -> String {
        format!("{}.{number}.", self.run)
    }

    /// Prepares for so many more programs, in the background.
    pub(super) fn expect(&self, programs: usize) {
        let (lines, mut lost) = (self.lines.clone(), self.lost.clone());
        self.driver.spawn(async move {
            tokio::select! {
                _ = lost.wait_for(Option::is_some) => {}
                // What is missing then is an error of the program that needs it.
                _ = answer(lines.expect(programs)) => {}
            }
        });
    }

    /// Starts a script there.
    pub(super) async fn start(&self, script: &str, arguments: &[&str]) -> io::Result<(Client, Pipes)> {
        let mark = format!("CLUSTER_NODE={}.0.", self.run);
        let words = ["env", &mark, "sh", "-c", script, "cluster"];
        let words: Vec<_> = words.into_iter().chain(arguments.iter().copied()).collect();
        self.lines.call(&words).await
    }

    /// Runs a script there to its end, and returns its output.
    ///
    /// # Errors
    /// When the host cannot be reached, the script fails, or takes too long.
    pub(super) async fn run(
        self: &Arc<Self>,
        script: &'static str,
        arguments: &[&str],
        input: Vec<u8>,
    ) -> io::Result<Vec<u8>> {
        let host = self.clone();
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let task = async move {
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            let output = tokio::select! {
                biased;
                why = host.lost() => Err(io::Error::other(&*why)),
                output = answer(host.run_here(script, &arguments, &input)) => output,
            };
            output.map_err(|error| about(host.name(), &error))
        };
        self.driver.run(task).await
    }

    /// The program as the host finds it: one that is given by its name is the host's own. One that is given by its path is a file
    /// of this machine, and is copied there.
    pub(super) async fn find(self: &Arc<Self>, program: &str) -> io::Result<String> {
        if program.contains('/') {
            self.copies.copy(self, find_program(program)?).await
        } else {
            Ok(program.to_owned())
        }
    }

    async fn run_here(&self, script: &str, arguments: &[&str], input: &[u8]) -> io::Result<Vec<u8>> {
        let (mut client, Pipes { mut stdin, mut stdout, mut stderr }) = self.start(script, arguments).await?;
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let feed = async {
            // One that has failed does not read it.
            let _ = stdin.write_all(input).await;
            drop(stdin);
        };
        let (_, read, _) = tokio::join!(feed, stdout.read_to_end(&mut output), stderr.read_to_end(&mut errors));
        read?;
        let status = client.ended().await?;
        if status.success() { Ok(output) } else { Err(io::Error::other(said(&errors, &status.to_string()))) }
    }

    /// Resolves when it is lost, with the reason.
    pub(super) async fn lost(&self) -> Arc<str> {
        let mut lost = self.lost.clone();
        match lost.wait_for(Option::is_some).await.ok().and_then(|why| (*why).clone()) {
            Some(why) => why,
            None => "its connection was closed".into(),
        }
    }
}

impl Shell for Arc<Host> {
    fn run<'a>(
        &'a self,
        script: &'static str,
        arguments: &'a [&'a str],
        input: &'a [u8],
    ) -> BoxFuture<'a, io::Result<Vec<u8>>> {
        Box::pin(Host::run(self, script, arguments, input.to_vec()))
    }
}

/// Waits for an answer of a host, as long as it may take.
pub(super) async fn answer<T>(wait: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let answered = Deadline::after(PATIENCE).bound(wait).await;
    answered.unwrap_or_else(|| Err(io::Error::new(io::ErrorKind::TimedOut, late())))
}

fn late() -> String {
    format!("it has not answered within {PATIENCE:?}")
}

/// The error of a host to which the way does not lead.
fn unreached(why: &str, lines: &Lines) -> io::Error {
    io::Error::other(format!("{why}\nhelp: {}", lines.help()))
}

pub(super) fn about(host: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("host `{host}`: {error}"))
}

/// What a command has said of its error.
pub(super) fn said(errors: &[u8], otherwise: &str) -> String {
    let text = String::from_utf8_lossy(errors);
    let text = text.trim();
    let shown = &text[text.ceil_char_boundary(text.len().saturating_sub(SHOWN))..];
    if shown.is_empty() { otherwise.to_owned() } else { shown.to_owned() }
}

/// What keeps a host.
struct Keeper {
    client: Client,
    stdin: pipe::Sender,
    stdout: OutputLines<BufReader<pipe::Receiver>>,
    stderr: pipe::Receiver,
}

async fn open(lines: &Lines, run: &str) -> io::Result<(Facts, Keeper)> {
    let (client, Pipes { stdin, stdout, stderr }) = lines.open(&["sh", "-c", KEEPER, "cluster", run, LEASE])?;
    let mut keeper = Keeper { client, stdin, stdout: BufReader::new(stdout).lines(), stderr };
    // One that has ended says why.
    let _ = keeper.stdin.write_all(b"\n").await;
    let mut facts = Facts::default();
    while let Some(line) = keeper.stdout.next_line().await? {
        match line.split_once(' ') {
            Some(("directory", directory)) => facts.directory = directory.to_owned(),
            Some(("keeper", process)) => facts.keeper = process.to_owned(),
            Some(("address", addresses)) => facts.addresses = addresses.to_owned(),
            Some(("missing", programs)) => {
                return Err(io::Error::other(format!(
                    "there is no {}\nhelp: install it there",
                    programs.replace(' ', ", no ")
                )));
            }
            None if line == "unfed" => {
                return Err(unreached("the command does not pass on its input, as `-i` makes some do", lines));
            }
            None if line == "ready" => {
                lines.opened();
                return Ok((facts, keeper));
            }
            _ => {}
        }
    }
    Err(unreached(&keeper.end().await, lines))
}

impl Keeper {
    /// Shows that the test lives, until the host is dropped; then the end of its input ends all there.
    async fn keep(mut self, dropped: oneshot::Receiver<()>, lost: watch::Sender<Option<Arc<str>>>) {
        let beats = async {
            while self.stdin.write_all(b"\n").await.is_ok() {
                pause(BEAT).await;
            }
            std::future::pending::<()>().await;
        };
        let is_lost = tokio::select! {
            _ = dropped => false,
            () = beats => false,
            _ = self.stdout.next_line() => true,
        };
        if is_lost {
            lost.send_replace(Some(self.end().await.into()));
        }
    }

    /// Why it has ended.
    async fn end(&mut self) -> String {
        let mut errors = Vec::new();
        let end = async {
            let _ = (&mut self.stderr).take(1 << 16).read_to_end(&mut errors).await;
            self.client.ended().await
        };
        let end = Deadline::after(Duration::from_secs(1)).bound(end).await;
        let otherwise = match end {
            Some(Ok(status)) => format!("the connection ended: {status}"),
            _ => "the connection ended".to_owned(),
        };
        said(&errors, &otherwise)
    }
}
