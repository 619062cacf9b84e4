//! A program in a container.

use std::io;
use std::sync::Arc;

use bollard::container::AttachContainerResults;
use bollard::models::ContainerCreateBody;
use cluster_runtime::place::{BoxFuture, Driver, Program, Running, Signal, Sink};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::attendance::{Ask, Attendance};
use crate::directory::Directory;
use crate::engine::Engine;
use crate::found::Found;
use crate::outputs::Outputs;

/// What its handles have of it.
#[derive(Debug)]
struct ContainerProgram(UnboundedSender<Ask>);

impl ContainerProgram {
    async fn answer(&self, ask: impl FnOnce(oneshot::Sender<io::Result<()>>) -> Ask) -> io::Result<()> {
        let (answer, answered) = oneshot::channel();
        self.0.send(ask(answer)).map_err(|_| io::ErrorKind::NotFound)?;
        answered.await.unwrap_or_else(|_| Err(io::ErrorKind::NotFound.into()))
    }
}

impl Program for ContainerProgram {
    fn signal(&self, signal: Signal) -> io::Result<()> {
        self.0.send(Ask::Signal(signal)).map_err(|_| io::ErrorKind::NotFound.into())
    }

    fn stop(&self, signal: Signal) -> io::Result<()> {
        // It may have ended.
        let _ = self.signal(signal);
        Ok(())
    }

    fn suspend(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(self.answer(Ask::Suspend))
    }

    fn resume(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(self.answer(Ask::Resume))
    }
}

/// A container that is to run a program.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) engine: Engine,
    pub(crate) name: String,
    pub(crate) body: ContainerCreateBody,
    pub(crate) found: Found,
    /// It is kept until it has ended.
    pub(crate) directory: Arc<Directory>,
    pub(crate) pipes: Vec<String>,
}

/// Runs it, and supervises it on the driver. If this future is dropped, the container is removed once it is there.
///
/// # Errors
/// When it cannot be run.
pub(crate) async fn spawn(driver: &Driver, start: Start, sink: Box<dyn Sink>) -> io::Result<Running> {
    let mut pipes = Vec::new();
    for name in &start.pipes {
        pipes.push(start.directory.pipe(driver, name).await?);
    }
    let log = start.directory.log()?;
    let (tell, told) = oneshot::channel();
    driver.spawn(async move {
        let Start { engine, name, body, found, directory, .. } = start;
        match begin(&engine, &name, body, &found).await {
            Err(error) => drop(tell.send(Err(error))),
            Ok(streams) => {
                let (asks, asked) = unbounded_channel();
                let (running, watched) = Running::new(Arc::new(ContainerProgram(asks)));
                // Where nobody waits for it any more this drops it, which kills it.
                drop(tell.send(Ok(running)));
                let outputs = Outputs { streams, pipes, sink, log };
                Attendance::new(engine, name, asked, outputs).attend(watched).await;
                drop(directory);
            }
        }
    });
    told.await.unwrap_or_else(|_| Err(io::Error::other("the driver has ended")))
}

async fn begin(
    engine: &Engine,
    name: &str,
    body: ContainerCreateBody,
    found: &Found,
) -> io::Result<AttachContainerResults> {
    let _turn = engine.turn().await?;
    engine.create(name, body).await?;
    let start = async {
        found.check(engine, name).await?;
        let streams = engine.attach(name, false).await?;
        engine.start(name).await?;
        Ok(streams)
    };
    let started = start.await;
    if started.is_err() {
        // The keeper removes it otherwise.
        let _ = engine.remove(name).await;
    }
    started
}
