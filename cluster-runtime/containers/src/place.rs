use std::env;
use std::io;
use std::path::PathBuf;

use cluster_runtime::place::{Ability, BoxFuture, Local, Place, Session};
use rustix::process::geteuid;

use crate::engine::Engine;
use crate::session::ContainersSession;
use crate::tools;

/// Containers of Docker or Podman on this machine, by the engine's socket. Their nodes are programs, each with an address of its own
/// (198.18.x.y or 198.19.x.y) that the others really see, in a network of the cluster that leads nowhere else.
///
/// Programs are those of this machine: containers have its `/usr`, read-only, over an empty image `cluster-host:1`, which is made once and
/// stays. With [an image](Self::image) they are the image's. One that is given by its path is a file of this machine in either case.
/// A program sees the environment of its image and what its description sets, not that of the test. It runs in the node's directory,
/// which has the same path there and here.
///
/// It needs `sh` and `curl` on this machine, an engine of root, and a user who may use its socket. In podman an init is needed, too (Debian: `catatonit`).
///
/// Each run of a program is a container, with an init as its first process; what the program leaves running ends with it. A node is
/// paused by the engine. Where the engine goes, nobody knows how a program ended: its node dies by
/// [`Exit::Lost`](cluster_runtime::place::Exit::Lost).
///
/// Links can be broken [with faults](Self::with_faults). Nothing can be delayed.
///
/// All that belongs to a run has its name as the label `cluster.run`. It is removed when the cluster is dropped, and when the test's process
/// ends in any way: a container keeps the run whose standard input is connected to the test, and ends it with that. What a
/// run has left all the same, as when its engine was killed, the next one removes.
///
/// # Examples
/// ```no_run
/// use cluster_containers::Containers;
/// use cluster_runtime::{Process, Ready, Result, cluster};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let server = Process::new("redis-server", |node, command| {
///     command.args(["--bind", &node.addr().ip().to_string(), "--port", &node.port("").to_string()]);
/// })
/// .ready(Ready::port(""));
/// let place = Containers::podman().with_faults();
/// let net = cluster! { use server; k[3]: clique }.start().public(true).on(place).await?;
/// let cut = net.cut(&net.k[0], &net.k[1..]).await?;
/// cut.heal().may_be_idle().await?;
/// net.stop().await
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing runs there unless a start is given it: `.start().on(..)`"]
pub struct Containers {
    socket: PathBuf,
    image: Option<String>,
    has_faults: bool,
}

impl Containers {
    /// Those of the engine with this socket, as of `podman system service unix:///tmp/podman.sock`.
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

    /// Runs programs in this image, which the engine has. A program that is given by its name is looked for in it when it is run.
    ///
    /// # Examples
    /// ```
    /// use cluster_containers::Containers;
    ///
    /// let place = Containers::docker().image("nats:2.10-alpine");
    /// ```
    pub fn image(mut self, image: impl Into<String>) -> Self {
        self.image = Some(image.into());
        self
    }

    /// Lets links be broken: cut both ways or one way, refused, reset, limited in rate and made to lose packets, by the kernel, which
    /// counts what it has withheld.
    ///
    /// Each node then has a second container, which holds its network. The container that keeps the run sees the processes of the
    /// engine's machine, and has the rights `NET_ADMIN`, `SYS_ADMIN` and `SYS_PTRACE`. It uses `bash`, `ip`, `nft`, `nsenter`, `ss` and `tc`
    /// of this machine (Debian: `iproute2`, `nftables`, `util-linux`).
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

    fn remedy(&self, ability: Ability) -> Option<&'static str> {
        use Ability::{Drop, Loss, Rate, Refuse, Reset};
        matches!(ability, Drop | Refuse | Reset | Rate | Loss).then_some("add `.with_faults()` to the place")
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
