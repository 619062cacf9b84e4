use std::collections::HashSet;
use std::env;
use std::io;
use std::path::PathBuf;

use cluster_runtime::place::{Ability, BoxFuture, Local, Place, Placement, Session, Spreading};
use rustix::process::geteuid;

use crate::engine::Engine;
use crate::network::Span;
use crate::session::ContainersSession;
use crate::{swarm, tools};

/// Containers of Docker or Podman on this machine, by the engine's socket, or of [a swarm](Self::swarm) on several hosts. Their nodes are
/// programs, each with an address of its own (198.18.x.y or 198.19.x.y) that the others really see, in a network of the cluster that
/// leads nowhere else.
///
/// Programs are those of this machine: containers have its `/usr`, read-only, over an empty image `cluster-host:1`, which is made once and
/// stays. With [an image](Self::image) they are the image's. One that is given by its path is a file of this machine in either case.
/// A program sees the environment of its image and what its description sets, not that of the test. It runs in the node's directory,
/// which has the same path there and here.
///
/// It needs `sh` and `curl` on this machine, and an engine: one of root, whose socket the user may use, or one of this user, as a rootless
/// podman is (Debian: `slirp4netns`, `uidmap`). In that the test connects to nodes by a command of `perl` beside them, which takes about 0.1 s to
/// begin. In podman an init is needed, too (Debian: `catatonit`).
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
    span: Span,
    /// The names of hosts, and the sockets of their engines here.
    hosts: Vec<(String, PathBuf)>,
    spreading: Spreading,
    image: Option<String>,
    has_faults: bool,
}

impl Containers {
    /// Those of the engine with this socket, as of `podman system service unix:///tmp/podman.sock`.
    pub fn at(socket: impl Into<PathBuf>) -> Self {
        Self::new(Span::Engine, vec![("this machine".to_owned(), socket.into())])
    }

    /// Those of several hosts, by names for them and the sockets of their Docker engines, which are members of one swarm. The test
    /// makes no swarm, and leaves none; the first host is a manager of it.
    ///
    /// A socket of another machine is forwarded to this one, as by `ssh -nNT -L /run/h2.sock:/var/run/docker.sock h2`; there it is at the
    /// same path, or at `/var/run/docker.sock`. The hosts need what one host does, `awk`, and `perl`; containers have *their* `/usr`, in
    /// which directories are laid out as in that of this machine. They need not share files with it.
    ///
    /// - A program that is given by its name is the host's own, or the image's. One that is given by its path is a file of this
    ///   machine, and is copied, without the libraries that it needs.
    /// - The network is an overlay, attachable and internal, so that nodes of a host have no way around faults by a bridge of that host. Each
    ///   node has a second container, which holds its address. No more than 766 nodes fit.
    /// - The test is no member of the network: its connections to nodes, for clients, questions and readiness, are continued by
    ///   a command in the node's second container, which takes about 0.1 s to begin. No fault of the test's holds them.
    /// - The directories of nodes are in a volume on their host, which goes with the run: what a failed test leaves of them is in its
    ///   report.
    ///
    /// # Examples
    /// ```no_run
    /// use cluster_containers::Containers;
    /// use cluster_runtime::{Process, Result, cluster};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let sleeper = Process::new("sleep", |_, command| {
    ///     command.arg(1000);
    /// });
    /// let lab = Containers::swarm([("h1", "/var/run/docker.sock"), ("h2", "/run/h2.sock"), ("h3", "/run/h3.sock")]);
    /// let net = cluster! { use sleeper; leader; k[5]: star(leader) }.start().on(lab.host("leader", "h3")).public(true).await?;
    /// net.stop().await
    /// # }
    /// ```
    pub fn swarm<N: Into<String>, S: Into<PathBuf>>(hosts: impl IntoIterator<Item = (N, S)>) -> Self {
        Self::new(Span::Swarm, hosts.into_iter().map(|(name, socket)| (name.into(), socket.into())).collect())
    }

    fn new(span: Span, hosts: Vec<(String, PathBuf)>) -> Self {
        Self { span, hosts, spreading: Spreading::default(), image: None, has_faults: false }
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

    /// Fills each host with so many nodes before the next one is used. By default each node is on the host that has the fewest.
    pub fn pack(mut self, nodes: usize) -> Self {
        self.spreading.pack(nodes);
        self
    }

    /// Sets the host of the node of this name, or of all nodes of the group.
    ///
    /// # Examples
    /// ```
    /// use cluster_containers::Containers;
    ///
    /// let lab = Containers::swarm([("h1", "/run/h1.sock"), ("h2", "/run/h2.sock")]);
    /// let place = lab.host("leader", "h2").host("replicas", "h1");
    /// ```
    pub fn host(mut self, node: impl Into<String>, host: impl Into<String>) -> Self {
        self.spreading.name(node, host);
        self
    }

    /// Lets links be broken: cut both ways or one way, refused, reset, limited in rate and made to lose packets, by the kernel, which
    /// counts what it has withheld.
    ///
    /// Each node then has a second container, which holds its network. The container that keeps the run on a host sees the processes of
    /// that host, and has the rights `NET_ADMIN`, `SYS_ADMIN` and `SYS_PTRACE`. It uses `bash`, `ip`, `nft`, `nsenter`, `ss` and `tc`
    /// of this machine (Debian: `iproute2`, `nftables`, `util-linux`).
    pub fn with_faults(mut self) -> Self {
        self.has_faults = true;
        self
    }

    /// # Errors
    /// When there is no sense in its hosts.
    fn placement(&self) -> io::Result<Placement> {
        let refuse = |why: String| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        if self.hosts.is_empty() {
            return refuse(
                "it has no hosts\nhelp: name them: `Containers::swarm([(\"h1\", \"/run/h1.sock\"), ..])`".to_owned(),
            );
        }
        let mut names = HashSet::new();
        if let Some((host, _)) = self.hosts.iter().find(|(host, _)| !names.insert(host)) {
            return refuse(format!("two hosts have the name `{host}`\nhelp: give each a name of its own"));
        }
        self.spreading.over(&self.hosts.iter().map(|(host, _)| &**host).collect::<Vec<_>>())
    }

    /// Its engines, which have answered, with the names of their hosts.
    async fn engines(&self) -> io::Result<Vec<(String, Engine)>> {
        match self.span {
            Span::Swarm => swarm::engines(&self.hosts).await,
            Span::Engine => {
                let (name, socket) = &self.hosts[0];
                Ok(vec![(name.clone(), Engine::at(socket).await?)])
            }
        }
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
            self.placement()?;
            tools::check(&tools::OF_KEEPER)?;
            if self.has_faults && self.span == Span::Engine {
                tools::check(&tools::OF_FAULTS)?;
            }
            self.engines().await.map(drop)
        })
    }

    /// One that is given by its name is looked for when it is run, if it is that of an image or of another host.
    fn check_program(&self, program: &str) -> io::Result<()> {
        match self.image.is_some() || self.span == Span::Swarm {
            true if !program.contains('/') => Ok(()),
            _ => Local.check_program(program),
        }
    }

    fn open(&self) -> BoxFuture<'_, io::Result<Box<dyn Session>>> {
        Box::pin(async {
            let engines = self.engines().await?;
            let placement = self.placement()?;
            let image = self.image.clone();
            let session = ContainersSession::open(self.span, engines, placement, image, self.has_faults).await?;
            Ok(Box::new(session) as Box<dyn Session>)
        })
    }
}
