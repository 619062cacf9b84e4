use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::conn::Conn;
use super::socket::Socket;

/// A TCP connection between two nodes, with `TCP_NODELAY`; a simulated one between nodes in
/// [simulated time](crate::place). See [`NodeContext::connect`](crate::NodeContext::connect) and
/// [`Listener::accept`](super::Listener::accept).
///
/// It is read and written by the methods of tokio's [`AsyncReadExt`](tokio::io::AsyncReadExt) and
/// [`AsyncWriteExt`](tokio::io::AsyncWriteExt).
///
/// # Examples
/// ```
/// use cluster_runtime::{NodeContext, Peer, Result};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// async fn greet(node: &NodeContext, peer: &Peer) -> Result<String> {
///     let mut stream = node.connect(peer).await?;
///     stream.write_all(b"hello\n").await?;
///     stream.shutdown().await?;
///     let mut answer = String::new();
///     stream.read_to_string(&mut answer).await?;
///     Ok(answer)
/// }
/// ```
#[derive(Debug)]
pub struct Stream(Conn);

/// The borrowed read half of a [`Stream`]; see [`split`](Stream::split).
#[derive(Debug)]
pub struct ReadHalf<'a>(&'a Conn);

/// The borrowed write half of a [`Stream`]; see [`split`](Stream::split).
#[derive(Debug)]
pub struct WriteHalf<'a>(&'a Conn);

/// The read half of a [`Stream`]; see [`into_split`](Stream::into_split).
#[derive(Debug)]
pub struct OwnedReadHalf(Conn);

/// The write half of a [`Stream`]; see [`into_split`](Stream::into_split). When it is dropped, the other side reads the end of
/// the stream.
#[derive(Debug)]
pub struct OwnedWriteHalf(Conn);

impl Stream {
    pub(crate) fn new(socket: Socket) -> Self {
        Self(Conn::new(socket))
    }

    pub(super) fn of(conn: Conn) -> Self {
        Self(conn)
    }

    /// Returns the address of this side.
    ///
    /// # Errors
    /// When the system reports one.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Returns the address of the other side. For an accepted connection that is an ephemeral port, not the address of a
    /// peer: the protocol has to identify the other node.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }

    /// Makes dropping the stream reset the connection: unsent data is lost, and no port stays in TIME_WAIT.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn set_zero_linger(&self) -> io::Result<()> {
        self.0.set_zero_linger()
    }

    /// Borrows its two directions, to read and write at the same time in one task.
    pub fn split(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
        (ReadHalf(&self.0), WriteHalf(&self.0))
    }

    /// Splits it into its two directions, for two tasks. It is closed when both are dropped.
    pub fn into_split(self) -> (OwnedReadHalf, OwnedWriteHalf) {
        (OwnedReadHalf(self.0.clone()), OwnedWriteHalf(self.0))
    }
}

impl WriteHalf<'_> {
    /// Makes dropping the stream reset the connection: see [`Stream::set_zero_linger`].
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn set_zero_linger(&self) -> io::Result<()> {
        self.0.set_zero_linger()
    }
}

impl Drop for OwnedWriteHalf {
    fn drop(&mut self) {
        // If the connection is broken, the other side reads that.
        let _ = self.0.end();
    }
}

macro_rules! read_by_its_connection {
    ($type:ty) => {
        impl AsyncRead for $type {
            fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
                self.0.poll_read(cx, buffer)
            }
        }
    };
}

macro_rules! written_by_its_connection {
    ($type:ty) => {
        impl AsyncWrite for $type {
            fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
                self.0.poll_write(cx, bytes)
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                pieces: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                self.0.poll_write_vectored(cx, pieces)
            }

            fn is_write_vectored(&self) -> bool {
                true
            }

            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(self.0.end())
            }
        }
    };
}

read_by_its_connection!(Stream);
read_by_its_connection!(ReadHalf<'_>);
read_by_its_connection!(OwnedReadHalf);
written_by_its_connection!(Stream);
written_by_its_connection!(WriteHalf<'_>);
written_by_its_connection!(OwnedWriteHalf);
