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
pub mod handle;
#[cfg_attr(not(test), expect(dead_code, reason = "nodes run on it next"))]
mod isolated;
mod journal;
pub mod kind;
pub mod kinds;
pub mod net;
mod node;
mod place;
mod seed;
pub mod start;
pub mod wait;
pub mod wiring;

pub use cluster_topology as topology;

pub use error::{Error, Result};
pub use event::{DefaultLevel, Level};
pub use handle::{AnyNode, Node, Nodes};
pub use kind::{Feature, Identity, Kind, NodeContext, Peer, Profile, Speaks};
#[cfg(feature = "process")]
pub use kinds::process::{self, Process, Ready};
pub use kinds::{Loopback, Service};
pub use start::{Cluster, start};
pub use wiring::{add_peer, clique, connect, create, line, ring, star};

#[doc = include_str!("../LANGUAGE.md")]
#[macro_export]
macro_rules! cluster {
    ($($t:tt)*) => { $crate::__private::cluster_impl! { $crate $($t)* } };
}
