//! A program on a host.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, UnboundedSender, channel, unbounded_channel};
use tokio::sync::oneshot;

use super::client::{Client, Pipes};
use super::host::{Host, about, answer, said};
use super::marks::{Marks, Piece};
use super::pipe::open as open_pipe;
use crate::clock::{Deadline, pause};
use crate::driver::Driver;
use crate::place::{BoxFuture, Exit, Launch, Outlet, Program, Running, Signal, Sink, Watched};

const NODE: &str = include_str!("node.sh");
/// How long its last output may take after its end.
const LAST_OUTPUT: Duration = Duration::from_secs(5);
/// How much is read at a time.
const CHUNK: usize = 64 << 10;
/// How many pieces of named pipes may wait.
const PIECES: usize = 16;

/// What its handles have of it.
#[derive(Debug)]
struct RemoteProgram {
    asks: UnboundedSender<Ask>,
    is_stopping: Arc<AtomicBool>,
}

/// A line for the script that runs it.
#[derive(Debug)]
struct Ask {
    line: &'static str,
    /// Where the answer goes, if there is one.
    answer: Option<oneshot::Sender<String>>,
}

impl RemoteProgram {
    fn ask(&self, line: &'static str, answer: Option<oneshot::Sender<String>>) -> io::Result<()> {
        self.asks.send(Ask { line, answer }).map_err(|_| io::ErrorKind::NotFound.into())
    }

