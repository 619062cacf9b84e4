//! The built-in node: a small but real peer-to-peer node in the test's process.

mod frame;
mod gossip;
mod handshake;
mod hub;
mod link;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use crate::error::{Error, Result};
use crate::handle::Node;
use crate::kind::{Kind, Profile, Speaks};
use crate::node::{Identity, NodeContext};

use frame::MOST_PAYLOAD;
use hub::Hub;

/// What [`Loopback`] nodes speak: length-prefixed frames over TCP, and a handshake that exchanges identities.
#[derive(Debug)]
pub struct LoopbackProtocol;

impl Speaks<LoopbackProtocol> for LoopbackProtocol {}

/// A peer-to-peer node in the test's own process, over TCP on loopback.
///
/// It dials its peers until they answer, exchanges identities with them, and floods messages through the network
/// ([`publish`](Node::publish)). A private one refuses undeclared peers; a public one tells its neighbours of the others
/// that it knows, and dials some of those it learns of. Its events are in the sections `node`, `p2p` and `gossip`.
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
pub const Loopback: Loopback = Loopback { private: false };

impl Loopback {
    /// The built-in node.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it stays private in a public cluster. By default it does not.
    pub fn private(mut self, private: bool) -> Self {
        self.private = private;
        self
    }
}

impl Kind for Loopback {
    type Protocol = LoopbackProtocol;

    async fn identity(&self, node: &NodeContext) -> Result {
        // Drawn anew at each start: nothing but the handshake can tell one node from another.
        let mut hasher = RandomState::new().build_hasher();
        hasher.write(node.name().as_bytes());
        node.set_identity(Identity::new(format!("{:016x}", hasher.finish())));
        Ok(())
    }

    async fn run(&self, node: NodeContext) -> Result {
        hub::run(node).await
    }

    fn profile(&self) -> Profile {
        Profile::default().private(self.private)
    }
}

impl Node<Loopback> {
    /// Sends a message to the whole network as it is connected now: start it with
    /// [`wait_connections`](crate::start::Start::wait_connections). Every node of it, this one too, then has an event `message` with the fields
    /// `from` (the name of the first sender), `hops` (links that it took; 0 here) and `text`, or `hex` for bytes that are
    /// not UTF-8.
    ///
    /// # Errors
    /// When the node does not run, or the message has more than 1 MiB.
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
    pub async fn publish(&self, bytes: impl Into<Vec<u8>>) -> Result {
        let bytes = bytes.into();
        if bytes.len() > MOST_PAYLOAD {
            return Err(Error::other(format!(
                "node `{}` cannot publish {} bytes: a message has at most {MOST_PAYLOAD}",
                self.name(),
                bytes.len()
            )));
        }
        let hub = self.provided::<Hub>().ok_or_else(|| self.not_running("publish a message"))?;
        hub.publish(bytes);
        Ok(())
    }
}
