//! A program in a container.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bollard::container::{AttachContainerResults, LogOutput};
use bollard::models::ContainerCreateBody;
use cluster_runtime::place::{
    BoxFuture, Driver, Exit, Files, LocalFiles, LogFile, NamedPipe, Outlet, Program, Running, Signal, Sink, Watched,
};
use cluster_runtime::wait::Deadline;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::engine::Engine;
use crate::programs::{self, Found};
use crate::stream::next;

/// How long its last output may take after its end.
const LAST_OUTPUT: Duration = Duration::from_secs(5);
/// How long the first process of a container may take to spawn its child.
const FIRST_CHILD: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(1);
/// How much is read of a named pipe at a time.
const CHUNK: usize = 64 << 10;

/// What is asked of a container.
#[derive(Debug)]
enum Ask {
    Signal(Signal),
    Suspend(oneshot::Sender<io::Result<()>>),
    Resume(oneshot::Sender<io::Result<()>>),
}

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
    /// They are kept until it has ended.
    pub(crate) files: Arc<LocalFiles>,
    pub(crate) pipes: Vec<String>,
}

/// Runs it, and supervises it on the driver. If this future is dropped, the container is removed once it is there.
///
/// # Errors
/// When it cannot be run.
pub(crate) async fn spawn(driver: &Driver, start: Start, sink: Box<dyn Sink>) -> io::Result<Running> {
    let directory = start.files.dir()?;
    let open = |name: &String| NamedPipe::create(driver, &directory.join(name));
    let pipes = start.pipes.iter().map(open).collect::<io::Result<Vec<_>>>()?;
    let log = LogFile::new(directory);
    let (tell, told) = oneshot::channel();
    driver.spawn(async move {
        let Start { engine, name, body, found, files, .. } = start;
        match begin(&engine, &name, body, &found).await {
            Err(error) => drop(tell.send(Err(error))),
            Ok(streams) => {
                let (asks, asked) = unbounded_channel();
                let (running, watched) = Running::new(Arc::new(ContainerProgram(asks)));
                // Where nobody waits for it any more this drops it, which kills it.
                drop(tell.send(Ok(running)));
                let attendance = Attendance {
                    engine,
                    name,
                    streams,
                    pipes,
                    asked,
                    sink,
                    log,
                    is_paused: false,
                    has_child: false,
                    is_removed: false,
                    _files: files,
                };
                attendance.attend(watched).await;
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
        programs::check(engine, name, found).await?;
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

/// What becomes of a program.
struct Attendance {
    engine: Engine,
    name: String,
    streams: AttachContainerResults,
    pipes: Vec<NamedPipe>,
    asked: UnboundedReceiver<Ask>,
    sink: Box<dyn Sink>,
    log: LogFile,
    is_paused: bool,
    /// Whether the first process of the container has a child, as far as it is known.
    has_child: bool,
    /// It was killed so.
    is_removed: bool,
    _files: Arc<LocalFiles>,
}

impl Attendance {
    /// Passes on what is asked and written until it has ended, and removes the container.
    async fn attend(mut self, watched: Watched) {
        let (engine, name) = (self.engine.clone(), self.name.clone());
        // Podman looks again and again for an end that is waited for: not before it may be near.
        let (mut has_output, mut is_signalled) = (true, false);
        let mut ended: Option<BoxFuture<'_, io::Result<i64>>> = None;
        let mut chunk = vec![0; if self.pipes.is_empty() { 0 } else { CHUNK }];
        let end = loop {
            if !has_output || is_signalled {
                ended.get_or_insert_with(|| Box::pin(engine.ended(&name)));
            }
            tokio::select! {
                end = until(&mut ended) => break end,
                Some(ask) = self.asked.recv() => {
                    is_signalled = true;
                    self.perform(ask).await;
                }
                output = next(&mut self.streams.output), if has_output => has_output = self.pass_on(output),
                (length, _) = read_any(&mut self.pipes, &mut chunk) => self.take(Outlet::Pipe, &chunk[..length]),
            }
        };
        // Nothing is asked of it any more; waits for answers end.
        self.asked.close();
        while self.asked.try_recv().is_ok() {}
        self.take_the_rest(has_output, &mut chunk).await;
        self.sink.finish();
        let exit = match end {
            _ if self.is_removed => Signal::Kill.into(),
            Ok(status) => exit_of(status),
            Err(error) => Exit::Lost(error.to_string()),
        };
        watched.ended(exit, []);
        // One that others share the network of stays until the keeper removes it.
        let _ = engine.remove(&name).await;
        watched.gone();
    }

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

    /// `false` at the end.
    fn pass_on(&mut self, output: Option<Result<LogOutput, bollard::errors::Error>>) -> bool {
        match output {
            Some(Ok(LogOutput::StdErr { message })) => self.take(Outlet::Stderr, &message),
            Some(Ok(output)) => self.take(Outlet::Stdout, &output.into_bytes()),
            Some(Err(_)) | None => return false,
        }
        true
    }

    async fn take_the_rest(&mut self, mut has_output: bool, chunk: &mut [u8]) {
        let deadline = Deadline::after(LAST_OUTPUT);
        while has_output {
            let output = deadline.bound(next(&mut self.streams.output)).await;
            has_output = self.pass_on(output.flatten());
        }
        for pipe in std::mem::take(&mut self.pipes) {
            while let Some(length) = pipe.reader.try_read(chunk).ok().filter(|length| *length > 0) {
                self.take(Outlet::Pipe, &chunk[..length]);
            }
        }
    }

    fn take(&mut self, outlet: Outlet, bytes: &[u8]) {
        self.sink.take(outlet, bytes);
        // A full disk ends no program.
        let _ = self.log.write(bytes);
    }
}

/// Never resolves where there is nothing to wait for.
async fn until<T>(future: &mut Option<BoxFuture<'_, T>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

/// Reads from one of these pipes, and returns how much, and from which; never where there is none.
async fn read_any(pipes: &mut [NamedPipe], chunk: &mut [u8]) -> (usize, usize) {
    poll_fn(|cx| {
        for (number, pipe) in pipes.iter_mut().enumerate() {
            let mut piece = ReadBuf::new(chunk);
            if let Poll::Ready(Ok(())) = Pin::new(&mut pipe.reader).poll_read(cx, &mut piece) {
                return Poll::Ready((piece.filled().len(), number));
            }
        }
        Poll::Pending
    })
    .await
}

fn exit_of(status: i64) -> Exit {
    let status = i32::try_from(status).unwrap_or(-1);
    // So the first process of a container reports a signal.
    match status {
        129..=192 => Exit::Signal(status - 128),
        _ => Exit::Status(status),
    }
}
