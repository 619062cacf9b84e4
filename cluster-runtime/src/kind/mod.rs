//! Kinds: what a node is, and how it is brought up, observed and stopped.
//!
//! A kind is a value whose type implements [`Kind`]. The ones that exist are in [`kinds`](crate::kinds); for a server in the
//! test's process a [`Service`](crate::Service) is usually enough. A kind of your own can have options, an identity and a
//! configuration for each node, a protocol, and methods on its handles.
//!
//! A start calls a kind phase by phase, for all nodes at the same time:
//!
//! | phase | calls | until |
//! |---|---|---|
//! | identity | [`Kind::identity`] | it returns, for all nodes |
//! | config | [`Kind::config`] | it returns |
//! | run, ready | [`Kind::run`] and [`Kind::ready`] | `ready` returns; `run` goes on |
//! | connected | [`Kind::connections`], if the start waits for connections | all declared peers are connected |
//!
//! The kind acts on a node through its [`NodeContext`]; the node's needs and abilities are its [`Profile`]. The
//! protocol, a type that [`Speaks`], decides at compile time which nodes can be linked.
//!
//! # Examples
//! A kind that hands its state to its handles:
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU64, Ordering};
//! use cluster_runtime::{Kind, Node, NodeContext, Result, Speaks, cluster};
//!
//! struct Counting;
//! impl Speaks<Counting> for Counting {}
//!
//! #[derive(Clone)]
//! struct Counter;
//!
//! impl Kind for Counter {
//!     type Protocol = Counting;
//!
//!     async fn run(&self, node: NodeContext) -> Result {
//!         node.provide(Arc::new(AtomicU64::new(0)));
//!         node.ready();
//!         node.stopped().await;
//!         Ok(())
//!     }
//! }
//!
//! trait Count {
//!     fn count(&self) -> Result<u64>;
//! }
//!
//! impl Count for Node<Counter> {
//!     fn count(&self) -> Result<u64> {
//!         let counter = self.provided::<AtomicU64>().ok_or_else(|| self.not_running("count"))?;
//!         Ok(counter.fetch_add(1, Ordering::Relaxed) + 1)
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! { counter = Counter }.start().await?;
//! assert_eq!((net.counter.count()?, net.counter.count()?), (1, 2));
//! # net.stop().await
//! # }
//! ```

mod erased;
mod form;
mod isolation;
#[allow(clippy::module_inception, reason = "the trait is the heart of its module")]
mod kind;
mod profile;
mod provides;
mod short_name;
mod speaks;

pub use crate::feature::Feature;
pub use crate::node::{Identity, Member, NodeContext, Peer, PeerChange, PeerChanges};
pub use form::Form;
pub use kind::Kind;
pub use profile::Profile;
pub use provides::Provides;
pub use speaks::Speaks;

pub(crate) use erased::ErasedKind;
pub(crate) use isolation::Isolation;
pub(crate) use short_name::short_name;
