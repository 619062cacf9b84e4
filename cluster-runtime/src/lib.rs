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

#![cfg_attr(not(feature = "process"), allow(dead_code, unused_imports, reason = "only programs need all of a place"))]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod clock;
mod driver;
pub mod error;
pub mod event;
mod feature;
mod handle;
mod journal;
mod kind;
mod kinds;
pub mod net;
mod node;
mod place;
mod seed;
mod start;
pub mod wait;
pub mod wiring;

pub use cluster_topology as topology;

pub use error::{BoxError, Error, Result};
pub use event::{DefaultLevel, Event, Level};
pub use feature::Feature;
pub use handle::{Accepts, AnyNode, Connection, LinkableWith, Node, Nodes};
pub use journal::Events;
pub use kind::{Kind, Profile, Speaks};
#[cfg(feature = "octez")]
pub use kinds::{Chain, HistoryMode, Mavkit, Mavryk, MediaType, Octez, OctezNode, Tezos};
#[cfg(feature = "process")]
pub use kinds::{Command, Process, ProcessContext, ProcessKind, ProcessProtocol, Ready, Response, Source};
pub use kinds::{Loopback, LoopbackProtocol, Service, ServiceProtocol};
pub use node::{Identity, NodeContext, Peer};
pub use place::{Exit, Signal};
pub use start::{Cluster, Start, start};
pub use wiring::{add_peer, clique, connect, create, line, ring, star};

#[doc = include_str!("../LANGUAGE.md")]
#[macro_export]
macro_rules! cluster {
    ($($t:tt)*) => { $crate::__private::cluster_impl! { $crate $($t)* } };
}
