//! The process that holds the namespaces of a cluster: a shell in namespaces of its own, which ends with its input.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot};

use super::programs::{Maker, maker, needed, path};
use crate::place::local::{Worker, forking};

/// What ends the output of a script, with its status.
const END: &str = "cluster-script-ended";

/// A shell that runs scripts in the namespaces that hold all others of a cluster. They end when it is dropped, and when this process
/// ends: the shell reads its scripts from a pipe that the system closes then.
#[derive(Debug)]
pub(super) struct Holder {
    maker: Maker,
    process: u32,
    scripts: mpsc::UnboundedSender<(String, oneshot::Sender<io::Result<String>>)>,
}

impl Holder {
    /// Starts it. It is attended to on the runtime of the caller.
    pub(super) fn start() -> io::Result<Self> {
        let maker = maker()?;
        let mut shell = Command::new(needed("unshare")?);
        shell.args(maker.unshare()).arg("sh").env("PATH", path()).current_dir("/").process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let forking = forking();
        let mut child = shell.spawn()?;
        drop(forking);
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let process = child.id();
        let child = Reaped::new(child);
        let (Some(input), Some(output)) = (input, output) else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let input = pipe::Sender::from_owned_fd(OwnedFd::from(input))?;
        let output = BufReader::new(pipe::Receiver::from_owned_fd(OwnedFd::from(output))?).lines();
        let (scripts, asked) = mpsc::unbounded_channel();
        tokio::spawn(attend(child, input, output, asked));
        Ok(Self { maker, process, scripts })
    }

    /// As whom they were made.
    pub(super) fn maker(&self) -> Maker {
        self.maker
    }

    /// Runs a script, and returns its output. It runs to its end even if this future is dropped.
    ///
    /// # Errors
    /// When a command of it fails, with its output.
    pub(super) async fn run(&self, script: String) -> io::Result<String> {
        let (answer, answered) = oneshot::channel();
        let gone = || io::Error::other("the shell that holds the network namespaces has ended");
        self.scripts.send((script, answer)).map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }

    /// The network namespace that all nodes are connected to.
    pub(super) fn network(&self) -> String {
        format!("/proc/{}/ns/net", self.process)
    }

    /// The network namespace of this name.
    pub(super) fn network_of(&self, name: &str) -> String {
        format!("/proc/{}/root/run/netns/{name}", self.process)
    }

    /// The arguments with which `nsenter` runs a program in this network namespace.
    pub(super) fn nsenter(&self, network: &str) -> Vec<String> {
        let mut arguments = vec![format!("--net={network}")];
        if self.maker == Maker::User {
            arguments.extend([format!("--user=/proc/{}/ns/user", self.process), "--preserve-credentials".to_owned()]);
        }
        arguments.push("--".to_owned());
        arguments
    }
}

async fn attend(
    _child: Reaped,
    mut input: pipe::Sender,
    mut output: Lines<BufReader<pipe::Receiver>>,
    mut asked: mpsc::UnboundedReceiver<(String, oneshot::Sender<io::Result<String>>)>,
) {
    while let Some((script, answer)) = asked.recv().await {
        let answered = run(&mut input, &mut output, &script).await;
        // Whoever has asked may have stopped waiting.
        let _ = answer.send(answered);
    }
}

async fn run(
    input: &mut pipe::Sender,
    output: &mut Lines<BufReader<pipe::Receiver>>,
    script: &str,
) -> io::Result<String> {
    let script = format!("(set -e\n{script}\n) </dev/null 2>&1\nstatus=$?; echo; echo {END} $status\n");
    input.write_all(script.as_bytes()).await?;
    let mut text = String::new();
    loop {
        let ended = || io::Error::other("the shell that holds the network namespaces has ended");
        let line = output.next_line().await?.ok_or_else(ended)?;
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

/// A child that is waited for once its input is closed.
pub(super) struct Reaped(Option<Child>);

impl Reaped {
    pub(super) fn new(child: Child) -> Self {
        Self(Some(child))
    }
}

impl Drop for Reaped {
    fn drop(&mut self) {
        static REAPER: Worker<Child> = Worker::new("cluster-reaper", |children| {
            for mut child in children {
                // It is ours, and ends by itself.
                let _ = child.wait();
            }
        });
        if let Some(child) = self.0.take() {
            REAPER.add(child);
        }
    }
}
