//! A swarm that the tests make: three engines, each with a network of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use cluster_containers::Containers;

use super::engines::Engine;

const SCRIPT: &str = include_str!("swarm.sh");

/// The names of its hosts; the first is a manager.
pub const HOSTS: [&str; 3] = ["h1", "h2", "h3"];

/// Three engines that end with this process. The socket of the third is known to the test by a path that its host does not have.
#[derive(Debug)]
pub struct Swarm {
    /// They end when they are dropped.
    _engines: Vec<Engine>,
    sockets: Vec<PathBuf>,
}

impl Swarm {
    /// # Errors
    /// Why this machine cannot run it.
    fn start() -> Result<Self, String> {
        let engines = HOSTS.iter().map(|_| Engine::start("docker")).collect::<Result<Vec<_>, _>>()?;
        join(&engines)?;
        let mut sockets: Vec<_> = engines.iter().map(|engine| engine.socket().to_owned()).collect();
        sockets[2] = engines[2].forward_socket().map_err(|error| error.to_string())?;
        Ok(Self { _engines: engines, sockets })
    }

    /// The sockets of its hosts.
    pub fn sockets(&self) -> &[PathBuf] {
        &self.sockets
    }

    pub fn place(&self) -> Containers {
        place(&self.sockets)
    }
}

/// That of the swarm with these sockets.
pub fn place<S: AsRef<Path>>(sockets: &[S]) -> Containers {
    Containers::swarm(HOSTS.into_iter().zip(sockets.iter().map(AsRef::as_ref)))
}

/// Makes a swarm of engines.
///
/// # Errors
/// Why this machine cannot.
pub fn join(engines: &[Engine]) -> Result<(), String> {
    let mut script = Command::new("sh");
    script.args(["-c", SCRIPT, "swarm"]);
    for engine in engines {
        script.arg(engine.process().to_string()).arg(engine.socket());
    }
    let made = script.output().map_err(|error| error.to_string())?;
    let said = [made.stderr, made.stdout].concat();
    if made.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&said).trim().to_owned()) }
}

/// The swarm that all tests share; nothing where this machine cannot run it, which one line on standard error says.
pub fn shared() -> Option<Arc<Swarm>> {
    static SWARM: OnceLock<Option<Arc<Swarm>>> = OnceLock::new();
    let start = || match Swarm::start() {
        Ok(swarm) => Some(Arc::new(swarm)),
        Err(why) => {
            // Not by a macro: what those write is not shown when a test passes.
            drop(writeln!(
                std::io::stderr(),
                "skipped: nothing can run on hosts of a swarm: {}",
                why.replace('\n', "; ")
            ));
            None
        }
    };
    SWARM.get_or_init(start).clone()
}
