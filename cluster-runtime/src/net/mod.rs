//! The sockets of a node: what [`NodeContext::listen`](crate::NodeContext::listen),
//! [`connect`](crate::NodeContext::connect) and [`datagram`](crate::NodeContext::datagram) give.

mod datagram;
mod listener;
mod stream;

pub use datagram::Datagram;
pub use listener::Listener;
pub use stream::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, Stream, WriteHalf};

pub(crate) use tokio::net::TcpListener;
