use std::any::Any;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::clock::Deadline;
use crate::error::{End, Error};
use crate::journal::Events;
use crate::kind::{ErasedKind, Kind, Profile};
use crate::node::{Identity, NodeContext, Peer, State};
use crate::place::Hosts;

/// A node of any kind: a cheap handle (one pointer), valid before, during and after its run.
///
/// # Examples
/// ```
/// # use cluster_runtime::{Result, cluster};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! { a; b[2]: connect(a) }.start().await?;
/// let names: Vec<_> = net.nodes().iter().map(|node| node.name().to_owned()).collect();
/// assert_eq!(names, ["a", "b.1", "b.2"]);
/// # net.stop().await
/// # }
/// ```
#[derive(Clone)]
pub struct AnyNode(Arc<Inner>);

struct Inner {
    context: NodeContext,
    kind: Box<dyn ErasedKind>,
    profile: Profile,
}

impl AnyNode {
    pub(super) fn new<K: Kind>(kind: &K, name: &str, index: usize) -> Self {
        let profile = kind.profile();
        let hosts = if profile.localhost { Hosts::Localhost } else { Hosts::Own };
        let context = NodeContext::new(name, index, hosts, &profile.ports);
        Self(Arc::new(Inner { context, kind: Box::new(kind.clone()), profile }))
    }

    /// Returns the node's name: `center`, or `leaves.1` for the first of a group.
    pub fn name(&self) -> &str {
        self.0.context.name()
    }

    /// Returns the node's address on loopback. It is reserved at the first call or at the start, and then stays the same.
    pub fn addr(&self) -> SocketAddr {
        self.0.context.addr()
    }

    /// Returns the node's address with the port of this name, one of the [ports](crate::Profile::ports) of its kind.
    pub fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        self.state().spot().addr_of(port)
    }

    /// Returns the node's identity, once it is known: for most kinds, from the phase config on.
    pub fn identity(&self) -> Option<Identity> {
        self.0.context.identity()
    }

    /// Returns the node's declared peers, in the order of their creation.
    pub fn peers(&self) -> Vec<Peer> {
        self.0.context.peers()
    }

    /// Returns the events that the node reports, from the first one on, as a stream.
    pub fn events(&self) -> Events {
        Events::new(self.context().log().clone())
    }

    /// Returns the value that the running node has provided by [`NodeContext::provide`], if it is of this type.
    pub fn provided<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.state().lifecycle().provided()?.downcast().ok()
    }

    /// Returns the error for a wait on this node that has passed its deadline: [`Error::Timeout`], with the relevant lines of
    /// the node's log. `waiting_for` completes "node `a` is running: .. did not come within 30s".
    pub fn timed_out(&self, waiting_for: impl Into<String>, deadline: Deadline) -> Error {
        Error::Timeout {
            node: self.state().name().clone(),
            state: self.state().lifecycle().stage().to_string(),
            waiting_for: waiting_for.into(),
            timeout: deadline.total(),
            log: self.context().log_tail(),
        }
    }

    /// Returns the error for a wait on this node when the node has ended before: [`Error::Ended`].
    pub fn ended_before(&self, waiting_for: impl Into<String>) -> Error {
        Error::Ended {
            node: self.state().name().clone(),
            waiting_for: waiting_for.into(),
            // It may run again by now.
            end: self.state().lifecycle().last_end().unwrap_or(End::Killed),
            log: self.context().log_tail(),
        }
    }

    /// Returns the error for a call that needs a running node: [`Error::NotRunning`]. `wanted` completes "node `a` cannot ..", as
    /// in "publish a message".
    pub fn not_running(&self, wanted: impl Into<String>) -> Error {
        Error::NotRunning {
            node: self.state().name().clone(),
            wanted: wanted.into(),
            state: self.state().lifecycle().stage().to_string(),
        }
    }

    pub(crate) fn context(&self) -> &NodeContext {
        &self.0.context
    }

    pub(crate) fn state(&self) -> &Arc<State> {
        self.0.context.state()
    }

    pub(crate) fn erased(&self) -> &dyn ErasedKind {
        &*self.0.kind
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.0.profile
    }
}

impl fmt::Debug for AnyNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}({} at {}, {})",
            self.erased().type_name(),
            self.name(),
            self.addr(),
            self.state().lifecycle().stage()
        )
    }
}
