//! Other hosts, by commands that get there.

mod client;
mod faults;
mod host;
mod lines;
mod marks;
mod mux;
mod pipe;
mod program;
mod rules;
mod session;
mod spot;
mod way;

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;

use self::faults::Faults;
use self::session::Hosts;
use self::way::Way;
use super::local::check_program;
use super::{Ability, BoxFuture, Place, Placement, Session, Spreading};

/// Hosts that a command reaches: by ssh, or by one of your own. Their nodes are programs.
///
/// A host needs a POSIX shell, `awk`, `setsid` and the like, and Linux's `/proc`; no agent, and no root. For each run it has a
/// directory in its `TMPDIR`, or `/tmp`, with one for each node. That is removed, and what runs there is ended with all its
/// descendants, when the cluster is dropped, or the test's process ends in any way; and when a host hears nothing from the test for
/// 10 s. Where a connection breaks nobody knows how a program ended: its node dies by
/// [`Exit::Lost`](crate::place::Exit::Lost).
///
/// A program that is given by its name is the host's own. One that is given by its path is a file of this machine, and is copied.
///
/// A node has the address of its host, by which the test must reach it too, and ports that nobody uses there.
/// [`NodeContext::dir`](crate::NodeContext) and [`Node::dir`](crate::Node::dir) are paths on the host, and its files are gone when a
/// test has failed: what it has written is in the report.
///
/// Programs can be killed, stopped and paused. Links can be cut [with faults](Self::with_faults), where there are as many hosts as nodes
/// and the user there is root; conditions of links are refused.
///
/// # Examples
/// ```no_run
/// use cluster_runtime::place::Remote;
/// use cluster_runtime::{Process, Result, cluster};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let sleeper = Process::new("sleep", |_, command| {
///     command.arg(1000);
/// });
/// let net = cluster! { nodes[6] = sleeper; }.start().on(Remote::ssh(["h1", "h2", "h3"])).public(true).await?;
/// net.stop().await
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing runs there unless a start is given it: `.start().on(..)`"]
pub struct Remote {
    way: Way,
    hosts: Vec<String>,
    addresses: HashMap<String, IpAddr>,
    spreading: Spreading,
    has_faults: bool,
}

impl Remote {
    /// Hosts by ssh, as `ssh HOST` reaches them without asking anything: `~/.ssh/config` and an agent are used, but nothing of the
    /// environment is sent. A connection is made once for each host, and for each nine programs there, and is shared.
    pub fn ssh<S: Into<String>>(hosts: impl IntoIterator<Item = S>) -> Self {
        Self::ssh_with([""; 0], hosts)
    }

    /// As [`ssh`](Self::ssh), with options of the command `ssh`, in which paths are absolute.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::place::Remote;
    ///
    /// let lab = Remote::ssh_with(["-F", "/etc/lab/ssh_config"], ["h1", "h2"]);
    /// ```
    pub fn ssh_with<O: Into<String>, S: Into<String>>(
        options: impl IntoIterator<Item = O>,
        hosts: impl IntoIterator<Item = S>,
    ) -> Self {
        Self::new(Way::Ssh(options.into_iter().map(Into::into).collect()), hosts)
    }

    /// Hosts by a command that runs its further arguments there as they are, with the three standard streams; in its words `{host}`
    /// stands for the host. It must pass on the end of its input, which is the lease of what it runs.
    ///
    /// Commands of this machine, ssh, and `srun` of Slurm 22.05 within an allocation were tried; that of the example for pods of
    /// Kubernetes was not. An allocation is not released when the test ends: give it a time limit.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::place::Remote;
    ///
    /// let pods = Remote::command(["kubectl", "exec", "-i", "{host}", "--"], ["pod-1", "pod-2"]);
    ///
    /// // Of `salloc --no-shell --nodes=3 --overcommit --time=30`, which says the number of its job.
    /// let srun = ["srun", "--jobid=17", "--overlap", "--overcommit", "-N1", "-n1", "--unbuffered", "-w", "{host}"];
    /// let allocated = Remote::command(srun, ["c1", "c2", "c3"]);
    /// ```
    pub fn command<W: Into<String>, S: Into<String>>(
        words: impl IntoIterator<Item = W>,
        hosts: impl IntoIterator<Item = S>,
    ) -> Self {
        Self::new(Way::Command(words.into_iter().map(Into::into).collect()), hosts)
    }

