//! What a node is, and how it is brought up, watched and stopped.

mod address;
mod context;
mod host;
mod peers;
mod state;

use std::borrow::Borrow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Result;

pub use context::NodeContext;
pub use peers::Peer;

pub(crate) use address::raise_descriptor_limit;
pub(crate) use host::Hosts;
pub(crate) use peers::{Direction, Peers, Roster};
pub(crate) use state::{Dial, End, Stage, State};

/// What a node is known by among its peers: a key, a digest, or just its name.
///
/// # Examples
/// ```
/// use cluster_runtime::Identity;
/// assert_eq!(Identity::new("id1").as_str(), "id1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(Arc<str>);

impl Identity {
    /// The identity that is written so.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().into())
    }

    /// How it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Identity {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Protocols whose nodes can be linked: a node that speaks `Self` with one that speaks `P`.
///
/// A protocol is any type; it says that it speaks itself, so that nodes of one kind can be linked.
///
/// # Examples
/// ```
/// use cluster_runtime::{Service, Speaks};
///
/// struct Raft;
/// impl Speaks<Raft> for Raft {}
///
/// let server = Service::new(async |_node| Ok::<(), std::io::Error>(())).protocol::<Raft>();
/// ```
#[diagnostic::on_unimplemented(
    message = "nodes that speak `{Self}` cannot be linked to nodes that speak `{P}`",
    label = "these nodes do not speak the same protocol",
    note = "link nodes of one protocol, or write `impl Speaks<{P}> for {Self} {{}}` if they do understand each other"
)]
pub trait Speaks<P: ?Sized> {}

/// A thing that a test may ask of a kind, and that not every kind can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// Private mode: the node dials and admits its declared peers only.
    Private,
    /// Public mode: the node also learns of other nodes.
    Public,
    /// A link that only one side dials, in private mode.
    OneWayPrivate,
    /// Saying to whom it is connected.
    Connections,
    /// A default level other than `Info`.
    EventLevel,
    /// Levels of sections.
    EventSectionsLevels,
}

impl Feature {
    /// What the feature is called in an error.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Feature::Private => "private mode",
            Feature::Public => "public mode",
            Feature::OneWayPrivate => "one-way links in private mode",
            Feature::Connections => "saying to whom they are connected",
            Feature::EventLevel => "a default level of events other than `Info`",
            Feature::EventSectionsLevels => "levels of sections of events",
        }
    }

    /// What to do where the feature is missing.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Feature::Private => "start with `.public(true)`",
            Feature::Public => "start without `.public(true)`",
            Feature::OneWayPrivate => "link them both ways with `connect`, or start with `.public(true)`",
            Feature::Connections => "start without `.wait_connections(true)`",
            Feature::EventLevel => "start without `.event_level(..)`",
            Feature::EventSectionsLevels => "start without `.event_sections_levels(..)`",
        }
    }
}

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
