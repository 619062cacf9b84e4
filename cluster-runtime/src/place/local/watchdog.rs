//! A process that outlives this one, and kills and removes what it leaves behind.

use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex};

use super::program;
use super::root::root;

use crate::lock::lock;

/// The variable in the environment of every program that we spawn and of its descendants, with the mark of its run.
pub(super) const MARK: &str = "CLUSTER_NODE";

const SHELL: &str = "/bin/sh";
const SCRIPT: &str = include_str!("watchdog.sh");

/// One end of a pipe, which closes when this process ends, however it ends; the other end is read by a shell.
///
/// Children close the pipe at their exec, and not before. So the shell reaches the end of its input only when every child
/// has executed its program, and carries its mark.
pub(super) struct Watchdog {
    token: String,
    input: Mutex<File>,
}

/// The watchdog of this process, started on first use.
pub(super) fn watchdog() -> io::Result<&'static Watchdog> {
    static WATCHDOG: LazyLock<io::Result<Watchdog>> = LazyLock::new(Watchdog::start);
    WATCHDOG.as_ref().map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("the watchdog, which ends programs when the test is killed, cannot be started: {error}"),
        )
    })
}

impl Watchdog {
    fn start() -> io::Result<Self> {
        let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
        let token = format!("{}-{random:016x}", std::process::id());
        // A process group of its own, so that a Ctrl-C does not reach it. An empty environment, so that it is not taken for a
        // program of another watchdog. No output, so that a reader of ours does not wait for its end.
        let mut shell = Command::new(SHELL)
            .args(["-c", SCRIPT, "cluster-watchdog", &token])
            .arg(root()?)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            .process_group(0)
            .spawn()
            .map_err(|error| program::refusal(SHELL.as_ref(), error))?;
        let input = shell.stdin.take().ok_or_else(|| io::Error::other("its input is missing"))?;
        Ok(Self { token, input: Mutex::new(OwnedFd::from(input).into()) })
    }

    /// The mark of the programs of one run of a node.
    pub(super) fn mark(&self, number: u64) -> String {
        format!("{}.{number}", self.token)
    }

    /// Reports a new process group.
    pub(super) fn runs(&self, group: i32) -> io::Result<()> {
        self.tell(format_args!("runs {group}\n"))
    }

    /// Reports that a process group has ended, and that its number may be reused.
    pub(super) fn gone(&self, group: i32) -> io::Result<()> {
        self.tell(format_args!("gone {group}\n"))
    }

    fn tell(&self, line: std::fmt::Arguments<'_>) -> io::Result<()> {
        let line = line.to_string();
        let told = lock(&self.input).write_all(line.as_bytes());
        told.map_err(|error| io::Error::new(error.kind(), format!("the watchdog is gone: {error}")))
    }
}
