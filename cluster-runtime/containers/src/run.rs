//! What a cluster has at an engine.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::{getegid, geteuid};

use crate::bodies::User;
use crate::engine::Engine;
use crate::keeper::Keeper;

/// What the nodes of a cluster share at an engine. When the last of them drops it, all of it is removed.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) engine: Engine,
    pub(crate) image: Option<String>,
    pub(crate) user: User,
    /// The name of its network.
    pub(crate) network: String,
    next: AtomicU64,
    _keeper: Arc<Keeper>,
}

impl Run {
    pub(crate) fn new(
        id: String,
        engine: Engine,
        image: Option<String>,
        user: User,
        network: String,
        keeper: Arc<Keeper>,
    ) -> Self {
        Self { id, engine, image, user, network, next: AtomicU64::new(1), _keeper: keeper }
    }

    /// A name for a container of a node, which no other has.
    pub(crate) fn name(&self, node: &str) -> String {
        let safe = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' };
        let node: String = node.chars().map(safe).collect();
        format!("cluster-{}-{}-{node}", self.id, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// Files of containers are to be those of the user who runs the test.
///
/// # Errors
/// When the engine is that of a user who is not root: it has its networks where the test cannot reach them.
pub(crate) async fn user(engine: &Engine) -> io::Result<User> {
    if geteuid().is_root() {
        return Ok(None);
    }
    let info = engine.docker().info().await.map_err(|error| engine.about(&error))?;
    if info.security_options.iter().flatten().any(|option| option.contains("rootless")) {
        return Err(io::Error::other(format!(
            "the engine at {} is not root's, and has its networks where a test cannot reach them\n\
             help: use the engine of root, if this user may; or run where no root is needed: `Namespaces`",
            engine.socket().display()
        )));
    }
    Ok(Some(format!("{}:{}", geteuid().as_raw(), getegid().as_raw())))
}
