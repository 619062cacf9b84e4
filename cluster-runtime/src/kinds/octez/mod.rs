//! Nodes of Tezos and of Mavryk: `octez-node` and `mavkit-node`, brought up as Tezt does.

mod arguments;
mod chain;
mod command_line;
mod description;
mod event_line;
mod rpc;
mod sink_uri;
mod wait_for_level;

use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;

use crate::handle::Node;

use arguments::Arguments;

pub use arguments::{HistoryMode, MediaType};
pub use chain::{Chain, Mavryk, Tezos};

/// A node of Tezos: the program `octez-node`.
pub type Octez = OctezNode<Tezos>;
/// A node of Mavryk: the program `mavkit-node`, which is called as `octez-node` is.
pub type Mavkit = OctezNode<Mavryk>;

/// A real node of a chain, [`Octez`] or [`Mavkit`]: a program that is brought up in the steps and with the command lines
/// of Tezt, in the network `sandbox`.
///
/// The program is given by [`path`](Self::path), by the variable `OCTEZ_NODE` (Mavryk: `MAVKIT_NODE`), or found in `PATH`. All
/// its servers are on 127.0.0.1. It gets an identity and a configuration of its own in the directory `data` of the node's,
/// keeps its identity when it is started again, and is configured anew.
///
/// - It is ready when its RPC server says so, and connected when that lists its peers: neither depends on levels of events.
/// - Its events come over a named pipe; the program itself chooses them by the levels and sections of the start. It does
///   not tell the level of an event: most have that of their section, as the start asked for it.
/// - In private mode it dials and admits its declared peers only. It knows those who call by their addresses, which it
///   dials too: so one-way links are refused in private mode.
/// - SIGTERM stops it; after 30 s it is killed.
///
/// It is tested with a stand-in, which is strict about how it is called and is no Octez node. With `OCTEZ_NODE` in the environment
/// the same tests run a real one.
///
/// # Examples
/// ```no_run
/// use cluster_runtime::{HistoryMode, Level, Octez, Result, cluster};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! {
///     use Octez::new().synchronisation_threshold(0);
///     archive = Octez::new().history_mode(HistoryMode::Archive);
///     others[3]: ring;
///     connect(archive, others)
/// }
/// .start()
/// .event_sections_levels([("p2p", Level::Debug)])
/// .wait_connections(true)
/// .await?;
///
/// let level = net.archive.wait_for_level(5).await?;
/// println!("level {level}; RPCs at http://{}", net.archive.rpc_addr());
/// net.stop().await
/// # }
/// ```
pub struct OctezNode<C> {
    program: String,
    arguments: Arguments,
    network: String,
    expected_pow: u32,
    /// Peers beside the declared ones.
    peers: Vec<String>,
    expect_peer_ids: bool,
    singleprocess: bool,
    max_active_rpc_connections: u32,
    rpc_external: bool,
    private: bool,
    chain: PhantomData<fn() -> C>,
}

impl<C: Chain> OctezNode<C> {
    /// A node in the network `sandbox`, without other arguments.
    pub fn new() -> Self {
        Self {
            program: std::env::var(C::PATH_VARIABLE).unwrap_or_else(|_| C::PROGRAM.to_owned()),
            arguments: Arguments::default(),
            network: "sandbox".to_owned(),
            expected_pow: 0,
            peers: Vec::new(),
            expect_peer_ids: false,
            singleprocess: false,
            max_active_rpc_connections: 500,
            rpc_external: false,
            private: false,
            chain: PhantomData,
        }
    }

    /// Where the program is, whatever the environment says.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.program = path.into();
        self
    }

    /// Whether a process of its own serves the RPCs. By default the node does.
    pub fn rpc_external(mut self, external: bool) -> Self {
        self.rpc_external = external;
        self
    }

    /// Whether the declared peers are given with their identities, so that a node admits no other at their addresses. By
    /// default they are not.
    pub fn expect_peer_ids(mut self, expect: bool) -> Self {
        self.expect_peer_ids = expect;
        self
    }

    /// Whether these nodes stay private in a public cluster. By default they do not.
    pub fn private(mut self, private: bool) -> Self {
        self.private = private;
        self
    }
}

impl<C: Chain> Default for OctezNode<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> Clone for OctezNode<C> {
    fn clone(&self) -> Self {
        Self {
            program: self.program.clone(),
            arguments: self.arguments.clone(),
            network: self.network.clone(),
            peers: self.peers.clone(),
            ..*self
        }
    }
}

impl<C> fmt::Debug for OctezNode<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<_> = self.arguments.words().collect();
        f.debug_struct("OctezNode")
            .field("program", &self.program)
            .field("arguments", &arguments)
            .finish_non_exhaustive()
    }
}

impl<C: Chain> Node<OctezNode<C>> {
    /// Where it answers RPCs.
    pub fn rpc_addr(&self) -> SocketAddr {
        self.port_addr(description::RPC)
    }

    /// Where it tells its metrics.
    pub fn metrics_addr(&self) -> SocketAddr {
        self.port_addr(description::METRICS)
    }

    fn port_addr(&self, port: &str) -> SocketAddr {
        // Without an address, which refuses the start, it has no ports either.
        self.addr_of(port).unwrap_or_else(|| (self.addr().ip(), 0).into())
    }
}
