use std::future::Future;
use std::time::Duration;

use super::{Feature, Speaks};
use crate::error::Result;
use crate::node::{Identity, NodeContext};

/// What a node is: how it gets its identity and configuration, how it runs, and how one knows that it is ready and connected.
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
    /// What nodes of this kind speak: they can be linked to all whose protocol it [`Speaks`] to.
    type Protocol: Speaks<Self::Protocol>;

    /// Gives the node its identity, with [`NodeContext::set_identity`]. By default that is its name.
    ///
    /// A kind whose nodes only learn their identity when they run does nothing here and sets it then.
    fn identity(&self, node: &NodeContext) -> impl Future<Output = Result> + Send {
        node.set_identity(Identity::new(node.name()));
        std::future::ready(Ok(()))
    }

    /// Makes the node's configuration. The identities of all peers that are started with it are known. By default there is none.
    fn config(&self, node: &NodeContext) -> impl Future<Output = Result> + Send {
        let _ = node;
        std::future::ready(Ok(()))
    }

    /// The node's life: from here until it ends.
    ///
    /// When the test stops the node, [`NodeContext::stopped`] resolves, and this future has [`grace`](Self::grace) to end in
    /// good order; then it is dropped, and whatever it holds must go with it.
    fn run(&self, node: NodeContext) -> impl Future<Output = Result> + Send;

    /// Resolves when the node is ready. By default, when it has called [`NodeContext::ready`].
    fn ready(&self, node: &NodeContext) -> impl Future<Output = Result> + Send {
        async {
            node.is_ready().await;
            Ok(())
        }
    }

    /// The distinct identities to whom the node is connected now. By default, what it has told by
    /// [`NodeContext::connected`] and [`NodeContext::disconnected`].
    fn connections(&self, node: &NodeContext) -> impl Future<Output = Result<Vec<Identity>>> + Send {
        std::future::ready(Ok(node.reported_connections()))
    }

    /// How long to wait before [`connections`](Self::connections) is asked again, for a kind whose nodes do not tell of
    /// changes. By default they do, and it is asked again when they have.
    fn connections_interval(&self) -> Option<Duration> {
        None
    }

    /// How long a node has to end in good order when it is stopped. By default 5 s.
    fn grace(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// Whether nodes of this kind can do what a test may ask. By default they can do everything.
    fn supports(&self, feature: Feature) -> bool {
        let _ = feature;
        true
    }

    /// Whether these nodes stay private in a public cluster. By default they do not.
    fn private(&self) -> bool {
        false
    }

    /// The names of the ports that a node needs beside the one of its address. By default none.
    fn ports(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Whether each node has a host of its own on loopback (127.x.y.z), where the system has so many. By default it has. All calls
    /// come from 127.0.0.1 all the same: a kind whose nodes know by the address who calls them says no.
    fn own_host(&self) -> bool {
        true
    }

    /// What cannot work about nodes of this kind, each with what to do: a start is refused with it before anything runs. By
    /// default nothing.
    fn faults(&self) -> Vec<String> {
        Vec::new()
    }

    /// How many file descriptors of the test's process a running node with so many peers takes. By default one for itself
    /// and one for each peer.
    fn descriptors(&self, peers: usize) -> usize {
        1 + peers
    }
}
