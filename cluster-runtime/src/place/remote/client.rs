//! Calls of something on a host.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::sync::OwnedSemaphorePermit;

use super::mux::MuxSession;
use crate::clock::Deadline;
use crate::driver::Driver;
use crate::place::local::{find_program, forking, refusal};

/// How long a call may go on after the end of its input.
const GRACE: Duration = Duration::from_secs(20);

/// A call. It ends with its input, at the latest when this process ends, and what it runs on the host too. So nothing else ends it,
/// unless it does not.
#[derive(Debug)]
pub(super) struct Client {
    lead: Option<Lead>,
    driver: Driver,
    /// What it takes of a shared connection.
    permit: Option<OwnedSemaphorePermit>,
}

/// What leads to the host.
#[derive(Debug)]
enum Lead {
    /// A command of this machine.
    Command(Child),
    /// A session over a connection that a command has opened.
    Session(MuxSession),
}

/// The ends of its pipes here.
#[derive(Debug)]
pub(super) struct Pipes {
    pub(super) stdin: pipe::Sender,
    pub(super) stdout: pipe::Receiver,
    pub(super) stderr: pipe::Receiver,
}

impl Client {
    /// Spawns a command. It has a process group of its own, so that a Ctrl-C does not reach it.
    pub(super) fn spawn(line: &[String], driver: &Driver) -> io::Result<(Self, Pipes)> {
        let [program, arguments @ ..] = line else { return Err(io::Error::other("the command line is empty")) };
        let program = find_program(program)?;
        let _in_driver = driver.enter();
        let (pipes, [stdin, stdout, stderr]) = Pipes::new()?;
        let mut command = Command::new(&program);
        command.args(arguments).process_group(0).kill_on_drop(true);
        command.stdin(Stdio::from(stdin)).stdout(Stdio::from(stdout)).stderr(Stdio::from(stderr));
        let forking = forking();
        let spawned = command.spawn();
        drop(forking);
        let child = spawned.map_err(|error| refusal(&program, error))?;
        Ok((Self { lead: Some(Lead::Command(child)), driver: driver.clone(), permit: None }, pipes))
    }

    /// Runs a line for the shell on the host over the connection with this socket. To be called on the driver.
    pub(super) async fn share(
        socket: &Path,
        line: &str,
        driver: &Driver,
        permit: OwnedSemaphorePermit,
    ) -> io::Result<(Self, Pipes)> {
        let (pipes, ends) = Pipes::new()?;
        let session = MuxSession::open(socket, line, ends).await?;
        Ok((Self { lead: Some(Lead::Session(session)), driver: driver.clone(), permit: Some(permit) }, pipes))
    }

    /// Resolves when it has ended.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        match &mut self.lead {
            Some(lead) => lead.ended().await,
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Lead {
    async fn ended(&mut self) -> io::Result<ExitStatus> {
        match self {
            Lead::Command(child) => child.wait().await,
            Lead::Session(session) => session.ended().await,
        }
    }
}

impl Pipes {
    /// Pipes, and their ends for the call.
    fn new() -> io::Result<(Self, [OwnedFd; 3])> {
        let ((input, stdin), (stdout, output), (stderr, errors)) = (io::pipe()?, io::pipe()?, io::pipe()?);
        let pipes = Self {
            stdin: pipe::Sender::from_owned_fd(stdin.into())?,
            stdout: pipe::Receiver::from_owned_fd(stdout.into())?,
            stderr: pipe::Receiver::from_owned_fd(stderr.into())?,
        };
        Ok((pipes, [input.into(), output.into(), errors.into()]))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let (Some(mut lead), permit) = (self.lead.take(), self.permit.take()) {
            self.driver.spawn(async move {
                // Its input ends now, as its other end is dropped, too.
                let _ = Deadline::after(GRACE).bound(lead.ended()).await;
                drop((lead, permit));
            });
        }
    }
}
