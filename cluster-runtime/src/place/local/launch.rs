//! Spawning programs.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::Pid;
use tokio::net::unix::pipe;
use tokio::sync::watch;

use super::attend::{Attendance, Source};
use super::directory::Directory;
use super::log_file::{self, LogFile};
use super::pipe::NamedPipe;
use super::program;
use super::running::{Group, Progress, Running};
use super::watchdog::{MARK, watchdog};
use crate::driver::Driver;
use crate::place::{Launch, Outlet, Sink};

/// Spawns a program in its directory, in a group of its own.
///
/// It is never unknown to the watchdog: from its first moment on it is marked.
pub(super) fn spawn(
    driver: &Driver,
    directory: &Arc<Directory>,
    launch: &Launch,
    sink: Box<dyn Sink>,
) -> io::Result<Running> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let program = program::find(&launch.program)?;
    let log = LogFile::new(directory.path().join(log_file::NAME));
    let pipe = |name: &String| NamedPipe::create(driver, &directory.path().join(name));
    let pipes = launch.pipes.iter().map(pipe).collect::<io::Result<Vec<_>>>()?;
    let watchdog = watchdog()?;
    let mark = watchdog.mark(NEXT.fetch_add(1, Ordering::Relaxed));
    let mut child = Command::new(&program)
        .args(&launch.arguments)
        .envs(launch.environment.iter().map(|(name, value)| (name, value)))
        .env(MARK, &mark)
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| program::refusal(&program, error))?;
    let leader = Pid::from_child(&child);
    let group = Arc::new(Group::new(leader));
    let (progress, ended) = watch::channel(Progress::Runs);
    // From here on it is killed if anything fails.
    let running = Running::new(group.clone(), ended);
    watchdog.runs(leader.as_raw_nonzero().get())?;
    let in_driver = driver.enter();
    let mut sources = outputs(&mut child)?;
    sources.extend(pipes.into_iter().map(|pipe| Source::new(Outlet::Pipe, pipe.reader, Some(pipe.writer))));
    drop(in_driver);
    let attendance = Attendance { child, group, sources, sink, log, progress, mark, _directory: directory.clone() };
    driver.spawn(attendance.attend());
    Ok(running)
}

fn outputs(child: &mut Child) -> io::Result<Vec<Source>> {
    let stdout = child.stdout.take().map(|stdout| (Outlet::Stdout, OwnedFd::from(stdout)));
    let stderr = child.stderr.take().map(|stderr| (Outlet::Stderr, OwnedFd::from(stderr)));
    let open = |(outlet, pipe)| Ok(Source::new(outlet, pipe::Receiver::from_owned_fd(pipe)?, None));
    stdout.into_iter().chain(stderr).map(open).collect()
}
