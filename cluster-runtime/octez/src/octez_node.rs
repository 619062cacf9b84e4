use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;

use crate::arguments::{Arguments, HistoryMode, MediaType};
use crate::chain::{Chain, Mavryk, Tezos};

/// A node of Tezos: the program `octez-node`.
pub type Octez = OctezNode<Tezos>;
/// A node of Mavryk: the program `mavkit-node`, which is called as `octez-node` is.
pub type Mavkit = OctezNode<Mavryk>;

/// A real node of a chain, [`Octez`] or [`Mavkit`]: a program that is brought up in the steps and with the command lines
/// of Tezt, in the network `sandbox`.
///
/// The program is given by [`path`](Self::path), by the variable `OCTEZ_NODE` (Mavryk: `MAVKIT_NODE`), or found in `PATH`. All
/// its servers are on 127.0.0.1. It gets an identity and a configuration of its own in the directory `data` of the node's,
/// keeps its identity when it is started again, and is configured again.
///
/// - It is ready when its RPC server reports it, and connected when that lists its peers: neither depends on levels of events.
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
/// ```
/// use cluster_octez::{HistoryMode, Octez};
/// use cluster_runtime::Node;
///
/// let archive = Octez::new().history_mode(HistoryMode::Archive).synchronisation_threshold(0);
/// let node = Node::new(&archive, "archive");
/// ```
pub struct OctezNode<C> {
    pub(crate) program: String,
    pub(crate) arguments: Arguments,
    pub(crate) network: String,
    pub(crate) expected_pow: u32,
    /// Peers in addition to the declared ones.
    pub(crate) peers: Vec<String>,
    pub(crate) expect_peer_ids: bool,
    pub(crate) singleprocess: bool,
    pub(crate) max_active_rpc_connections: u32,
    pub(crate) rpc_external: bool,
    pub(crate) private: bool,
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

    /// Sets the path of the program, in place of that from the environment.
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

/// Arguments of the node, as in Tezt. Unless noted otherwise they are written into its configuration.
impl<C: Chain> OctezNode<C> {
    /// The network; `sandbox` by default, which has no peers of its own.
    pub fn network(mut self, network: impl Into<String>) -> Self {
        self.network = network.into();
        self
    }

    /// How much of the chain a node keeps.
    pub fn history_mode(self, mode: HistoryMode) -> Self {
        self.with("--history-mode", mode)
    }

    /// The proof of work that is asked of identities, and its own has; 0 by default, which takes no time.
    pub fn expected_pow(mut self, pow: u32) -> Self {
        self.expected_pow = pow;
        self
    }

    /// Blocks are validated in the node's own process. An argument of the run.
    pub fn singleprocess(mut self) -> Self {
        self.singleprocess = true;
        self
    }

    /// How many peers a node hears from before it takes part.
    pub fn bootstrap_threshold(self, peers: u32) -> Self {
        self.with("--bootstrap-threshold", peers)
    }

    /// How many peers have the same head before a node takes itself for synchronised; with 0 it does at once.
    pub fn synchronisation_threshold(self, peers: u32) -> Self {
        self.with("--synchronisation-threshold", peers)
    }

    /// How old the head may be, in seconds, for a node to be synchronised.
    pub fn sync_latency(self, seconds: u32) -> Self {
        self.with("--sync-latency", seconds)
    }

    /// How many connections a node seeks: at most 100.
    pub fn connections(self, connections: u32) -> Self {
        self.with("--connections", connections)
    }

    /// A node does not seek connections by itself.
    pub fn disable_p2p_maintenance(self) -> Self {
        self.with_flag("--disable-p2p-maintenance")
    }

    /// A node does not swap its peers for others.
    pub fn disable_p2p_swap(self) -> Self {
        self.with_flag("--disable-p2p-swap")
    }

    /// Another peer than those that are declared: `HOST:PORT`, or `HOST:PORT#ID`. It may be given several times.
    pub fn peer(mut self, peer: impl Into<String>) -> Self {
        self.peers.push(peer.into());
        self
    }

    /// A node does not dial the peers that its network names.
    pub fn no_bootstrap_peers(self) -> Self {
        self.with_flag("--no-bootstrap-peers")
    }

    /// What the RPC server speaks.
    pub fn media_type(self, media_type: MediaType) -> Self {
        self.with("--media-type", media_type)
    }

    /// The greatest size of an operation's metadata that is kept, in bytes; `None` keeps all.
    pub fn metadata_size_limit(self, bytes: Option<u32>) -> Self {
        match bytes {
            Some(bytes) => self.with("--metadata-size-limit", bytes),
            None => self.with("--metadata-size-limit", "unlimited"),
        }
    }

    /// Another address for metrics, in addition to the one that each node has. It may be given several times.
    pub fn metrics_addr(mut self, addr: SocketAddr) -> Self {
        self.arguments.add(["--metrics-addr".to_owned(), addr.to_string()]);
        self
    }

    /// An origin from which browsers may ask the RPC server. It may be given several times.
    pub fn cors_origin(mut self, origin: impl Into<String>) -> Self {
        self.arguments.add(["--cors-origin".to_owned(), origin.into()]);
        self
    }

    /// A node keeps no operations that are not in a block.
    pub fn disable_mempool(self) -> Self {
        self.with_flag("--disable-mempool")
    }

    /// How many connections to the RPC server may be open; 500 by default. An argument of the run.
    pub fn max_active_rpc_connections(mut self, connections: u32) -> Self {
        self.max_active_rpc_connections = connections;
        self
    }

    /// A node does not prune its context.
    pub fn disable_context_pruning(self) -> Self {
        self.with_flag("--disable-context-pruning")
    }

    /// When storage is maintained: `disabled`, `auto`, or any other value that the node takes.
    pub fn storage_maintenance_delay(self, delay: impl Into<String>) -> Self {
        self.with("--storage-maintenance-delay", delay.into())
    }

    /// Any other word of the command line of `config init`, as it is.
    pub fn arg(mut self, word: impl Into<String>) -> Self {
        self.arguments.add([word.into()]);
        self
    }

    fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.arguments.set(name, Some(value.to_string()));
        self
    }

    fn with_flag(mut self, name: &'static str) -> Self {
        self.arguments.set(name, None);
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
