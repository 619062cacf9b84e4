use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::outcome::Outcome;
use crate::error::Result;
use crate::feature::Feature;
use crate::kind::{Kind, Profile, Provides, Speaks};
use crate::node::{Identity, NodeContext};

type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;
type Serve = dyn Fn(NodeContext) -> BoxFuture<()> + Send + Sync;
type Identify = dyn Fn(NodeContext) -> BoxFuture<Identity> + Send + Sync;

/// The protocol of services that name no other.
#[derive(Debug)]
pub struct ServiceProtocol;

impl Speaks<ServiceProtocol> for ServiceProtocol {}

/// A server of the test's own, in the test's process: an asynchronous function that runs from the start of a node to its end.
///
/// The function listens by `node.listen()`, or binds `node.addr()` itself, dials the peers that it is to dial, reports its links
/// by `node.connected(peer)` and `node.disconnected(peer)`, calls `node.ready()`, and returns soon after `node.stopped()`
/// resolves. It returns any error. It is told `node.private()`, and has to keep to it itself.
///
/// Each node is a process in miniature: it runs on a thread and a tokio runtime of its own, named after it. A kill ends all tasks
/// that it or a library in it has spawned and closes their sockets, a panic in any of its tasks is its death, and one that blocks
/// its thread delays nobody else. See [`shared`](Self::shared) for the other way.
///
/// All services speak one protocol unless they name another by [`protocol`](Self::protocol).
///
/// # Examples
/// ```
/// use cluster_runtime::{NodeContext, Result, Service, cluster};
///
/// async fn serve(node: NodeContext) -> Result {
///     let _listener = node.listen()?;
///     node.ready();
///     node.stopped().await;
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! { use Service::new(serve); servers[3]: ring }.start().await?;
/// net.stop().await
/// # }
/// ```
pub struct Service<P = ServiceProtocol, H = ()> {
    serve: Arc<Serve>,
    identify: Option<Arc<Identify>>,
    /// Each node of a group has a clone of the service.
    profile: Arc<Profile>,
    types: PhantomData<fn() -> (P, H)>,
}

/// Where a service puts the handle that it provides; see [`Service::providing`].
#[derive(Clone, Debug)]
pub struct Provide<H> {
    node: NodeContext,
    handle: PhantomData<fn(H)>,
}

impl<H: Send + Sync + 'static> Provide<H> {
    /// Provides the handle, until the node has ended. A second one takes the place of the first.
    pub fn set(&self, handle: H) {
        self.node.provide(Arc::new(handle));
    }
}

impl Service {
    /// Creates a service that runs this function for each of its nodes. A closure says which error it returns, as Rust cannot
    /// infer it from a type that any error converts into:
    ///
    /// ```
    /// use cluster_runtime::{Result, Service};
    ///
    /// let idle = Service::new(async |node| -> Result {
    ///     node.ready();
    ///     Ok(node.stopped().await)
    /// });
    /// ```
    pub fn new<F, R>(serve: F) -> Self
    where
        F: Fn(NodeContext) -> R + Send + Sync + 'static,
        R: Future<Output: Outcome<()>> + Send + 'static,
    {
        Service::serving(serve)
    }

    /// Creates a service that runs this function for each of its nodes, and provides a handle for the test, such as a client:
    /// see [`Node::call`](crate::Node::call) for an example.
    pub fn providing<F, R, H>(serve: F) -> Service<ServiceProtocol, H>
    where
        F: Fn(NodeContext, Provide<H>) -> R + Send + Sync + 'static,
        R: Future<Output: Outcome<()>> + Send + 'static,
        H: Send + Sync + 'static,
    {
        Service::serving(move |node: NodeContext| {
            let handle = Provide { node: node.clone(), handle: PhantomData };
            serve(node, handle)
        })
    }
}

impl<P, H> Service<P, H> {
    fn serving<F, R>(serve: F) -> Self
    where
        F: Fn(NodeContext) -> R + Send + Sync + 'static,
        R: Future<Output: Outcome<()>> + Send + 'static,
    {
        // Called within the future: it would hold one that it captures twice.
        let serve = Arc::new(serve);
        let serve = move |node| -> BoxFuture<()> {
            let serve = serve.clone();
            Box::pin(async move { serve(node).await.into_result() })
        };
        Self { serve: Arc::new(serve), identify: None, profile: Arc::default(), types: PhantomData }
    }

