use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::Stream;
use super::simulated::Listening;
use super::socket::Socket as End;

/// Takes back the socket when nobody accepts from it any more.
type TakeBack = Box<dyn FnOnce(TcpListener) + Send + Sync>;

/// Accepts connections on a node's address. Dropping it stops listening. See
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
pub struct Listener(Accepting);

enum Accepting {
    /// `None` only while it is dropped.
    Tcp(Option<(TcpListener, TakeBack)>),
    Simulated(Listening),
}

impl Listener {
    /// The socket is handed back when this is dropped, and has to stop listening then.
    pub(crate) fn new(socket: TcpListener, take_back: TakeBack) -> Self {
        Self(Accepting::Tcp(Some((socket, take_back))))
    }

    pub(crate) fn simulated(listening: Listening) -> Self {
        Self(Accepting::Simulated(listening))
    }

    /// Waits for the next connection, and returns it with the address of the other side. Dropping the future loses no
    /// connection.
    ///
    /// # Errors
    /// For example when no file descriptor is left; the next call may succeed.
    pub async fn accept(&self) -> io::Result<(Stream, SocketAddr)> {
        let (end, from) = match &self.0 {
            Accepting::Tcp(open) => {
                let (tcp, from) = socket(open)?.accept().await?;
                (End::Tcp(tcp), from)
            }
            Accepting::Simulated(listening) => {
                let end = listening.accept().await;
                let from = end.peer_addr();
                (End::Simulated(end), from)
            }
        };
        Ok((Stream::new(end), from))
    }

    /// Returns the address that it listens on.
    ///
    /// # Errors
    /// When the system reports one.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.0 {
            Accepting::Tcp(open) => socket(open)?.local_addr(),
            Accepting::Simulated(listening) => Ok(listening.local_addr()),
        }
    }
}

fn socket(open: &Option<(TcpListener, TakeBack)>) -> io::Result<&TcpListener> {
    let (socket, _) = open.as_ref().ok_or(io::ErrorKind::NotConnected)?;
    Ok(socket)
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Accepting::Tcp(open) = &mut self.0
            && let Some((socket, take_back)) = open.take()
        {
            take_back(socket);
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listener").field(&self.local_addr()).finish()
    }
}
