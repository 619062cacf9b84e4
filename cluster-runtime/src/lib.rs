//! Write a network of nodes down in a test; the compiler checks it, and the runtime creates, wires and starts it.
//!
//! ```
//! use cluster_runtime::{Result, cluster};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! {
//!     center;
//!     leaves[5]: star(center);
//!     k[4]: clique;
//!     connect(center, k)
//! }
//! .start()
//! .wait_connections(true)
//! .await?;
//!
//! assert_eq!(net.center.connections().await?.len(), 9);
//! net.stop().await
//! # }
//! ```
//!
//! # A map of the code
//! From the ground up; an arrow only points upwards in this list.
//!
//! | module | what it is |
//! |---|---|
//! | [`topology`] | shapes as iterators over pairs, names and links, queries, drawings: a crate of its own, which the macro uses too |
//! | `error`, `deadline` | what goes wrong, for a person; deadlines on wall time |
//! | `event` | [`Level`], [`Event`], a node's log and its subscribers ([`Events`]) |
//! | `place` | where programs run, with the feature `process`: spawned, signalled, watched, and never left behind |
//! | `kind` | what a node is: [`Kind`], [`Speaks`], and the node as it sees itself: [`NodeContext`], [`Peer`] |
//! | `node` | the handle: [`Node`], [`AnyNode`], sets ([`Nodes`]), and what one may ask: [`WaitFor`], [`Connections`], [`Stop`] |
//! | `wiring` | by hand: [`create`], [`connect`], [`clique`], [`ring`], [`line()`], [`star`], [`add_peer`], and the topologies, such as [`grid()`] |
//! | `start` | [`start()`], the options ([`Start`]), the phases, and what was started: [`Cluster`] |
//! | `kinds` | [`Loopback`], [`Service`]; with the features `process` and `octez` also `Process`, `Octez` and `Mavkit` |
//! | `expansion` | what expanded code calls beside all this |

#[doc(hidden)]
#[path = "expansion.rs"]
pub mod __private;
mod deadline;
mod error;
mod event;
mod kind;
mod kinds;
mod node;
#[cfg(feature = "process")]
mod place;
mod start;
mod wiring;

pub use cluster_topology as topology;

pub use error::{BoxError, Died, Error, Failed, MissingLink, Phase, Result, StartTimeout, Unready};
pub use event::{DefaultLevel, Event, Events, Level};
pub use kind::{Feature, Identity, Kind, NodeContext, Peer, Speaks};
#[cfg(feature = "octez")]
pub use kinds::{Chain, HistoryMode, Mavkit, Mavryk, MediaType, Octez, OctezNode, Tezos, WaitForLevel};
#[cfg(feature = "process")]
pub use kinds::{Command, Process, ProcessContext, ProcessKind, ProcessProtocol, Ready, Response, Source};
pub use kinds::{Loopback, LoopbackProtocol, Service, ServiceProtocol};
pub use node::{AnyNode, Connection, Connections, Hears, Node, Nodes, SpeaksWith, Stop, WaitFor, WaitStopped};
#[cfg(feature = "process")]
pub use place::{Exit, Signal};
pub use start::{Cluster, Observe, Start, start};
pub use wiring::{
    add_peer, clique, connect, create, family, gnp, grid, hypercube, line, random_regular, ring, scale_free, shape,
    small_world, star, symmetric_add_peer, torus, tree, wheel,
};

#[doc = include_str!("../LANGUAGE.md")]
#[macro_export]
macro_rules! cluster {
    ($($t:tt)*) => { $crate::__private::cluster_impl! { $crate $($t)* } };
}
