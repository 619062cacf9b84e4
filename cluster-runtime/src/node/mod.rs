//! A node's inside: what others know of it, its links, its life, and the node as it sees itself.

mod barrier;
mod conditioned;
mod context;
mod deaths;
mod faults;
mod home;
mod identity;
mod lifecycle;
mod link;
mod links;
mod member;
mod missing;
mod network;
mod operations;
mod panics;
mod peer;
mod peer_changes;
mod restart_claim;
mod rules;
mod runner;
mod state;
mod tasks;

pub use context::NodeContext;
pub use identity::Identity;
pub use member::Member;
pub use peer::Peer;
pub use peer_changes::{PeerChange, PeerChanges};

pub(crate) use conditioned::{Conditioned, Contradiction};
pub(crate) use faults::{Faults, Ids, InForce, Span, note as note_fault};
pub(crate) use home::{EndRun, Home, Mode};
pub(crate) use lifecycle::{Provided, Run, Stage};
pub(crate) use link::{Direction, LinkEnd};
pub(crate) use links::{Links, Neighbour};
pub(crate) use missing::missing_links;
pub(crate) use operations::Outcome;
pub(crate) use panics::catch_panic;
pub(crate) use restart_claim::RestartClaim;
pub(crate) use runner::Runner;
pub(crate) use state::{Asking, Control, NodePair, State};
