use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;

use super::outbound::Outbound;
use super::path::Traffic;
use super::paths::Paths;
use super::simulated::Inbox;
use super::socket::DatagramSocket;
use crate::driver::Background;

/// A UDP socket on a node's address. See [`NodeContext::datagram`](crate::NodeContext::datagram).
///
/// # Examples
/// ```
/// use cluster_runtime::{NodeContext, Result};
///
/// async fn ping(node: NodeContext) -> Result {
///     let socket = node.datagram()?;
///     for peer in node.peers() {
///         socket.send_to(b"ping", peer.addr()).await?;
///     }
///     let mut buffer = [0; 16];
///     let (length, from) = socket.recv_from(&mut buffer).await?;
///     println!("{length} bytes from {from}");
///     Ok(())
/// }
/// ```
pub struct Datagram {
    socket: Sending,
    paths_to: PathsTo,
}

enum Sending {
    Udp(Arc<UdpSocket>, Outbound),
    Simulated(Inbox),
}

/// The paths to the node at an address, if it is one of the cluster.
type PathsTo = Box<dyn Fn(SocketAddr) -> Option<Paths> + Send + Sync>;

impl Datagram {
    pub(crate) fn new(
        socket: DatagramSocket,
        background: Background,
        paths_to: impl Fn(SocketAddr) -> Option<Paths> + Send + Sync + 'static,
    ) -> Self {
        let socket = match socket {
            DatagramSocket::Udp(socket) => {
                let socket = Arc::new(socket);
                Sending::Udp(socket.clone(), Outbound::new(socket, background))
            }
            DatagramSocket::Simulated(inbox) => Sending::Simulated(inbox),
        };
        Self { socket, paths_to: Box::new(paths_to) }
    }

    /// Sends one datagram and returns the number of bytes sent. Delivery is not reported.
    ///
    /// # Errors
    /// When the system refuses to send it, for example because it is too long.
    pub async fn send_to(&self, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
        let paths = (self.paths_to)(to).filter(|paths| paths.out().is_controlled());
        match (&self.socket, paths) {
            (Sending::Udp(_, outbound), Some(paths)) => {
                outbound.send(paths.out(), bytes, to, Traffic::OfNodes).await?;
                Ok(bytes.len())
            }
            (Sending::Udp(socket, _), None) => socket.send_to(bytes, to).await,
            (Sending::Simulated(inbox), paths) => {
                inbox.send(paths.as_ref().map(Paths::out), bytes, to, Traffic::OfNodes)?;
                Ok(bytes.len())
            }
        }
    }

    /// Waits for the next datagram, and returns its length and sender. Bytes that do not fit into the buffer are lost.
    /// Dropping the future loses no datagram.
    ///
    /// # Errors
    /// When the system reports one.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        match &self.socket {
            Sending::Udp(socket, _) => socket.recv_from(buffer).await,
            Sending::Simulated(inbox) => Ok(inbox.receive(buffer).await),
        }
    }

    /// Returns the address that it is bound to.
    ///
    /// # Errors
    /// When the system reports one.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.socket {
            Sending::Udp(socket, _) => socket.local_addr(),
            Sending::Simulated(inbox) => Ok(inbox.local_addr()),
        }
    }
}

impl fmt::Debug for Datagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Datagram").field(&self.local_addr()).finish()
    }
}
