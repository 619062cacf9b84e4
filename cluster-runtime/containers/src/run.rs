//! What a cluster has at its engines.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::{getegid, geteuid};
use tokio::net::UnixStream;

use crate::bodies::User;
use crate::engine::Engine;
use crate::host::Host;
use crate::network::Span;

/// What the nodes of a cluster share. When the last of them drops it, all of it is removed.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) span: Span,
    pub(crate) hosts: Vec<Host>,
    pub(crate) image: Option<String>,
    pub(crate) user: User,
    pub(crate) reach: Reach,
    next: AtomicU64,
}

impl Run {
    pub(crate) fn new(
        id: String,
        span: Span,
        hosts: Vec<Host>,
        image: Option<String>,
        (user, reach): (User, Reach),
    ) -> Self {
        Self { id, span, hosts, image, user, reach, next: AtomicU64::new(1) }
    }

    /// The name of its network, and of its volumes.
    pub(crate) fn network(&self) -> String {
        network_of(&self.id)
    }

    /// A name for a container of a node, which no other has.
    pub(crate) fn name(&self, node: &str) -> String {
        format!("cluster-{}-{}-{}", self.id, self.next.fetch_add(1, Ordering::Relaxed), safe(node))
    }
}

/// A name for containers and files.
pub(crate) fn safe(node: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' };
    node.chars().map(safe).collect()
}

pub(crate) fn network_of(run: &str) -> String {
    format!("cluster-{run}")
}

/// How the test connects to nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// In the network of their engine, which it can enter.
    Directly,
    /// By commands that the engine runs beside them.
    ByEngine,
}

/// As whom programs run, so that their files are those of the user who runs the test, and how that reaches them. In an engine of its own a
/// user is root, and has networks that no process of the test can enter.
///
/// # Errors
/// When the engine is neither root's nor this user's.
pub(crate) async fn belonging(engine: &Engine) -> io::Result<(User, Reach)> {
    let this_user = geteuid();
    // Podman does not say it in what its interface has in common with Docker's.
    let owner = UnixStream::connect(engine.socket()).await?.peer_cred()?.uid();
    match owner {
        0 if this_user.is_root() => Ok((None, Reach::Directly)),
        0 => Ok((Some(format!("{}:{}", this_user.as_raw(), getegid().as_raw())), Reach::Directly)),
        _ if owner == this_user.as_raw() => Ok((None, Reach::ByEngine)),
        _ => Err(io::Error::other(format!(
            "the engine at {} is that of the user {owner}, who cannot have the files of a test of the user {}\n\
             help: use an engine of root, or one of the user who runs the test: `podman system service`; or run without one: `Namespaces`",
            engine.socket().display(),
            this_user.as_raw()
        ))),
    }
}
