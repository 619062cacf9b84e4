//! Engines that the tests run themselves.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};

use cluster_containers::Containers;
use rustix::process::{Pid, Signal, kill_process};

const SCRIPT: &str = include_str!("engine.sh");

/// Who has an engine of a user. Nobody else has this number.
pub const USER: u32 = 61_234;

/// An engine that ends with this process, or when it is dropped.
#[derive(Debug)]
pub struct Engine {
    kind: &'static str,
    process: Child,
    socket: PathBuf,
}

impl Engine {
    /// Starts one.
    ///
    /// # Errors
    /// Why this machine cannot run it.
    pub fn start(kind: &'static str) -> Result<Self, String> {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if !rustix::process::geteuid().is_root() {
            return Err("the user is not root".to_owned());
        }
        let (program, package) = if kind == "docker" { ("dockerd", "docker.io") } else { ("podman", "podman") };
        if !cluster_tests::is_installed(program, package) {
            return Err(format!("`{program}` is not installed"));
        }
        // The path of a socket has about 100 characters.
        let directory = std::env::temp_dir().join(format!("cluster-engine-{}-{number}", std::process::id()));
        std::fs::create_dir(&directory).map_err(|error| error.to_string())?;
        let mut process = Command::new("unshare")
            .args(["--net", "--mount", "sh", "-c", SCRIPT, "engine", kind])
            .arg(&directory)
            .arg(USER.to_string())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut said = String::new();
        let output = process.stdout.take().ok_or("it has no output")?;
        BufReader::new(output).read_line(&mut said).map_err(|error| error.to_string())?;
        let engine = Self { kind, process, socket: directory.join("socket") };
        if said.trim() == "ready" { Ok(engine) } else { Err(said.trim().to_owned()) }
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Makes another path to its socket, which its host does not have.
    pub fn forward_socket(&self) -> std::io::Result<PathBuf> {
        let forwarded = self.socket.with_file_name("hidden").join("socket");
        std::os::unix::fs::symlink(&self.socket, &forwarded)?;
        Ok(forwarded)
    }

    /// The process that has its network.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Kills what answers at the socket, and what runs containers stays.
    pub fn kill(&self) {
        let process = std::fs::read_to_string(self.socket.with_file_name("engine")).expect("it is written there");
        let process = process.trim().parse().ok().and_then(Pid::from_raw).expect("it is a process");
        kill_process(process, Signal::KILL).expect("it runs");
    }

    pub fn place(&self) -> Containers {
        Containers::at(&self.socket)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It has nothing left to wait for.
        let _ = self.process.wait();
    }
}

/// The engine of this kind that all tests share; nothing where this machine cannot run it, which one line on standard error says.
pub fn shared(kind: &'static str) -> Option<Arc<Engine>> {
    static DOCKER: OnceLock<Option<Arc<Engine>>> = OnceLock::new();
    static PODMAN: OnceLock<Option<Arc<Engine>>> = OnceLock::new();
    let engine = if kind == "docker" { &DOCKER } else { &PODMAN };
    let start = || match Engine::start(kind) {
        Ok(engine) => Some(Arc::new(engine)),
        Err(why) => {
            // Not by a macro: what those write is not shown when a test passes.
            drop(writeln!(std::io::stderr(), "skipped: nothing can run in containers of {kind}: {why}"));
            None
        }
    };
    engine.get_or_init(start).clone()
}