    fn new<S: Into<String>>(way: Way, hosts: impl IntoIterator<Item = S>) -> Self {
        let hosts = hosts.into_iter().map(Into::into).collect();
        Self { way, hosts, addresses: HashMap::new(), spreading: Spreading::default(), has_faults: false }
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
    /// use cluster_runtime::place::Remote;
    ///
    /// let place = Remote::ssh(["h1", "h2", "h3"]).host("leader", "h3").host("replicas", "h1");
    /// ```
    pub fn host(mut self, node: impl Into<String>, host: impl Into<String>) -> Self {
        self.spreading.name(node, host);
        self
    }

    /// Sets the address of a host at which its nodes listen. By default it is the one at which ssh has reached it, or the first one that
    /// `hostname -i` says there.
    pub fn address(mut self, host: impl Into<String>, address: impl Into<IpAddr>) -> Self {
        self.addresses.insert(host.into(), address.into());
        self
    }

    /// Lets links be cut: dropped, refused and reset, each way, with the packets counted, by `nft` in the network of the host that
    /// receives. Each user there is root, which the start checks, and each node has a host of its own.
    ///
    /// All IPv4 packets between the two hosts are blocked, also those of a test that runs on one of them. The table of rules on a host,
    /// `cluster-` and the name of the run, is removed with the directory.
    pub fn with_faults(mut self) -> Self {
        self.has_faults = true;
        self
    }

    /// # Errors
    /// When there is no sense in them.
    fn placement(&self) -> io::Result<Placement> {
        let refuse = |why: String| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        if self.hosts.is_empty() {
            return refuse("it has no hosts".to_owned());
        }
        if let Some(host) = self.hosts.iter().find(|host| host.is_empty() || host.starts_with('-')) {
            return refuse(format!("`{host}` is no name of a host"));
        }
        if let Some(host) = self.addresses.keys().find(|host| !self.hosts.contains(host)) {
            return refuse(format!("an address is given for `{host}`, which is none of its hosts"));
        }
        self.spreading.over(&self.hosts.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

impl Place for Remote {
    fn name(&self) -> &'static str {
        "on other hosts"
    }

    fn can(&self, ability: Ability) -> bool {
        match ability {
            Ability::Pause => true,
            Ability::Drop | Ability::Refuse | Ability::Reset => self.has_faults,
            _ => false,
        }
    }

    fn remedy(&self, ability: Ability) -> Option<&'static str> {
        let can_be_had = matches!(ability, Ability::Drop | Ability::Refuse | Ability::Reset);
        can_be_had.then_some("add `.with_faults()` to the place, where users are root")
    }

    fn check(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async {
            self.placement()?;
            let none = || io::Error::new(io::ErrorKind::InvalidInput, "its command has no words");
            check_program(self.way.program().ok_or_else(none)?)
        })
    }

    /// One that is given by its name is looked for when it is run.
    fn check_program(&self, program: &str) -> io::Result<()> {
        if program.contains('/') { check_program(program) } else { Ok(()) }
    }

    fn open(&self) -> BoxFuture<'_, io::Result<Box<dyn Session>>> {
        Box::pin(async {
            let faults = self.has_faults.then(Faults::default);
            Ok(Box::new(Hosts::open(&self.way, &self.hosts, &self.addresses, self.placement()?, faults).await?)
                as Box<dyn Session>)
        })
    }
}