    async fn answer(&self, line: &'static str, wanted: &str) -> io::Result<()> {
        let (tell, told) = oneshot::channel();
        self.ask(line, Some(tell))?;
        match told.await {
            Ok(answer) if answer == wanted => Ok(()),
            Ok(_) => Err(io::Error::other("some of its processes still run")),
            Err(_) => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Program for RemoteProgram {
    fn signal(&self, signal: Signal) -> io::Result<()> {
        self.ask(word(signal), None)
    }

    fn stop(&self, signal: Signal) -> io::Result<()> {
        self.is_stopping.store(true, Ordering::Relaxed);
        // It may have ended.
        let _ = self.ask(word(signal), None);
        Ok(())
    }

    fn suspend(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(self.answer("suspend", "suspended"))
    }

    fn resume(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(self.answer("resume", "resumed"))
    }
}

/// The name of a signal for a shell.
fn word(signal: Signal) -> &'static str {
    match signal {
        Signal::Terminate => "TERM",
        Signal::Interrupt => "INT",
        Signal::Quit => "QUIT",
        Signal::Hangup => "HUP",
        Signal::User1 => "USR1",
        Signal::User2 => "USR2",
        Signal::Suspend => "STOP",
        Signal::Resume => "CONT",
        Signal::Kill => "KILL",
    }
}

/// Runs a program in a directory of a host, and supervises it on the driver.
///
/// # Errors
/// When it cannot be run.
pub(super) async fn spawn(
    host: &Arc<Host>,
    driver: &Driver,
    directory: &str,
    launch: &Launch,
    sink: Box<dyn Sink>,
) -> io::Result<Running> {
    let program = host.find(&launch.program).await?;
    let (to, pipes) = channel(PIECES);
    for name in &launch.pipes {
        open_pipe(host, driver, format!("{directory}/{name}"), to.clone()).await?;
    }
    drop(to);
    let begun = driver.run(begin(host.clone(), line(host, directory, launch, &program), launch.program.clone()));
    let (call, output) = begun.await?;
    let (asks, asked) = unbounded_channel();
    let is_stopping = Arc::new(AtomicBool::default());
    let (running, watched) = Running::new(Arc::new(RemoteProgram { asks, is_stopping: is_stopping.clone() }));
    let attendance = Attendance { host: host.clone(), call, pipes, asked, sink, is_stopping };
    driver.spawn(attendance.attend(output, watched));
    Ok(running)
}

/// The arguments of the script.
fn line(host: &Host, directory: &str, launch: &Launch, program: &str) -> Vec<String> {
    let number = host.number();
    let sign = format!("{}:{number}", host.mark(number));
    let pid_file = format!("{}/pids/{number}", host.directory());
    let first =
        [sign, host.mark(number), pid_file, directory.to_owned(), program.to_owned(), launch.pipes.len().to_string()];
    let pipes = launch.pipes.iter().map(|name| format!("{directory}/{name}"));
    let variables = launch.environment.iter().map(|(name, value)| format!("{name}={value}"));
    let command = std::iter::once(program.to_owned()).chain(launch.arguments.iter().cloned());
    first.into_iter().chain(pipes).chain(variables).chain(command).collect()
}

/// A call of the script.
struct Call {
    client: Client,
    stdin: pipe::Sender,
    stdout: pipe::Receiver,
    stderr: pipe::Receiver,
    marks: Marks,
}

impl Call {
    /// Why it has ended before the program.
    async fn why_lost(&mut self, host: &Host) -> String {
        let status = Deadline::after(LAST_OUTPUT).bound(self.client.ended()).await;
        let status = status.and_then(Result::ok).map_or("it was closed".to_owned(), |status| status.to_string());
        format!("the connection to host `{}` ended: {status}", host.name())
    }
}

/// Starts it, and waits until the program runs. What was written since then comes with it.
async fn begin(host: Arc<Host>, arguments: Vec<String>, program: String) -> io::Result<(Call, Vec<Piece>)> {
    answer(begin_call(&host, &arguments, &program)).await.map_err(|error| about(host.name(), &error))
}

async fn begin_call(host: &Host, arguments: &[String], program: &str) -> io::Result<(Call, Vec<Piece>)> {
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let (client, Pipes { stdin, stdout, stderr }) = host.start(NODE, &words).await?;
    let mut call = Call { client, stdin, stdout, stderr, marks: Marks::new(&arguments[0]) };
    let (mut noise, mut chunk) = (Vec::new(), vec![0; CHUNK]);
    loop {
        let read = call.stderr.read(&mut chunk).await?;
        if read == 0 {
            let status = call.client.ended().await?;
            return Err(io::Error::other(said(&noise, &format!("the connection ended: {status}"))));
        }
        let mut pieces = call.marks.feed(&chunk[..read]).into_iter();
        while let Some(piece) = pieces.next() {
            match piece {
                // What stands in front of it was written by what leads there.
                Piece::Bytes(bytes) => noise.extend(bytes),
                Piece::Said(said) if said == "runs" => return Ok((call, pieces.collect())),
                Piece::Said(said) => return Err(refusal(&said, program)),
            }
        }
    }
}

fn refusal(said: &str, program: &str) -> io::Error {
    match said.split_once(' ') {
        Some(("unable", why)) => io::Error::other(why),
        _ => io::Error::new(
            io::ErrorKind::NotFound,
            format!(
                "there is no program `{program}` in its PATH\nhelp: install it there, or give the path of a file here, which is copied"
            ),
        ),
    }
}

/// What becomes of a program.
struct Attendance {
    host: Arc<Host>,
    call: Call,
    pipes: Receiver<Vec<u8>>,
    asked: UnboundedReceiver<Ask>,
    sink: Box<dyn Sink>,
    is_stopping: Arc<AtomicBool>,
}

impl Attendance {
    /// Passes on what is asked and written until it has ended.
    async fn attend(mut self, begun: Vec<Piece>, watched: Watched) {
        let mut end = End::default();
        begun.into_iter().for_each(|piece| end.take(piece, &mut *self.sink));
        let why = tokio::select! {
            biased;
            why = self.host.lost() => Some(why),
            () = exchange(&mut self.call, &mut self.pipes, &mut self.asked, &mut *self.sink, &mut end) => None,
        };
        // Nothing is asked of it any more; waits for answers end.
        self.asked.close();
        end.answers.clear();
        let (exit, left) = match (end.ended, why) {
            (Some((exit, left)), _) => (exit, left),
            (None, Some(why)) => (Exit::Lost(format!("host `{}`: {why}", self.host.name())), Vec::new()),
            (None, None) => (Exit::Lost(self.call.why_lost(&self.host).await), Vec::new()),
        };
        self.sink.finish();
        let left = if self.is_stopping.load(Ordering::Relaxed) { Vec::new() } else { left };
        watched.ended(exit, left);
        watched.gone();
    }
}

/// What is known of its end, and who waits for answers.
#[derive(Default)]
struct End {
    ended: Option<(Exit, Vec<String>)>,
    answers: VecDeque<oneshot::Sender<String>>,
}

impl End {
    fn take(&mut self, piece: Piece, sink: &mut dyn Sink) {
        match piece {
            Piece::Bytes(bytes) => sink.take(Outlet::Stderr, &bytes),
            Piece::Said(said) => match said.strip_prefix("ended ") {
                Some(ended) => self.ended = Some(end_of(ended)),
                // Who asked may have stopped waiting.
                None => self.answers.pop_front().into_iter().for_each(|answer| drop(answer.send(said.clone()))),
            },
        }
    }
}

/// A status, and the names of the processes that were left.
fn end_of(ended: &str) -> (Exit, Vec<String>) {
    let mut words = ended.split(',');
    let status = words.next().and_then(|status| status.trim().parse().ok()).unwrap_or(-1);
    // So a shell reports a signal.
    let exit = match status {
        129..=192 => Exit::Signal(status - 128),
        _ => Exit::Status(status),
    };
    (exit, words.map(str::to_owned).collect())
}

/// Resolves when all that is written was taken, and the other end was closed.
async fn exchange(
    call: &mut Call,
    pipes: &mut Receiver<Vec<u8>>,
    asked: &mut UnboundedReceiver<Ask>,
    sink: &mut dyn Sink,
    end: &mut End,
) {
    let (mut output, mut errors) = (vec![0; CHUNK], vec![0; CHUNK]);
    let (mut stdout, mut stderr, mut piped, mut is_asked) = (true, true, true, true);
    let mut last_output: Option<BoxFuture<'_, ()>> = None;
    while stdout || stderr || piped {
        let after_end = end.ended.as_ref().map(|_| last_output.get_or_insert_with(|| Box::pin(pause(LAST_OUTPUT))));
        tokio::select! {
            ask = asked.recv(), if is_asked => match ask {
                Some(Ask { line, answer }) => {
                    end.answers.extend(answer);
                    // Where it cannot be written the program has ended.
                    let _ = call.stdin.write_all(format!("{line}\n").as_bytes()).await;
                }
                None => is_asked = false,
            },
            read = call.stdout.read(&mut output), if stdout => match read {
                Ok(read) if read > 0 => sink.take(Outlet::Stdout, &output[..read]),
                _ => stdout = false,
            },
            read = call.stderr.read(&mut errors), if stderr => match read {
                Ok(read) if read > 0 => {
                    call.marks.feed(&errors[..read]).into_iter().for_each(|piece| end.take(piece, sink));
                }
                _ => stderr = false,
            },
            piece = pipes.recv(), if piped => match piece {
                Some(bytes) => sink.take(Outlet::Pipe, &bytes),
                None => piped = false,
            },
            // What still writes has left the program before.
            () = last(after_end) => break,
        }
    }
    let rest = call.marks.finish();
    if !rest.is_empty() {
        sink.take(Outlet::Stderr, &rest);
    }
}

/// Resolves with a pause, if there is one.
async fn last(pause: Option<&mut BoxFuture<'_, ()>>) {
    match pause {
        Some(pause) => pause.await,
        None => std::future::pending().await,
    }
}
