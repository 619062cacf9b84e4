//! The container that keeps a run: it ends with its input, and then removes all of the run.

use std::io;
use std::path::Path;
use std::sync::Arc;

use bollard::container::{AttachContainerResults, LogOutput};
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, oneshot};

use crate::bodies;
use crate::engine::Engine;
use crate::guard::Guard;
use crate::stream::next;
use crate::tools::{self, Tool};

const SCRIPT: &str = include_str!("keeper.sh");
/// What ends the output of a script, with its status.
const END: &str = "cluster-script-ended";
/// The socket of an engine on its host, if it is not where this machine has it, as where it is forwarded.
const SOCKET: &str = "/var/run/docker.sock";

/// The lease of a run: its input ends when this is dropped, and when this process ends. Until then it runs scripts.
#[derive(Debug)]
pub(crate) struct Keeper(mpsc::UnboundedSender<(String, Answer)>);

type Answer = oneshot::Sender<io::Result<String>>;

impl Keeper {
    /// Starts it. It is attended to on the runtime of the caller. Besides containers it removes these resources.
    ///
    /// # Errors
    /// When the engine cannot run it.
    pub(crate) async fn start(
        engine: &Engine,
        run: &str,
        resources: &[String],
        has_faults: bool,
    ) -> io::Result<Arc<Self>> {
        let name = format!("cluster-{run}-keeper");
        let guard = Guard::start(engine.socket(), &name)?;
        let body = |socket| bodies::keeper(run, SCRIPT, resources, socket, has_faults);
        match engine.create(&name, body(engine.socket())).await {
            Err(error) if error.to_string().contains("source path does not exist") => {
                engine.create(&name, body(Path::new(SOCKET))).await?;
            }
            created => created?,
        }
        let streams = engine.attach(&name, true).await?;
        engine.start(&name).await?;
        guard.dismiss().await;
        let (scripts, asked) = mpsc::unbounded_channel();
        tokio::spawn(attend(Shell { streams, output: Vec::new() }, asked));
        let keeper = Self(scripts);
        keeper.run("true".to_owned()).await?;
        Ok(Arc::new(keeper))
    }

    /// Checks whether it can do what it is for on another host, which is to have these programs.
    ///
    /// # Errors
    /// When it cannot, with help.
    pub(crate) async fn check(&self, needed: &[Tool]) -> io::Result<()> {
        let found = self.run(tools::search(needed)).await?;
        tools::check_found(needed, &found)?;
        match self.run("curl --silent --max-time 20 --unix-socket /engine.sock http://engine/_ping".to_owned()).await {
            Ok(answer) if answer.trim() == "OK" => Ok(()),
            answer => Err(io::Error::other(format!(
                "the engine does not answer there: {}\nhelp: its socket is to be at this path there, or at {SOCKET}",
                answer.unwrap_or_else(|error| error.to_string()).trim()
            ))),
        }
    }

    /// Runs a script, and returns its output. It is on its way when this returns, and runs to its end even if the future is dropped.
    ///
    /// # Errors
    /// When a command of it fails, with its output.
    pub(crate) fn run(&self, script: String) -> impl Future<Output = io::Result<String>> + use<> {
        let (answer, answered) = oneshot::channel();
        // Where nobody takes it the answer is that.
        let _ = self.0.send((script, answer));
        async { answered.await.unwrap_or_else(|_| Err(gone())) }
    }
}

fn gone() -> io::Error {
    io::Error::other("the container that keeps the run has ended")
}

async fn attend(mut shell: Shell, mut asked: mpsc::UnboundedReceiver<(String, Answer)>) {
    while let Some((script, answer)) = asked.recv().await {
        // Whoever has asked may have stopped waiting.
        let _ = answer.send(shell.run(&script).await);
    }
}

struct Shell {
    streams: AttachContainerResults,
    /// What it has written and nobody has read.
    output: Vec<u8>,
}

impl Shell {
    async fn run(&mut self, script: &str) -> io::Result<String> {
        let script = format!("(set -e\n{script}\n) </dev/null 2>&1\nstatus=$?; echo; echo {END} $status\n");
        self.streams.input.write_all(script.as_bytes()).await?;
        self.streams.input.flush().await?;
        let mut text = String::new();
        loop {
            let line = self.line().await?;
            match line.strip_prefix(END) {
                None => text = text + &line + "\n",
                Some(status) if status.trim() == "0" => return Ok(text),
                Some(status) => {
                    let text = text.trim();
                    return Err(io::Error::other(format!("its commands failed with status{status}: {text}")));
                }
            }
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.output.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.output.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            match next(&mut self.streams.output).await {
                Some(Ok(LogOutput::StdErr { .. })) => {}
                Some(Ok(output)) => self.output.extend(output.into_bytes()),
                Some(Err(error)) => return Err(io::Error::other(error)),
                None => return Err(gone()),
            }
        }
    }
}
