//! A test in a process of its own, which another test ends.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;

use rustix::process::{Pid, Signal, kill_process};

/// The command that runs one test of this program, in a process of its own.
///
/// # Panics
/// When the path of this program is not known.
pub fn alone(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this is a program"));
    command.args(["--exact", test, "--include-ignored"]);
    command
}

/// A test that goes on until it is ended. It is killed when this is dropped.
pub struct Victim {
    process: Child,
    /// Directories of others, one of which may have had the number of its process.
    earlier: HashSet<PathBuf>,
    lines: mpsc::Receiver<String>,
}

impl Victim {
    /// Runs the test that this command runs, and reads its lines.
    ///
    /// # Panics
    /// When the command cannot be run.
    pub fn new(command: &mut Command) -> Self {
        let earlier = directories();
        let mut process = command.arg("--nocapture").stdout(Stdio::piped()).spawn().expect("a test can be run");
        let output = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let (sender, lines) = mpsc::channel();
        // All is read at once, so that the test never waits for this one.
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { process, earlier, lines }
    }

    /// Waits for the next line that begins so, and returns the rest of it.
    ///
    /// # Panics
    /// When the test ends without it.
    pub fn line(&self, begin: &str) -> String {
        let rest = |line: String| line.strip_prefix(begin).map(str::to_owned);
        self.lines.iter().find_map(rest).unwrap_or_else(|| panic!("it ended before a line that begins with `{begin}`"))
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The directories of its nodes on this machine that are there.
    ///
    /// # Panics
    /// When this program is not one that cargo has built.
    pub fn directories(&self) -> Vec<String> {
        let name = format!("cluster-{}", self.id());
        let is_own = |path: &PathBuf| {
            let rest = path.file_name().and_then(OsStr::to_str).and_then(|own| own.strip_prefix(&name));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) && !self.earlier.contains(path)
        };
        directories().into_iter().filter(is_own).map(|path| path.display().to_string()).collect()
    }

    /// Sends a signal to it.
    ///
    /// # Panics
    /// When it has been waited for.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("it has not been waited for");
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait().expect("it is a child of this process")
    }

    /// Kills it.
    ///
    /// # Panics
    /// When it ended by itself.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        let status = self.wait();
        assert_eq!(status.signal(), Some(Signal::KILL.as_raw()), "it ended by itself: {status}");
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where the nodes of all tests have theirs.
fn directories() -> HashSet<PathBuf> {
    let program = std::env::current_exe().expect("this is a program");
    let target = program.ancestors().skip(1).find(|directory| directory.join("CACHEDIR.TAG").is_file());
    let entries = std::fs::read_dir(target.expect("cargo has built it").join("tmp")).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}
