//! The container that keeps a run: it ends with its input, and then removes all of the run.

use std::io;
use std::sync::Arc;

use bollard::container::{AttachContainerResults, LogOutput};
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, oneshot};

use crate::bodies;
use crate::engine::Engine;
use crate::guard::Guard;
use crate::stream::next;

const SCRIPT: &str = include_str!("keeper.sh");
/// What ends the output of a script, with its status.
const END: &str = "cluster-script-ended";

/// The lease of a run: its input ends when this is dropped, and when this process ends. Until then it runs scripts.
#[derive(Debug)]
pub(crate) struct Keeper(mpsc::UnboundedSender<(String, Answer)>);

type Answer = oneshot::Sender<io::Result<String>>;

impl Keeper {
    /// Starts it. It is attended to on the runtime of the caller.
    ///
    /// # Errors
    /// When the engine cannot run it.
    pub(crate) async fn start(engine: &Engine, run: &str, has_faults: bool) -> io::Result<Arc<Self>> {
        let name = format!("cluster-{run}-keeper");
        let guard = Guard::start(engine.socket(), &name)?;
        engine.create(&name, bodies::keeper(run, SCRIPT, engine.socket(), has_faults)).await?;
        let streams = engine.attach(&name, true).await?;
        engine.start(&name).await?;
        guard.dismiss().await;
        let (scripts, asked) = mpsc::unbounded_channel();
        tokio::spawn(attend(Shell { streams, output: Vec::new() }, asked));
        let keeper = Self(scripts);
        keeper.run("true".to_owned()).await?;
        Ok(Arc::new(keeper))
    }

    /// Runs a script, and returns its output. It runs to its end even if this future is dropped.
    ///
    /// # Errors
    /// When a command of it fails, with its output.
    pub(crate) async fn run(&self, script: String) -> io::Result<String> {
        let (answer, answered) = oneshot::channel();
        self.0.send((script, answer)).map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
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
