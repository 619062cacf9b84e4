use std::fmt;
use std::io;
use std::net::{Shutdown, SocketAddr};

use socket2::Socket;
use tokio::net::TcpListener;

use super::Stream;

/// Takes a bound socket back that does not listen any longer.
type TakeBack = Box<dyn FnOnce(Socket) + Send + Sync>;

/// Takes the connections that come in at a node's address, for as long as it lives. See
/// [`NodeContext::listen`](crate::NodeContext::listen).
///
/// # Examples
/// ```
/// use cluster_runtime::{NodeContext, Result};
/// use tokio::io::AsyncWriteExt;
///
/// async fn serve(node: NodeContext) -> Result {
///     let listener = node.listen()?;
///     node.ready();
///     loop {
///         let (mut stream, _from) = listener.accept().await?;
///         stream.write_all(b"hello").await?;
///     }
/// }
/// ```
pub struct Listener {
    /// It is there until the drop.
    open: Option<(TcpListener, TakeBack)>,
}

impl Listener {
    /// The socket is given back when it does not listen any longer. On Linux it keeps a port that it was bound to by choice; one
    /// that was bound to any port would get another one.
    pub(crate) fn new(socket: TcpListener, take_back: TakeBack) -> Self {
        Self { open: Some((socket, take_back)) }
    }

    /// Waits for the next connection, and gives it with the address that it comes from. When the future is dropped, no
    /// connection is lost.
    ///
    /// # Errors
    /// When no file descriptor is left, for example; the next call may succeed.
    pub async fn accept(&self) -> io::Result<(Stream, SocketAddr)> {
        let (stream, from) = self.socket()?.accept().await?;
        Ok((Stream::new(stream), from))
    }

    /// The address that it listens on.
    ///
    /// # Errors
    /// When the system does not tell it.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket()?.local_addr()
    }

    fn socket(&self) -> io::Result<&TcpListener> {
        let (socket, _) = self.open.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        Ok(socket)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some((socket, take_back)) = self.open.take()
            && let Ok(socket) = no_longer_listening(socket)
        {
            take_back(socket);
        }
    }
}

fn no_longer_listening(socket: TcpListener) -> io::Result<Socket> {
    let socket = Socket::from(socket.into_std()?);
    socket.shutdown(Shutdown::Both)?;
    Ok(socket)
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listener").field(&self.socket()).finish()
    }
}
