//! The arguments of the node, as typed methods.

use std::fmt;
use std::net::SocketAddr;

use super::{Chain, OctezNode};

/// How much of the chain a node keeps.
///
/// # Examples
/// ```
/// use cluster_runtime::kinds::octez::HistoryMode;
/// assert_eq!(HistoryMode::Full(Some(5)).to_string(), "full:5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HistoryMode {
    /// Everything.
    Archive,
    /// All blocks, and the contexts of the last ones; how many more cycles of those, if not the usual number.
    Full(Option<u32>),
    /// The last blocks with their contexts; how many more cycles of those, if not the usual number.
    Rolling(Option<u32>),
}

impl fmt::Display for HistoryMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HistoryMode::Archive => f.write_str("archive"),
            HistoryMode::Full(None) => f.write_str("full"),
            HistoryMode::Full(Some(cycles)) => write!(f, "full:{cycles}"),
            HistoryMode::Rolling(None) => f.write_str("rolling"),
            HistoryMode::Rolling(Some(cycles)) => write!(f, "rolling:{cycles}"),
        }
    }
}

/// What a node's RPC server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// JSON only.
    Json,
    /// Binary only.
    Binary,
    /// Both.
    Any,
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MediaType::Json => "json",
            MediaType::Binary => "binary",
            MediaType::Any => "any",
        })
    }
}

/// How many connections a node takes for a number.
const MOST_CONNECTIONS: u32 = 100;

/// Arguments in the order in which they were first given; one that is given again has its last value.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    named: Vec<(&'static str, Option<String>)>,
    other: Vec<String>,
}

impl Arguments {
    fn set(&mut self, name: &'static str, value: Option<String>) {
        match self.named.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.named.push((name, value)),
        }
    }

    /// What the node would refuse.
    pub(super) fn faults(&self) -> Option<String> {
        let value = self.named.iter().find(|(name, _)| *name == "--connections")?.1.as_deref()?;
        let is_too_much = value.parse::<u32>().is_ok_and(|connections| connections > MOST_CONNECTIONS);
        is_too_much.then(|| {
            format!("a node seeks at most {MOST_CONNECTIONS} connections, found {value}\nhelp: ask for fewer by `.connections(..)`")
        })
    }

    fn add(&mut self, name: &str, value: String) {
        self.other.extend([name.to_owned(), value]);
    }

    pub(super) fn words(&self) -> impl Iterator<Item = String> {
        let named = self.named.iter().flat_map(|(name, value)| [Some((*name).to_owned()), value.clone()]);
        named.flatten().chain(self.other.iter().cloned())
    }
}

/// Arguments of the node, as Tezt has them. They are written into its configuration, unless it is said otherwise.
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

    /// Another address for metrics, beside the one that each node has. It may be given several times.
    pub fn metrics_addr(mut self, addr: SocketAddr) -> Self {
        self.arguments.add("--metrics-addr", addr.to_string());
        self
    }

    /// An origin from which browsers may ask the RPC server. It may be given several times.
    pub fn cors_origin(mut self, origin: impl Into<String>) -> Self {
        self.arguments.add("--cors-origin", origin.into());
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

    /// When storage is maintained: `disabled`, `auto`, or whatever the node takes.
    pub fn storage_maintenance_delay(self, delay: impl Into<String>) -> Self {
        self.with("--storage-maintenance-delay", delay.into())
    }

    /// Any other word of the command line of `config init`, as it is.
    pub fn arg(mut self, word: impl Into<String>) -> Self {
        self.arguments.other.push(word.into());
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
