//! An engine, by its socket.

use std::error::Error as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bollard::container::AttachContainerResults;
use bollard::errors::Error;
use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, ContainerArchiveInfoOptionsBuilder, CreateContainerOptionsBuilder,
    KillContainerOptionsBuilder, RemoveContainerOptionsBuilder, StatsOptionsBuilder,
};
use bollard::{ClientVersion, Docker};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::stream::next;

/// How long an engine may take to answer.
const PATIENCE: u64 = 120;
/// How long a program may run.
const EVER: Duration = Duration::from_secs(u32::MAX as u64);
/// How many containers are started at a time for each core of this machine.
const STARTS_PER_CORE: usize = 2;
/// The version of the interface that podman and old engines have, too.
const VERSION: ClientVersion = ClientVersion { major_version: 1, minor_version: 41 };
/// What newer engines take at least may be newer.
const NEWEST: ClientVersion = ClientVersion { major_version: 1, minor_version: 52 };

/// An engine that has answered.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    docker: Docker,
    socket: Arc<PathBuf>,
    /// Who may start a container: more at a time would take longer.
    turns: Arc<Semaphore>,
}

impl Engine {
    /// # Errors
    /// When it does not answer.
    pub(crate) async fn at(socket: &Path) -> io::Result<Self> {
        let engine = Self::with(socket, &VERSION)?;
        match engine.docker.ping().await {
            Ok(_) => Ok(engine),
            Err(Error::DockerResponseServerError { status_code: 400, .. }) => {
                let engine = Self::with(socket, &NEWEST)?;
                let negotiated = engine.docker.clone().negotiate_version().await;
                Ok(Self { docker: negotiated.map_err(|error| engine.about(&error))?, ..engine })
            }
            Err(error) => Err(engine.about(&error)),
        }
    }

