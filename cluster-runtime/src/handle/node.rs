use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

use super::{Connections, Stop, WaitFor, WaitStopped};
use crate::event::Events;
use crate::kind::ErasedKind;
use crate::kind::Kind;
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
}

impl AnyNode {
    fn new<K: Kind>(kind: &K, name: &str) -> Self {
        let hosts = if kind.own_host() { Hosts::Own } else { Hosts::Localhost };
        Self(Arc::new(Inner { context: NodeContext::new(name, hosts, &kind.ports()), kind: Box::new(kind.clone()) }))
    }

    /// Its name: `center`, or `leaves.1` for the first of a group.
    pub fn name(&self) -> &str {
        self.0.context.name()
    }

    /// Its address on loopback, from its creation on.
    pub fn addr(&self) -> SocketAddr {
        self.0.context.addr()
    }

    /// Its address with the port of this name, one of those that its kind asks for.
    pub fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        self.state().spot().addr_of(port)
    }

    /// Its identity, once it is known: from the phase config on, for most kinds.
    pub fn identity(&self) -> Option<Identity> {
        self.0.context.identity()
    }

    /// The nodes that it was told of, in the order of their creation.
    pub fn peers(&self) -> Vec<Peer> {
        self.0.context.peers()
    }

    /// What it reports, from its first event on.
    pub fn events(&self) -> Events {
        Events::new(self.state().log().clone())
    }

    /// Waits for the first event of this name for whose value `filter` has an answer. Past events count. A version suffix
    /// as in `connection.v0` need not be written.
    ///
    /// # Errors
    /// When it has not come within 30 s (or [`timeout`](WaitFor::timeout)), when the node ends first, and at once when such
    /// an event happened but the levels of the start hide it.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    /// net.b.publish("hello").await?;
    /// let hops = net.a.wait_for("message", |value| value["hops"].as_u64()).await?;
    /// assert_eq!(hops, 1);
    /// # net.stop().await
    /// # }
    /// ```
    pub fn wait_for<'a, T>(
        &self,
        name: impl Into<String>,
        filter: impl FnMut(&Value) -> Option<T> + Send + 'a,
    ) -> WaitFor<'a, T> {
        WaitFor::new(self.clone(), name.into(), Box::new(filter))
    }

    /// To whom it is connected now: each neighbour once, however many connections there are.
    ///
    /// # Errors
    /// When it is not running, or has not answered within 30 s (or [`timeout`](Connections::timeout)).
    pub fn connections(&self) -> Connections {
        Connections::new(self.clone())
    }

    /// Stops it: in good order, or hard after its grace time. A node that was never started, or has ended, is stopped.
    ///
    /// # Errors
    /// When it had died before it was asked to stop, or cannot be stopped within 30 s (or [`timeout`](Stop::timeout)).
    pub fn stop(&self) -> Stop {
        Stop::new(vec![self.clone()])
    }

    /// Waits until it has ended, without asking it to.
    ///
    /// # Errors
    /// When it died, or has not ended within 30 s (or [`timeout`](WaitStopped::timeout)).
    pub fn wait_stopped(&self) -> WaitStopped {
        WaitStopped::new(vec![self.clone()])
    }

    /// What the running node handed to its handles with [`NodeContext::provide`], if it is of this type.
    pub fn provided<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let provided = self.state().facts().provided.clone()?;
        provided.downcast().ok()
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
}

impl fmt::Debug for AnyNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({} at {}, {})", self.erased().type_name(), self.name(), self.addr(), self.state().stage())
    }
}

/// A node of kind `K`: an [`AnyNode`] that knows its kind, with the methods that the kind adds.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, Node};
///
/// let node = Node::new(&Loopback::new(), "center");
/// assert_eq!(node.name(), "center");
/// ```
pub struct Node<K> {
    any: AnyNode,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Node<K> {
    /// A node of this kind, with an address of its own. It is not started.
    ///
    /// When no address can be had, its start will be refused and say why.
    pub fn new(kind: &K, name: &str) -> Self {
        Self { any: AnyNode::new(kind, name), kind: PhantomData }
    }

    /// Its kind, as it was when the node was created.
    ///
    /// # Panics
    /// Never: a node is created with its kind.
    pub fn kind(&self) -> &K {
        self.any.erased().as_any().downcast_ref().expect("a node is created with its kind")
    }

    /// The same node, without its kind.
    pub fn any(&self) -> &AnyNode {
        &self.any
    }
}

impl<K> Clone for Node<K> {
    fn clone(&self) -> Self {
        Self { any: self.any.clone(), kind: PhantomData }
    }
}

impl<K> Deref for Node<K> {
    type Target = AnyNode;

    fn deref(&self) -> &AnyNode {
        &self.any
    }
}

impl<K> fmt::Debug for Node<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.any.fmt(f)
    }
}