    /// The same service with the protocol `Q`: it can be linked to nodes of all kinds that accept it.
    pub fn protocol<Q: Speaks<Q>>(self) -> Service<Q, H> {
        Service { serve: self.serve, identify: self.identify, profile: self.profile, types: PhantomData }
    }

    /// Sets whether its nodes stay private in a public cluster. By default they do not.
    pub fn private(self, private: bool) -> Self {
        self.with(|profile| profile.private(private))
    }

    /// Sets how its nodes get their identities before they are configured. By default it is the node's name.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::{Error, Identity, NodeContext, Result, Service};
    ///
    /// async fn serve(node: NodeContext) -> Result {
    ///     node.ready();
    ///     node.stopped().await;
    ///     Ok(())
    /// }
    ///
    /// let service = Service::new(serve).identity(|node| async move { Ok::<_, Error>(Identity::new(format!("id of {}", node.name()))) });
    /// ```
    pub fn identity<F, R>(mut self, identity: F) -> Self
    where
        F: Fn(NodeContext) -> R + Send + Sync + 'static,
        R: Future<Output: Outcome<Identity>> + Send + 'static,
    {
        self.identify = Some(Arc::new(move |node| {
            let identifying = identity(node);
            Box::pin(async move { identifying.await.into_result() })
        }));
        self
    }

    /// Adds named ports to that of the node's address; see [`NodeContext::addr_of`].
    pub fn ports(self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.with(|profile| profile.ports(names))
    }

    /// Sets how long a node has to return when it is stopped; 5 s by default.
    pub fn grace(self, grace: Duration) -> Self {
        self.with(|profile| profile.grace(grace))
    }

    /// All its nodes are on 127.0.0.1; see [`Profile::localhost`].
    pub fn localhost(self) -> Self {
        self.with(Profile::localhost)
    }

    /// Its nodes cannot do this: a test that asks for it is refused before anything runs.
    pub fn does_not_support(self, feature: Feature) -> Self {
        self.with(|profile| profile.does_not_support(feature))
    }

    /// Its nodes reach others by [`NodeContext::connect`], [`dial`](NodeContext::dial) and [`datagram`](NodeContext::datagram) only,
    /// so that their links can be cut without relays; see [`Profile::gated`].
    pub fn gated(self) -> Self {
        self.with(Profile::gated)
    }

    /// Its nodes run as tasks of the test's runtime: for serial latency, for thousands of nodes, and where the test pauses
    /// tokio's clock. What they spawn by `tokio::spawn` outlives them then, and they cannot be paused.
    pub fn shared(self) -> Self {
        self.with(Profile::shared)
    }

    /// Sets how many worker threads the runtime of a node has; by default none but its own thread. For code that needs
    /// `block_in_place`. Such a node cannot be paused.
    #[cfg(feature = "rt-multi-thread")]
    pub fn worker_threads(self, threads: std::num::NonZeroUsize) -> Self {
        self.with(|profile| profile.worker_threads(threads))
    }

    /// A panic in a task that a node has spawned is not its death: for a service that catches or joins the panics of its tasks.
    pub fn tolerate_panics(self) -> Self {
        self.with(Profile::tolerate_panics)
    }

    fn with(mut self, change: impl FnOnce(Profile) -> Profile) -> Self {
        self.profile = change(Arc::unwrap_or_clone(self.profile)).into();
        self
    }
}

impl<P, H> Clone for Service<P, H> {
    fn clone(&self) -> Self {
        let Self { serve, identify, profile, .. } = self;
        Self { serve: serve.clone(), identify: identify.clone(), profile: profile.clone(), types: PhantomData }
    }
}

impl<P, H> fmt::Debug for Service<P, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("profile", &self.profile).finish_non_exhaustive()
    }
}

impl<P: Speaks<P> + 'static, H: 'static> Kind for Service<P, H> {
    type Protocol = P;

    fn profile(&self) -> Profile {
        Profile::clone(&self.profile)
    }

    async fn identity(&self, node: &NodeContext) -> Result {
        let identity = match &self.identify {
            Some(identify) => identify(node.clone()).await?,
            None => Identity::new(node.name()),
        };
        node.set_identity(identity);
        Ok(())
    }

    async fn run(&self, node: NodeContext) -> Result {
        (self.serve)(node).await
    }
}

impl<P: Speaks<P> + 'static, H: Send + Sync + 'static> Provides for Service<P, H> {
    type Handle = H;
}