    fn with(socket: &Path, version: &ClientVersion) -> io::Result<Self> {
        let path = socket.display().to_string();
        let docker = Docker::connect_with_unix(&path, PATIENCE, version).map_err(|error| match error {
            Error::SocketNotFoundError(path) => io::Error::new(
                io::ErrorKind::NotFound,
                format!(
                    "there is no socket `{path}`\n\
                     help: start the engine (`systemctl start docker`, `systemctl start podman.socket`), or name its socket: \
                     `Containers::at(..)`"
                ),
            ),
            error => io::Error::other(error),
        })?;
        let turns = STARTS_PER_CORE * thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { docker, socket: Arc::new(socket.to_owned()), turns: Arc::new(Semaphore::new(turns)) })
    }

    /// Resolves when it is the caller's turn to start a container, and lasts as long as what is returned.
    pub(crate) async fn turn(&self) -> io::Result<SemaphorePermit<'_>> {
        self.turns.acquire().await.map_err(io::Error::other)
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    pub(crate) fn docker(&self) -> &Docker {
        &self.docker
    }

    /// What the engine has said, with help where it is known.
    pub(crate) fn about(&self, error: &Error) -> io::Error {
        let mut text = match error {
            Error::DockerResponseServerError { message, .. } => message.trim().to_owned(),
            error => error.to_string(),
        };
        let mut source = error.source();
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        let help = HELP
            .iter()
            .find(|(part, _)| text.contains(part))
            .map_or(String::new(), |(_, help)| format!("\nhelp: {help}"));
        io::Error::other(format!("the engine at {}: {text}{help}", self.socket.display()))
    }

    /// Creates a container.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub(crate) async fn create(&self, name: &str, body: ContainerCreateBody) -> io::Result<()> {
        let options = CreateContainerOptionsBuilder::new().name(name).build();
        self.docker.create_container(Some(options), body).await.map(drop).map_err(|error| self.about(&error))
    }

    /// Connects to the standard streams of a container, which has been created or runs.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub(crate) async fn attach(&self, name: &str, has_input: bool) -> io::Result<AttachContainerResults> {
        let options = AttachContainerOptionsBuilder::new().stream(true).stdin(has_input).stdout(true).stderr(true);
        self.docker.attach_container(name, Some(options.build())).await.map_err(|error| self.about(&error))
    }

    /// # Errors
    /// When the engine cannot start it.
    pub(crate) async fn start(&self, name: &str) -> io::Result<()> {
        self.docker.start_container(name, None).await.map_err(|error| self.about(&error))
    }

    /// Whether a container that need not run has this file.
    ///
    /// # Errors
    /// When the engine cannot tell.
    pub(crate) async fn has_file(&self, name: &str, path: &str) -> io::Result<bool> {
        let options = ContainerArchiveInfoOptionsBuilder::new().path(path).build();
        match self.docker.get_container_archive_info(name, Some(options)).await {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(self.about(&error)),
        }
    }

    /// The process of a container that runs, as the engine's machine has it.
    ///
    /// # Errors
    /// When it does not run.
    pub(crate) async fn process(&self, name: &str) -> io::Result<i64> {
        let inspected = self.docker.inspect_container(name, None).await.map_err(|error| self.about(&error))?;
        let process = inspected.state.and_then(|state| state.pid).filter(|process| *process > 0);
        process
            .ok_or_else(|| io::Error::new(io::ErrorKind::ConnectionRefused, format!("container `{name}` does not run")))
    }

    /// Resolves when a container has ended, with its status.
    ///
    /// # Errors
    /// When the engine is gone, or knows no such container.
    pub(crate) async fn ended(&self, name: &str) -> io::Result<i64> {
        let patient = self.docker.clone().with_timeout(EVER);
        let mut waiting = Box::pin(patient.wait_container(name, None));
        match next(&mut waiting).await {
            Some(Ok(end)) => match end.error.and_then(|error| error.message) {
                Some(message) => Err(io::Error::other(format!("the engine at {}: {message}", self.socket.display()))),
                None => Ok(end.status_code),
            },
            Some(Err(Error::DockerContainerWaitError { code, .. })) => Ok(code),
            Some(Err(error)) => Err(self.about(&error)),
            None => Err(io::Error::other(format!("the engine at {} is gone", self.socket.display()))),
        }
    }

    /// How many processes a container has, if it runs and the engine can tell.
    pub(crate) async fn processes(&self, name: &str) -> Option<u64> {
        let options = StatsOptionsBuilder::new().stream(false).one_shot(true).build();
        let mut answers = Box::pin(self.docker.stats(name, Some(options)));
        next(&mut answers).await?.ok()?.pids_stats?.current
    }

    /// # Errors
    /// When the engine cannot send it, or the container has ended.
    pub(crate) async fn kill(&self, name: &str, signal: i32) -> io::Result<()> {
        let options = KillContainerOptionsBuilder::new().signal(&signal.to_string()).build();
        self.docker.kill_container(name, Some(options)).await.map_err(|error| self.about(&error))
    }

    /// # Errors
    /// When it has ended, or is paused.
    pub(crate) async fn pause(&self, name: &str) -> io::Result<()> {
        self.docker.pause_container(name).await.map_err(|error| self.about(&error))
    }

    /// # Errors
    /// When it has ended, or is not paused.
    pub(crate) async fn unpause(&self, name: &str) -> io::Result<()> {
        self.docker.unpause_container(name).await.map_err(|error| self.about(&error))
    }

    /// Removes a container, whatever it does.
    ///
    /// # Errors
    /// When the engine cannot.
    pub(crate) async fn remove(&self, name: &str) -> io::Result<()> {
        let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
        self.docker.remove_container(name, Some(options)).await.map_err(|error| self.about(&error))
    }
}

pub(crate) fn is_missing(error: &Error) -> bool {
    matches!(error, Error::DockerResponseServerError { status_code: 404, .. })
}

/// What to do about errors, by a part of their texts.
const HELP: [(&str, &str); 7] = [
    (
        "(Connect): Permission denied",
        "add this user to the group of the socket (`usermod -aG docker $USER`), or use podman",
    ),
    (
        "attaching to network failed",
        "the manager of the swarm does not answer, or cannot give the address: see its log",
    ),
    ("Connection refused", "nobody listens there: start the engine"),
    ("init binary not found", "`apt-get install catatonit`, or set `init_path` in containers.conf"),
    ("docker-init", "`apt-get install docker-init`, or the package of the engine that has it"),
    ("RLIMIT_NOFILE", "set `default_ulimits` in containers.conf to what this user may have (`ulimit -Hn`)"),
    ("hybrid mode not supported", "use the runtime runc: `runtime = \"runc\"` in containers.conf"),
];
