//! The supervision of a program while it runs.

use std::io;
use std::time::Duration;

use cluster_runtime::place::{BoxFuture, Exit, Signal, Watched};
use cluster_runtime::wait::Deadline;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

use crate::engine::Engine;
use crate::outputs::Outputs;

/// How long the first process of a container may take to spawn its child.
const FIRST_CHILD: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(1);

/// What is asked of a container.
#[derive(Debug)]
pub(crate) enum Ask {
    Signal(Signal),
    Suspend(oneshot::Sender<io::Result<()>>),
    Resume(oneshot::Sender<io::Result<()>>),
}

/// What becomes of a program.
pub(crate) struct Attendance {
    asked: UnboundedReceiver<Ask>,
    outputs: Outputs,
    container: Container,
}

/// The container of a program, as far as it is known.
struct Container {
    engine: Engine,
    name: String,
    is_paused: bool,
    /// Whether its first process has a child.
    has_child: bool,
    /// Whether it was killed by its removal.
    is_removed: bool,
}

impl Attendance {
    pub(crate) fn new(engine: Engine, name: String, asked: UnboundedReceiver<Ask>, outputs: Outputs) -> Self {
        let container = Container { engine, name, is_paused: false, has_child: false, is_removed: false };
        Self { asked, outputs, container }
    }

    /// Passes on what is asked and written until it has ended, and removes the container.
    pub(crate) async fn attend(mut self, watched: Watched) {
        let (engine, name) = (self.container.engine.clone(), self.container.name.clone());
        // Podman looks again and again for an end that is waited for: not before it may be near.
        let (mut has_streams, mut is_asked) = (true, false);
        let mut ended: Option<BoxFuture<'_, io::Result<i64>>> = None;
        let end = loop {
            if !has_streams || is_asked {
                ended.get_or_insert_with(|| Box::pin(engine.ended(&name)));
            }
            tokio::select! {
                end = until(&mut ended) => break end,
                Some(ask) = self.asked.recv() => {
                    is_asked = true;
                    self.container.perform(ask).await;
                }
                more = self.outputs.pass_on(has_streams) => has_streams = more,
            }
        };
        // Nothing is asked of it any more; waits for answers end.
        drop(self.asked);
        self.outputs.finish(has_streams).await;
        let exit = match end {
            _ if self.container.is_removed => Signal::Kill.into(),
            Ok(status) => exit_of(status),
            Err(error) => Exit::Lost(error.to_string()),
        };
        watched.ended(exit, []);
        // One whose network others share stays until the keeper removes it.
        let _ = engine.remove(&name).await;
        watched.gone();
    }
}

impl Container {
    async fn perform(&mut self, ask: Ask) {
        // Who asked may have stopped waiting, and it may have ended.
        match ask {
            Ask::Signal(Signal::Suspend) => drop(self.suspend().await),
            Ask::Signal(Signal::Resume) => drop(self.resume().await),
            Ask::Signal(signal) => self.send(signal).await,
            Ask::Suspend(answer) => drop(answer.send(self.suspend().await)),
            Ask::Resume(answer) => drop(answer.send(self.resume().await)),
        }
    }

    async fn suspend(&mut self) -> io::Result<()> {
        self.engine.pause(&self.name).await?;
        self.is_paused = true;
        Ok(())
    }

    async fn resume(&mut self) -> io::Result<()> {
        self.engine.unpause(&self.name).await?;
        self.is_paused = false;
        Ok(())
    }

    async fn send(&mut self, signal: Signal) {
        match signal {
            // Podman kills nothing that is paused, but removes it.
            Signal::Kill if self.is_paused => self.is_removed = self.engine.remove(&self.name).await.is_ok(),
            Signal::Kill => drop(self.engine.kill(&self.name, signal.number()).await),
            _ => {
                self.until_signals_arrive().await;
                drop(self.engine.kill(&self.name, signal.number()).await);
            }
        }
    }

    /// The kernel drops signals for the first process of a container until that handles them, before it has a child: the program.
    async fn until_signals_arrive(&mut self) {
        if self.has_child {
            return;
        }
        let deadline = Deadline::after(FIRST_CHILD);
        // An engine that cannot tell makes nobody wait.
        while self.engine.processes(&self.name).await == Some(1) && !deadline.left().is_zero() {
            tokio::time::sleep(PAUSE).await;
        }
        self.has_child = true;
    }
}

/// Never resolves where there is nothing to wait for.
async fn until<T>(future: &mut Option<BoxFuture<'_, T>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

fn exit_of(status: i64) -> Exit {
    let status = i32::try_from(status).unwrap_or(-1);
    // So the first process of a container reports a signal.
    match status {
        129..=192 => Exit::Signal(status - 128),
        _ => Exit::Status(status),
    }
}
