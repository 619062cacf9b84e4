//! A node's inside: what it is known by, its links, its life, and the node as it sees itself.

mod context;
mod identity;
mod network;
mod peers;
mod state;

pub use context::NodeContext;
pub use identity::Identity;
pub use peers::Peer;

pub(crate) use peers::{Direction, Peers, Roster};
pub(crate) use state::{Dial, End, Stage, State};
