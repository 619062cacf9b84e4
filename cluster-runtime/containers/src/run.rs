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
    next: AtomicU64,
}

impl Run {
    pub(crate) fn new(id: String, span: Span, hosts: Vec<Host>, image: Option<String>, user: User) -> Self {
        Self { id, span, hosts, image, user, next: AtomicU64::new(1) }
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

/// Files of containers are to be those of the user who runs the test.
///
/// # Errors
/// When the engine is that of a user who is not root: it has its networks where the test cannot reach them.
pub(crate) async fn user(engine: &Engine) -> io::Result<User> {
    if geteuid().is_root() {
        return Ok(None);
    }
    // Podman does not say it in what its interface has in common with Docker's.
    if UnixStream::connect(engine.socket()).await?.peer_cred()?.uid() != 0 {
        return Err(io::Error::other(format!(
            "the engine at {} is not root's, and has its networks where a test cannot reach them\n\
             help: use the engine of root, if this user may; or run where no root is needed: `Namespaces`",
            engine.socket().display()
        )));
    }
    Ok(Some(format!("{}:{}", geteuid().as_raw(), getegid().as_raw())))
}
