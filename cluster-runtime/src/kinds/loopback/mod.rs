//! The built-in node: a small but real peer-to-peer node in the test's process.

mod frame;
mod gossip;
mod handshake;
mod hub;
mod life;
mod link;

use crate::error::{Error, Result};
use crate::handle::Node;
use crate::kind::{Kind, Profile, Speaks};
use crate::node::{Identity, NodeContext};
use crate::wait::Wait;

use frame::MOST_PAYLOAD;
use hub::Hub;

/// The protocol of [`Loopback`](struct@crate::Loopback): length-prefixed frames over TCP, after a handshake that exchanges identities.
#[derive(Debug)]
pub struct LoopbackProtocol;

impl Speaks<LoopbackProtocol> for LoopbackProtocol {}

/// A peer-to-peer node in the test's own process, over TCP on loopback.
///
/// It dials its peers until they answer, exchanges identities with them, and floods messages through the network
/// ([`publish`](Node::publish)). A private node refuses undeclared peers. A public one sends its neighbours the addresses of
/// other public nodes, and dials some of those that it learns of. Its events are in the sections `node`, `p2p` and `gossip`.
///
/// # Examples
/// ```
/// # use cluster_runtime::{Loopback, Result, cluster};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! {
///     open[3]: ring;
///     hidden = Loopback::new().private(true): connect(open);
/// }
/// .start()
/// .public(true)
/// .wait_connections(true)
/// .await?;
/// net.stop().await
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Loopback {
    private: bool,
}

/// `Loopback::new()`, so that `use Loopback;` is a kind in a `cluster!`.
#[allow(non_upper_case_globals, reason = "it is written like the type")]
#[doc(hidden)]
pub const Loopback: Loopback = Loopback { private: false };

impl Loopback {
    /// Creates the kind, for nodes that become public in a public cluster.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether its nodes stay private in a public cluster. By default they do not.
    pub fn private(mut self, private: bool) -> Self {
        self.private = private;
        self
    }
}

impl Kind for Loopback {
    type Protocol = LoopbackProtocol;

    async fn identity(&self, node: &NodeContext) -> Result {
        // It stays the same over all runs.
        if node.identity().is_some() {
            return Ok(());
        }
        // Random, so that nodes can only be identified by the handshake.
        node.set_identity(Identity::new(format!("{:016x}", node.rng().next())));
        Ok(())
    }

    async fn run(&self, node: NodeContext) -> Result {
        life::run(node).await
    }

    fn profile(&self) -> Profile {
        Profile::default().private(self.private).shared().pausable().gated()
    }
}

impl Node<Loopback> {
    /// Sends a message to all nodes that are connected now, directly or by others: start with
    /// [`wait_connections`](crate::start::Start::wait_connections). Each of them, and this one, reports an event `message` with
    /// the fields `from` (the name of the first sender), `hops` (the links that it took; 0 here) and `text`, or `hex` for bytes
    /// that are not UTF-8.
    ///
    /// # Errors
    /// When the node is not running, or the message is longer than 1 MiB.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { a; b: connect(a); c: connect(b) }.start().wait_connections(true).await?;
    /// net.a.publish("hello").await?;
    /// let hops = net.c.wait_for("message", |value| value["hops"].as_u64()).await?;
    /// assert_eq!(hops, 2);
    /// # net.stop().await
    /// # }
    /// ```
    pub fn publish(&self, bytes: impl Into<Vec<u8>>) -> Wait<'static, ()> {
        let (node, bytes) = (self.any().clone(), bytes.into());
        Wait::new(move |_| async move {
            if bytes.len() > MOST_PAYLOAD {
                return Err(Error::other(format!(
                    "node `{}` cannot publish {} bytes: a message has at most {MOST_PAYLOAD}",
                    node.name(),
                    bytes.len()
                )));
            }
            let hub = node.provided::<Hub>().filter(|_| !node.state().lifecycle().is_paused());
            let hub = hub.ok_or_else(|| node.not_running("publish a message"))?;
            hub.publish(bytes);
            Ok(())
        })
    }
}
