//! The sockets of a node.
//!
//! | call | returns |
//! |---|---|
//! | [`NodeContext::listen`](crate::NodeContext::listen) | a [`Listener`] on the node's address |
//! | [`NodeContext::connect`](crate::NodeContext::connect) | a [`Stream`] to a peer, as soon as that listens |
//! | [`NodeContext::datagram`](crate::NodeContext::datagram) | a [`Datagram`] socket on the node's address |
//!
//! A [`Stream`] implements tokio's `AsyncRead` and `AsyncWrite`. A server that takes a listener of tokio gets one from
//! [`NodeContext::listener`](crate::NodeContext::listener).
//!
//! # Examples
//! ```
//! use cluster_runtime::{NodeContext, Peer, Result, Service, cluster};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//!
//! async fn greet(node: NodeContext) -> Result {
//!     let listener = node.listen()?;
//!     for peer in node.peers().iter().filter(|peer| peer.dial()) {
//!         node.connect(peer).await?.write_all(node.name().as_bytes()).await?;
//!         node.connected(peer.name());
//!     }
//!     node.ready();
//!     for _ in node.peers().iter().filter(|peer| !peer.dial()) {
//!         let (mut stream, _from) = listener.accept().await?;
//!         let mut name = String::new();
//!         stream.read_to_string(&mut name).await?;
//!         node.connected(&name);
//!     }
//!     node.stopped().await;
//!     Ok(())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! { use Service::new(greet); hub; leaves[2]: star(hub) }
//!     .start()
//!     .wait_connections(true)
//!     .await?;
//! # net.stop().await
//! # }
//! ```
#![allow(clippy::disallowed_methods, reason = "this is where sockets are")]

mod bites;
mod conditions;
mod conn;
mod datagram;
mod entrance;
mod gate;
mod listener;
mod outbound;
mod path;
mod paths;
mod probe;
mod queue;
mod rate;
mod relay;
mod sign;
#[cfg_attr(not(feature = "simulated"), path = "simulated/off.rs")]
pub(crate) mod simulated;
mod socket;
mod stream;
mod tcp;
mod wire;

pub use conditions::Conditions;
pub use datagram::Datagram;
pub use listener::Listener;
pub use path::Block;
pub use rate::Rate;
pub use stream::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, Stream, WriteHalf};

pub(crate) use bites::{Bites, Counts};
pub(crate) use conditions::LEAST_PROBABILITY;
pub(crate) use entrance::open_entrance;
pub(crate) use path::Traffic;
pub(crate) use path::{Effect, LATE};
pub(crate) use paths::Paths;
pub(crate) use probe::Probe;
pub(crate) use relay::{OWN_HOST, Ports, Relays};
pub(crate) use sign::Sign;
pub(crate) use socket::{DatagramSocket, Socket};
pub(crate) use tokio::net::TcpListener;
pub(crate) use wire::Wire;
