use std::io;
use std::net::SocketAddr;

use tokio::net::UdpSocket;

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
#[derive(Debug)]
pub struct Datagram(UdpSocket);

impl Datagram {
    pub(crate) fn new(socket: UdpSocket) -> Self {
        Self(socket)
    }

    /// Sends one datagram and returns the number of bytes sent. Delivery is not reported.
    ///
    /// # Errors
    /// When the system refuses to send it, for example because it is too long.
    pub async fn send_to(&self, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
        self.0.send_to(bytes, to).await
    }

    /// Waits for the next datagram, and returns its length and sender. Bytes that do not fit into the buffer are lost.
    /// Dropping the future loses no datagram.
    ///
    /// # Errors
    /// When the system reports one.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.0.recv_from(buffer).await
    }

    /// Returns the address that it is bound to.
    ///
    /// # Errors
    /// When the system reports one.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}
