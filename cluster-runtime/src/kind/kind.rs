use std::future::Future;

use super::profile::Profile;
use super::speaks::Speaks;
use crate::error::{Error, Result};
use crate::node::{Identity, NodeContext};

/// What a node is: how it gets its identity and configuration, how it runs, and when it is ready and connected.
///
/// A start takes each node through the phases identity, config, run, ready and connected; all nodes get their
/// identity before the first is configured, so that a configuration may hold the identities of peers. Only
/// [`run`](Self::run) has to be written.
///
/// # Examples
/// ```
/// use cluster_runtime::{Kind, NodeContext, Result, Speaks, cluster};
///
/// struct Silence;
/// impl Speaks<Silence> for Silence {}
///
/// #[derive(Clone)]
/// struct Monk;
///
/// impl Kind for Monk {
///     type Protocol = Silence;
///
///     async fn run(&self, node: NodeContext) -> Result {
///         node.ready();
///         node.stopped().await;
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! { use Monk; monks[3]: ring }.start().await?;
/// net.stop().await
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kind of node",
    label = "a kind is expected here",
    note = "a kind is a value like `Loopback::new()` or `Service::new(serve)`, or of a type of your own that implements `Kind`"
)]
pub trait Kind: Clone + Send + Sync + 'static {
    /// The protocol of its nodes: they can be linked to nodes of every protocol that it [`Speaks`] to.
    type Protocol: Speaks<Self::Protocol> + 'static;

    /// What its nodes need and support. Called when a node is created, and when a restart gives it this kind.
    fn profile(&self) -> Profile {
        Profile::default()
    }

    /// Sets the node's identity, with [`NodeContext::set_identity`]. By default that is its name.
    ///
    /// A kind whose nodes learn their identity when they run does nothing here, and sets it then.
    fn identity(&self, node: &NodeContext) -> impl Future<Output = Result> + Send {
        node.set_identity(Identity::new(node.name()));
        std::future::ready(Ok(()))
    }

    /// Configures the node. The identities of all peers that are started with it are known. By default this does nothing.
    fn config(&self, node: &NodeContext) -> impl Future<Output = Result> + Send {
        let _ = node;
        std::future::ready(Ok(()))
    }

    /// Runs the node until it ends.
    ///
    /// When the test stops the node, [`NodeContext::stopped`] resolves, and this future has the [grace time](Profile::grace) of
    /// its kind to return. Then it is dropped, which must release everything that it holds.
    fn run(&self, node: NodeContext) -> impl Future<Output = Result> + Send;

    /// Resolves when the node is ready. By default, when it has called [`NodeContext::ready`].
    fn ready(&self, node: &NodeContext) -> impl Future<Output = Result> + Send {
        async {
            node.is_ready().await;
            Ok(())
        }
    }

    /// Returns the identities of the nodes to which the node is connected now, in any order. By default `None`: those that it
    /// has reported by [`NodeContext::connected`] and [`NodeContext::disconnected`] count.
    fn connections(&self, node: &NodeContext) -> impl Future<Output = Result<Option<Vec<Identity>>>> + Send {
        let _ = node;
        std::future::ready(Ok(None))
    }

    /// A step of the nodes that were started together, between ready and connected: for nodes that become one cluster once they
    /// run. It is called once for each protocol in a start, when all nodes of the start are ready, with those of that protocol in
    /// the order of their creation; the kind is that of the first whose profile says [`once`](Profile::once). Restarts and
    /// additions do not call it. By default this does nothing.
    fn once(&self, nodes: &[NodeContext]) -> impl Future<Output = Result> + Send {
        let _ = nodes;
        std::future::ready(Ok(()))
    }

    /// Pauses a node that is [outside](Profile::outside) the test's process, and all that belongs to it. By default that is an
    /// error.
    fn pause(&self, node: &NodeContext) -> impl Future<Output = Result> + Send {
        std::future::ready(Err(Error::other(format!("the kind of node `{}` cannot pause it", node.name()))))
    }

    /// Resumes a node that was paused by [`pause`](Self::pause). By default that is an error.
    fn resume(&self, node: &NodeContext) -> impl Future<Output = Result> + Send {
        std::future::ready(Err(Error::other(format!("the kind of node `{}` cannot resume it", node.name()))))
    }
}
