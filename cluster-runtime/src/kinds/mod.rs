//! The kinds of this crate.
//!
//! | kind | a node is |
//! |---|---|
//! | [`Loopback`](struct@crate::Loopback) | a small peer-to-peer node in the test's process, with messages that flood the network; the default |
//! | [`Service`] | an async function of the test, for example a server |
//! | `Process`, with the feature `process` | a program, brought up as its description says |
//!
//! To write a kind, see [`kind`](crate::kind). The crate `cluster-octez` has nodes of Tezos and Mavryk.
//!
//! # Examples
//! One cluster can have nodes of several kinds. Those that are linked speak one protocol.
//! ```
//! use cluster_runtime::{Loopback, Result, Service, cluster};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! {
//!     peers[3]: clique;
//!     silent = Loopback::new().private(true): connect(peers);
//!     store = Service::new(async |node| {
//!         node.ready();
//!         node.stopped().await;
//!         Ok::<(), std::io::Error>(())
//!     });
//! }
//! .start()
//! .wait_connections(true)
//! .await?;
//! # net.stop().await
//! # }
//! ```

mod loopback;
mod outcome;
#[cfg(feature = "process")]
pub mod process;
mod service;

pub use loopback::{Loopback, LoopbackProtocol};
pub use outcome::Outcome;
pub use service::{Provide, Service, ServiceProtocol};
