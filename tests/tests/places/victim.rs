//! A test in a process of its own, which is killed.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

pub struct Victim {
    process: Child,
    /// Directories of others, one of which may have had the number of its process.
    earlier: HashSet<PathBuf>,
}

impl Victim {
    /// Runs the test `nobody_left::victim` with this variable until it says `begun`.
    pub fn new(variable: &str, value: impl AsRef<OsStr>) -> Self {
        let earlier = directories();
        let mut process = Command::new(std::env::current_exe().expect("this is a program"))
            .args(["--exact", "nobody_left::victim", "--ignored", "--nocapture"])
            .env(variable, value)
            .env("CLUSTER_REPORT", "never")
            .stdout(Stdio::piped())
            .spawn()
            .expect("a test can be run");
        let output = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let mut lines = output.lines().map_while(Result::ok);
        assert!(lines.any(|line| line == "begun"), "it ended before");
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, earlier }
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn kill(&mut self) {
        kill_process(Pid::from_child(&self.process), Signal::KILL).expect("it has not been waited for");
        let status = self.process.wait().expect("it is a child of this process");
        assert_eq!(status.signal(), Some(9), "it ended by itself: {status}");
    }

    /// The directories of its nodes that are there.
    pub fn directories(&self) -> Vec<String> {
        let name = format!("cluster-{}", self.id());
        let is_own = |path: &PathBuf| {
            let rest = path.file_name().and_then(OsStr::to_str).and_then(|own| own.strip_prefix(&name));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) && !self.earlier.contains(path)
        };
        directories().into_iter().filter(is_own).map(|path| path.display().to_string()).collect()
    }
}

/// Where the nodes of all tests have theirs.
fn directories() -> HashSet<PathBuf> {
    let program = std::env::current_exe().expect("this is a program");
    let target = program.ancestors().skip(1).find(|directory| directory.join("CACHEDIR.TAG").is_file());
    let entries = fs::read_dir(target.expect("cargo has built it").join("tmp")).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}
