//! Handles to nodes, and sets of nodes.
//!
//! A [`Node<K>`](Node) is a cheap handle to a node of kind `K`, valid before, during and after its run. It dereferences to
//! an [`AnyNode`], which has all that does not depend on the kind; a kind may add methods, as `Loopback` adds
//! [`publish`](Node::publish). Anything that holds handles is a set, [`Nodes`]: a node, an array, a slice, a `Vec`, a tuple
//! of sets or a cluster.
//!
//! # Examples
//! ```
//! use cluster_runtime::{AnyNode, Result, cluster};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! { hub; leaves[3]: star(hub) }.start().wait_connections(true).await?;
//!
//! let leaf: &AnyNode = &net.leaves[0];
//! assert_eq!(leaf.name(), "leaves.1");
//! assert_eq!(leaf.peers()[0].addr(), net.hub.addr());
//!
//! leaf.stop().await?;
//! net.hub.wait_for("disconnected", |value| value["peer"] == "leaves.1").await?;
//! assert_eq!(net.hub.connections().await?.len(), 2);
//! # net.stop().await
//! # }
//! ```

mod any_node;
mod call;
mod connections;
mod events;
mod grouped;
mod life;
mod node;
mod nodes;
mod other_names;
mod stop;
mod together;
mod wait_for;
mod watch;

pub use crate::journal::Mark;
pub use any_node::AnyNode;
pub use connections::Connection;
pub use events::Events;
pub use node::Node;
pub use nodes::{Accepts, LinkableWith, Nodes};
pub use wait_for::Since;

pub(crate) use grouped::grouped;
pub(crate) use nodes::{collect, distinct, members};
pub(crate) use other_names::other_names;
pub(crate) use stop::{no_deaths, stop, stop_gracefully, wait_for_threads, wait_stopped};
pub(crate) use together::{together, together_on};
pub(crate) use wait_for::Filter;
pub(crate) use watch::{named, watch};
