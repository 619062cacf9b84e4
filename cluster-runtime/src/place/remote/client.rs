//! Commands of this machine that run something on a host.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::PoisonError;
use std::time::Duration;

use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::OwnedSemaphorePermit;

use crate::clock::Deadline;
use crate::driver::Driver;
use crate::place::local::{FORKS, find_program, refusal};

/// How long a command may go on after the end of its input.
const GRACE: Duration = Duration::from_secs(20);

/// A command of this machine. It ends with its input, at the latest when this process ends, and what it runs on the host too. So
/// nothing else ends it, unless it does not.
#[derive(Debug)]
pub(super) struct Client {
    child: Option<Child>,
    driver: Driver,
    /// What it takes of a shared connection.
    permit: Option<OwnedSemaphorePermit>,
}

/// Its ends of pipes.
#[derive(Debug)]
pub(super) struct Pipes {
    pub(super) stdin: ChildStdin,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

impl Client {
    /// Spawns it. It has a process group of its own, so that a Ctrl-C does not reach it.
    pub(super) fn spawn(
        line: &[String],
        driver: &Driver,
        permit: Option<OwnedSemaphorePermit>,
    ) -> io::Result<(Self, Pipes)> {
        let [program, arguments @ ..] = line else { return Err(io::Error::other("the command line is empty")) };
        let program = find_program(program)?;
        let mut command = Command::new(&program);
        command
            .args(arguments)
            .process_group(0)
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let in_driver = driver.enter();
        let forking = FORKS.read().unwrap_or_else(PoisonError::into_inner);
        let spawned = command.spawn();
        drop((forking, in_driver));
        let mut child = spawned.map_err(|error| refusal(&program, error))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(io::Error::other("its pipes are missing"));
        };
        Ok((Self { child: Some(child), driver: driver.clone(), permit }, Pipes { stdin, stdout, stderr }))
    }

    /// Resolves when it has ended.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        match &mut self.child {
            Some(child) => child.wait().await,
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let (child, permit) = (self.child.take(), self.permit.take());
        if let Some(mut child) = child.filter(|child| child.id().is_some()) {
            self.driver.spawn(async move {
                // Its input ends now, as its other end is dropped, too.
                let _ = Deadline::after(GRACE).bound(child.wait()).await;
                drop(permit);
            });
        }
    }
}
