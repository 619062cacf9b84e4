//! Spawning programs.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::Pid;
use tokio::net::unix::pipe;

use super::attend::{Attendance, Source};
use super::child_signal::remember_ends;
use super::directory::Directory;
use super::forks::{forking, forking_alone};
use super::group::Group;
use super::log_file::LogFile;
use super::pipe::NamedPipe;
use super::port::bind_unshared;
use super::program;
use super::watchdog::{MARK, watchdog};
use crate::clock::{Deadline, pause};
use crate::driver::Driver;
use crate::place::{Launch, Outlet, Running, Sink};

/// How long released ports may be held by others.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause between two checks of them.
const PAUSE: Duration = Duration::from_millis(1);

/// Spawns a program in its directory, in a process group of its own. Addresses that it binds without SO_REUSEADDR are free
/// before that.
///
/// It carries a mark in its environment from the beginning, so that the watchdog can always find it.
pub(super) async fn spawn(
    driver: &Driver,
    directory: &Arc<Directory>,
    launch: &Launch,
    unshared: &[SocketAddr],
    sink: Box<dyn Sink>,
) -> io::Result<Running> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let program = program::find(&launch.program)?;
    let log = LogFile::new(directory.path());
    let pipe = |name: &String| NamedPipe::create(driver, &directory.path().join(name));
    let pipes = launch.pipes.iter().map(pipe).collect::<io::Result<Vec<_>>>()?;
    let watchdog = watchdog()?;
    let mark = watchdog.mark(NEXT.fetch_add(1, Ordering::Relaxed));
    remember_ends(driver)?;
    let mut command = Command::new(&program);
    command
        .args(&launch.arguments)
        .envs(launch.environment.iter().map(|(name, value)| (name, value)))
        .env(MARK, &mark)
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = fork(&mut command, unshared).await.map_err(|error| program::refusal(&program, error))?;
    let leader = Pid::from_child(&child);
    let group = Arc::new(Group::new(leader, mark.clone()));
    // From here on it is killed if anything fails.
    let (running, watched) = Running::new(group.clone());
    watchdog.runs(leader.as_raw_nonzero().get())?;
    let in_driver = driver.enter();
    let mut sources = outputs(&mut child)?;
    sources.extend(pipes.into_iter().map(|pipe| Source::new(Outlet::Pipe, pipe.reader, Some(pipe.writer))));
    drop(in_driver);
    let attendance = Attendance { child, group, sources, sink, log, watched, mark, _directory: directory.clone() };
    driver.spawn(attendance.attend());
    Ok(running)
}

/// Forks the child; if ports have to be free for it, while no other child has copies of our sockets.
async fn fork(command: &mut Command, unshared: &[SocketAddr]) -> io::Result<Child> {
    if unshared.is_empty() {
        let _forking = forking();
        return command.spawn();
    }
    let forking = async {
        loop {
            if let Some(child) = fork_alone(command, unshared) {
                return child;
            }
            pause(PAUSE).await;
        }
    };
    let child = Deadline::after(PATIENCE).bound(forking).await;
    child.unwrap_or_else(|| {
        let ports = unshared.iter().map(SocketAddr::to_string).collect::<Vec<_>>().join(" or ");
        let text = format!(
            "somebody has {ports} for {PATIENCE:?}\n\
             help: the system keeps a port for a minute after a connection that its server closed; a server that sets SO_REUSEADDR need not wait"
        );
        Err(io::Error::new(io::ErrorKind::AddrInUse, text))
    })
}

/// `None` while one of the ports is in use.
fn fork_alone(command: &mut Command, unshared: &[SocketAddr]) -> Option<io::Result<Child>> {
    let _alone = forking_alone();
    match unshared.iter().try_for_each(|port| bind_unshared(*port)) {
        Ok(()) => Some(command.spawn()),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => None,
        Err(error) => Some(Err(error)),
    }
}

fn outputs(child: &mut Child) -> io::Result<Vec<Source>> {
    let stdout = child.stdout.take().map(|stdout| (Outlet::Stdout, OwnedFd::from(stdout)));
    let stderr = child.stderr.take().map(|stderr| (Outlet::Stderr, OwnedFd::from(stderr)));
    let open = |(outlet, pipe)| Ok(Source::new(outlet, pipe::Receiver::from_owned_fd(pipe)?, None));
    stdout.into_iter().chain(stderr).map(open).collect()
}
