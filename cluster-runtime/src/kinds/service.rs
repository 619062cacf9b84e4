use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use crate::error::{BoxError, Error, Result};
use crate::kind::{Kind, Profile, Speaks};
use crate::node::NodeContext;

type Serve = dyn Fn(NodeContext) -> Pin<Box<dyn Future<Output = Result> + Send>> + Send + Sync;

/// The default protocol of services.
#[derive(Debug)]
pub struct ServiceProtocol;

impl Speaks<ServiceProtocol> for ServiceProtocol {}

/// A server of the test, in the test's process: an async function that runs a node.
///
/// The function listens by `node.listen()` or `node.listener()`, or binds `node.addr()` itself. It connects by
/// `node.connect(peer)` to the peers for which `peer.dial()` is true, reports links by `node.connected(peer)` and
/// `node.disconnected(peer)`, calls `node.ready()`, and returns soon after `node.stopped()` resolves, with any error. In
/// private mode (`node.private()`) it should admit its declared peers only; the runtime does not enforce that.
///
/// All services speak the same protocol unless they set another by [`protocol`](Self::protocol).
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
pub struct Service<P = ServiceProtocol> {
    serve: Arc<Serve>,
    private: bool,
    protocol: PhantomData<fn() -> P>,
}

impl Service {
    /// Creates a service that runs this function for each of its nodes.
    pub fn new<F, R, E>(serve: F) -> Self
    where
        F: Fn(NodeContext) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let serve = move |node| -> Pin<Box<dyn Future<Output = Result> + Send>> {
            let serving = serve(node);
            Box::pin(async move { serving.await.map_err(Error::other) })
        };
        Self { serve: Arc::new(serve), private: false, protocol: PhantomData }
    }
}

impl<P> Service<P> {
    /// Sets its protocol: its nodes can be linked to nodes of any kind that speaks it.
    pub fn protocol<Q: Speaks<Q>>(self) -> Service<Q> {
        Service { serve: self.serve, private: self.private, protocol: PhantomData }
    }

    /// Sets whether its nodes stay private in a public cluster. By default they do not.
    pub fn private(mut self, private: bool) -> Self {
        self.private = private;
        self
    }
}

impl<P> Clone for Service<P> {
    fn clone(&self) -> Self {
        Self { serve: self.serve.clone(), private: self.private, protocol: PhantomData }
    }
}

impl<P> fmt::Debug for Service<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("private", &self.private).finish_non_exhaustive()
    }
}

impl<P: Speaks<P> + 'static> Kind for Service<P> {
    type Protocol = P;

    async fn run(&self, node: NodeContext) -> Result {
        (self.serve)(node).await
    }

    fn profile(&self) -> Profile {
        Profile::default().private(self.private)
    }
}
