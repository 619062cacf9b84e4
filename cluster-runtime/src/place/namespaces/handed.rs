//! Sockets that a shell in the namespaces of a cluster makes, and this process takes from it: whoever is not root may not enter them, and
//! may take the descriptors of a child.

use std::collections::HashMap;
use std::fmt::Write;
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, Signal, kill_process, pidfd_getfd, pidfd_open};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot};

use super::holder::{Holder, Reaped};
use super::programs::{needed, path};
use super::rules::{PROBE_PORT, Path};
use crate::lock::lock;
use crate::place::local::forking;

/// Each line asks for a connection, for which a process of its own waits, and stops with it. They all end with the input.
const SCRIPT: &str = "\
while read -r number host port; do
    (
        if exec 3<>\"/dev/tcp/$host/$port\"; then
            echo \"$number $BASHPID\"
            kill -STOP $BASHPID
        else
            echo \"$number -\"
        fi
    ) </dev/null 2>/dev/null &
done
kill -KILL 0";
/// The descriptor of the connection in that process.
const DESCRIPTOR: i32 = 3;

/// A shell in the namespace in the middle.
#[derive(Debug)]
pub(super) struct Handed {
    dials: mpsc::UnboundedSender<String>,
    asked: Asked,
}

/// Who waits for which connection.
type Asked = Arc<Mutex<HashMap<u64, oneshot::Sender<io::Result<OwnedFd>>>>>;

impl Handed {
    /// Starts it. It is attended to on the runtime of the caller.
    pub(super) fn start(holder: &Holder) -> io::Result<Self> {
        let mut shell = Command::new(needed("nsenter")?);
        shell.args(holder.nsenter(&holder.network())).args([&needed("bash")?, "-c", SCRIPT]);
        shell.env("PATH", path()).current_dir("/").process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let forking = forking();
        let mut child = shell.spawn()?;
        drop(forking);
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let child = Reaped::new(child);
        let (Some(input), Some(output)) = (input, output) else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let input = pipe::Sender::from_owned_fd(OwnedFd::from(input))?;
        let output = BufReader::new(pipe::Receiver::from_owned_fd(OwnedFd::from(output))?).lines();
        let (dials, lines) = mpsc::unbounded_channel();
        let asked = Asked::default();
        tokio::spawn(write(child, input, lines));
        tokio::spawn(read(output, asked.clone()));
        Ok(Self { dials, asked })
    }

    /// A connection that is made there.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) async fn connect(&self, to: SocketAddr) -> io::Result<OwnedFd> {
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        lock(&self.asked).insert(number, answer);
        let dial = format!("{number} {} {}\n", to.ip(), to.port());
        self.dials.send(dial).map_err(|_| io::ErrorKind::BrokenPipe)?;
        answered.await.map_err(io::Error::other)?
    }
}

/// Sends so many probes on each of these paths, which are sorted by the nodes that send.
pub(super) async fn probe(holder: &Holder, paths: &[Path], packets: u32) -> io::Result<()> {
    let mut script = String::new();
    for path in paths.chunk_by(|one, other| one.0 == other.0) {
        let hosts: Vec<_> = path.iter().map(|(_, to)| to.addr().to_string()).collect();
        let _ = writeln!(
            script,
            // What is refused is an error at the next one.
            "nsenter --net=/run/netns/{} bash -c 'for host in {}; do exec 3<>/dev/udp/$host/{PROBE_PORT}; \
             for ((sent = 0; sent < {packets}; sent++)); do echo probe >&3; done; done; exit 0' 2>/dev/null &",
            path[0].0.name(),
            hosts.join(" "),
        );
    }
    script += "wait";
    holder.run(script).await.map(drop)
}

async fn write(_child: Reaped, mut input: pipe::Sender, mut lines: mpsc::UnboundedReceiver<String>) {
    while let Some(line) = lines.recv().await {
        if input.write_all(line.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(mut output: Lines<BufReader<pipe::Receiver>>, asked: Asked) {
    while let Ok(Some(line)) = output.next_line().await {
        let Some((number, process)) = line.split_once(' ') else { continue };
        let answer = number.parse().ok().and_then(|number| lock(&asked).remove(&number));
        let taken = match process.parse().ok().and_then(Pid::from_raw) {
            Some(process) => take(process),
            None => Err(io::ErrorKind::ConnectionRefused.into()),
        };
        // Whoever has asked may have stopped waiting.
        let _ = answer.map(|answer| answer.send(taken));
    }
    lock(&asked).clear();
}

/// Takes the connection of a process, and ends that.
#[allow(deprecated, reason = "the others are unsafe; this descriptor is nobody else's")]
fn take(process: Pid) -> io::Result<OwnedFd> {
    let taken = pidfd_open(process, PidfdFlags::empty())
        .and_then(|pidfd| pidfd_getfd(pidfd, DESCRIPTOR, PidfdGetfdFlags::empty()));
    // It waits for that.
    let _ = kill_process(process, Signal::KILL);
    Ok(taken?)
}
