//! Spawning programs.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::Pid;
use tokio::net::unix::pipe;
use tokio::sync::watch;

use super::attend::{Attendance, Source};
use super::background::background;
use super::log_file::{self, LogFile};
use super::running::{Group, Progress};
use super::watchdog::{MARK, watchdog};
use super::{Directory, Exit, NamedPipe, Running, Sink, Stream};

/// How many bytes of a command's output are taken in.
const MOST_CAPTURED: usize = 16 << 20;

/// What is to be spawned.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) directory: Arc<Directory>,
}

/// Spawns a program in its directory, in a group of its own.
///
/// It is never unknown to the watchdog: from its first moment on it is marked.
pub(crate) fn spawn(launch: &Launch, pipes: Vec<NamedPipe>, sink: impl Sink) -> io::Result<Running> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let program = find(&launch.program)?;
    let log = LogFile::new(launch.directory.path().join(log_file::NAME));
    let background = background()?;
    let watchdog = watchdog()?;
    let mark = watchdog.mark(NEXT.fetch_add(1, Ordering::Relaxed));
    let mut child = Command::new(&program)
        .args(&launch.arguments)
        .envs(launch.environment.iter().map(|(name, value)| (name, value)))
        .env(MARK, &mark)
        .current_dir(launch.directory.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| in_words(&program, error))?;
    let leader = Pid::from_child(&child);
    let group = Arc::new(Group::new(leader));
    let (progress, ended) = watch::channel(Progress::Runs);
    // From here on it is killed if anything fails.
    let running = Running::new(group.clone(), ended);
    watchdog.runs(leader.as_raw_nonzero().get())?;
    let in_background = background.enter();
    let mut sources = outputs(&mut child)?;
    sources.extend(pipes.into_iter().map(|pipe| Source::new(Stream::Pipe, pipe.reader, Some(pipe.writer))));
    let attendance =
        Attendance { child, group, sources, sink, log, progress, mark, _directory: launch.directory.clone() };
    drop(in_background);
    background.spawn(attendance.attend());
    Ok(running)
}

fn outputs(child: &mut Child) -> io::Result<Vec<Source>> {
    let stdout = child.stdout.take().map(|stdout| (Stream::Stdout, OwnedFd::from(stdout)));
    let stderr = child.stderr.take().map(|stderr| (Stream::Stderr, OwnedFd::from(stderr)));
    let open = |(stream, pipe)| Ok(Source::new(stream, pipe::Receiver::from_owned_fd(pipe)?, None));
    stdout.into_iter().chain(stderr).map(open).collect()
}

/// What a command wrote, and how it ended.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) exit: Exit,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// Runs a program to its end.
pub(crate) async fn capture(launch: &Launch) -> io::Result<Captured> {
    let output = Capture::default();
    let running = spawn(launch, Vec::new(), output.clone())?;
    // What it leaves behind is ended in the background.
    let (exit, _) = running.ended().await?;
    let (stdout, stderr) = std::mem::take(&mut *output.0.lock().unwrap_or_else(PoisonError::into_inner));
    if stdout.len() == MOST_CAPTURED {
        return Err(io::Error::other(format!("`{}` wrote more than {MOST_CAPTURED} bytes", launch.program)));
    }
    Ok(Captured { exit, stdout, stderr })
}

#[derive(Clone, Default)]
struct Capture(Arc<Mutex<(Vec<u8>, Vec<u8>)>>);

impl Sink for Capture {
    fn take(&mut self, stream: Stream, bytes: &[u8]) {
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let output = if stream == Stream::Stderr { &mut output.1 } else { &mut output.0 };
        let fits = bytes.len().min(MOST_CAPTURED - output.len());
        output.extend_from_slice(&bytes[..fits]);
    }

    fn finish(&mut self) {}
}

/// Looks for a program without running it.
pub(crate) fn check(program: &str) -> io::Result<()> {
    let file = find(program)?;
    match file.metadata() {
        Ok(_) if is_executable(&file) => Ok(()),
        Ok(_) => Err(in_words(&file, io::ErrorKind::PermissionDenied.into())),
        Err(error) => Err(in_words(&file, error)),
    }
}

/// The file of a program: its path, or what PATH has of its name.
fn find(program: &str) -> io::Result<PathBuf> {
    if program.contains('/') {
        return std::path::absolute(program);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|directory| directory.join(program)).find(|file| is_executable(file));
    found.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            format!("the program `{program}` was not found in PATH\nhelp: install it, or give its path"),
        )
    })
}

fn is_executable(file: &Path) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

fn in_words(program: &Path, error: io::Error) -> io::Error {
    let program_name = program.display();
    let text = match error.kind() {
        io::ErrorKind::NotFound if !program.exists() => {
            format!("there is no program `{program_name}`\nhelp: check its path")
        }
        io::ErrorKind::NotFound => {
            format!("`{program_name}` cannot be run: the program that its first line names is missing")
        }
        io::ErrorKind::PermissionDenied => {
            format!("`{program_name}` is not executable\nhelp: `chmod +x {program_name}`, if it is a program")
        }
        _ => format!("`{program_name}` cannot be run: {error}"),
    };
    io::Error::new(error.kind(), text)
}
