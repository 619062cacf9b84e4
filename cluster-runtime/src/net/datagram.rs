use std::io;
use std::net::SocketAddr;

use tokio::net::UdpSocket;

/// A node's socket for datagrams: UDP, at its own address. See [`NodeContext::datagram`](crate::NodeContext::datagram).
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

    /// Sends one datagram, and gives the number of bytes in it. Whether it arrives nobody tells.
    ///
    /// # Errors
    /// When the system refuses it: because it is too long, for example.
    pub async fn send_to(&self, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
        self.0.send_to(bytes, to).await
    }

    /// Waits for the next datagram, and gives its length and sender. What does not fit into the buffer is lost. When the
    /// future is dropped, no datagram is.
    ///
    /// # Errors
    /// When the system tells of one.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.0.recv_from(buffer).await
    }

    /// Its own address.
    ///
    /// # Errors
    /// When the system does not tell it.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}
