use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use crate::error::{BoxError, Error, Result};
use crate::kind::{Kind, Profile, Speaks};
use crate::node::NodeContext;

type Serve = dyn Fn(NodeContext) -> Pin<Box<dyn Future<Output = Result> + Send>> + Send + Sync;

/// The protocol of services that name no other.
#[derive(Debug)]
pub struct ServiceProtocol;

impl Speaks<ServiceProtocol> for ServiceProtocol {}

/// A test's own server, in the test's own process: an asynchronous function from a node to its end.
///
/// The function takes `node.listen()` or binds `node.addr()` itself, dials the peers that it is to dial by `node.connect(peer)`, tells of its
/// links by `node.connected(peer)` and `node.disconnected(peer)`, says `node.ready()`, and returns soon after
/// `node.stopped()` resolves. It returns any error. It is told `node.private()`; keeping to it is its own affair.
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
pub struct Service<P = ServiceProtocol> {
    serve: Arc<Serve>,
    private: bool,
    protocol: PhantomData<fn() -> P>,
}

impl Service {
    /// A service that runs this function for each of its nodes.
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
    /// The same service, speaking the protocol `Q`: it can be linked to nodes of any kind that understand it.
    pub fn protocol<Q: Speaks<Q>>(self) -> Service<Q> {
        Service { serve: self.serve, private: self.private, protocol: PhantomData }
    }

    /// Whether its nodes stay private in a public cluster. By default they do not.
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
