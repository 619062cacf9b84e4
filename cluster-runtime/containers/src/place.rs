use std::env;
use std::io;
use std::path::PathBuf;

use cluster_runtime::place::{Ability, BoxFuture, Local, Place, Session};
use rustix::process::geteuid;

use crate::engine::Engine;
use crate::session::ContainersSession;
use crate::tools;

/// Containers of Docker or Podman on this machine.
#[derive(Clone, Debug)]
#[must_use = "nothing runs there unless a start is given it: `.start().on(..)`"]
pub struct Containers {
    socket: PathBuf,
    image: Option<String>,
    has_faults: bool,
}

impl Containers {
    /// Those of the engine with this socket.
    pub fn at(socket: impl Into<PathBuf>) -> Self {
        Self { socket: socket.into(), image: None, has_faults: false }
    }

    /// Those of Docker: at the socket that `DOCKER_HOST` names, or at `/var/run/docker.sock`.
    pub fn docker() -> Self {
        Self::at(named_by("DOCKER_HOST").unwrap_or_else(|| "/var/run/docker.sock".into()))
    }

    /// Those of Podman: at the socket that `CONTAINER_HOST` names, or at that of this user.
    pub fn podman() -> Self {
        let of_user = || match env::var_os("XDG_RUNTIME_DIR") {
            Some(directory) if !geteuid().is_root() => PathBuf::from(directory).join("podman/podman.sock"),
            _ => "/run/podman/podman.sock".into(),
        };
        Self::at(named_by("CONTAINER_HOST").unwrap_or_else(of_user))
    }

    /// Runs programs in this image.
    pub fn image(mut self, image: impl Into<String>) -> Self {
        self.image = Some(image.into());
        self
    }

    /// Lets links be broken.
    pub fn with_faults(mut self) -> Self {
        self.has_faults = true;
        self
    }
}

/// The socket that a variable of the environment names.
fn named_by(variable: &str) -> Option<PathBuf> {
    Some(env::var(variable).ok()?.strip_prefix("unix://")?.into())
}

impl Place for Containers {
    fn name(&self) -> &'static str {
        "in containers"
    }

    fn can(&self, ability: Ability) -> bool {
        use Ability::{Drop, Loss, Pause, Rate, Refuse, Reset};
        match ability {
            Pause => true,
            Drop | Refuse | Reset | Rate | Loss => self.has_faults,
            _ => false,
        }
    }

    fn check(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async {
            tools::check(&tools::OF_KEEPER)?;
            if self.has_faults {
                tools::check(&tools::OF_FAULTS)?;
            }
            Engine::at(&self.socket).await.map(drop)
        })
    }

    /// One that is given by its name is looked for in the image when it is run, if there is one.
    fn check_program(&self, program: &str) -> io::Result<()> {
        match self.image {
            Some(_) if !program.contains('/') => Ok(()),
            _ => Local.check_program(program),
        }
    }

    fn open(&self) -> BoxFuture<'_, io::Result<Box<dyn Session>>> {
        Box::pin(async {
            let session = ContainersSession::open(&self.socket, self.image.clone(), self.has_faults).await?;
            Ok(Box::new(session) as Box<dyn Session>)
        })
    }
}
