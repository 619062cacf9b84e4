use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use tokio::io::ReadBuf;

use super::path::Traffic;
use super::paths::Paths;
use super::simulated::{Connection, End};
use super::socket::Socket;
use super::tcp::Tcp;
use crate::driver::Background;

/// One end of a connection.
#[derive(Clone, Debug)]
pub(crate) enum Conn {
    Tcp(Arc<Tcp>),
    Simulated(Arc<End>),
}

/// A connection that may be closed.
#[derive(Clone, Debug)]
pub(super) enum WeakConn {
    Tcp(Weak<Tcp>),
    /// It is there as long as one of its ends.
    Simulated(Weak<Connection>),
}

impl Conn {
    pub(super) fn new(socket: Socket) -> Self {
        match socket {
            Socket::Tcp(tcp) => Conn::Tcp(Tcp::new(tcp)),
            Socket::Simulated(end) => Conn::Simulated(Arc::new(end)),
        }
    }

    /// One that was dialled along these paths.
    pub(super) fn along(socket: Socket, paths: Paths, traffic: Traffic, background: Background) -> Self {
        match socket {
            Socket::Tcp(tcp) => Conn::Tcp(Tcp::gated(tcp, paths, traffic, background)),
            Socket::Simulated(end) => {
                end.connection().follow(paths, traffic);
                Conn::Simulated(Arc::new(end))
            }
        }
    }

    pub(super) fn downgrade(&self) -> WeakConn {
        match self {
            Conn::Tcp(tcp) => WeakConn::Tcp(Arc::downgrade(tcp)),
            Conn::Simulated(end) => WeakConn::Simulated(Arc::downgrade(end.connection())),
        }
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Conn::Tcp(tcp) => tcp.local_addr(),
            Conn::Simulated(end) => Ok(end.local_addr()),
        }
    }

    pub(super) fn peer_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Conn::Tcp(tcp) => tcp.peer_addr(),
            Conn::Simulated(end) => Ok(end.peer_addr()),
        }
    }

    pub(super) fn set_zero_linger(&self) -> io::Result<()> {
        match self {
            Conn::Tcp(tcp) => tcp.tcp().set_zero_linger(),
            Conn::Simulated(end) => {
                end.set_zero_linger();
                Ok(())
            }
        }
    }

    pub(super) fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Conn::Tcp(tcp) => tcp.poll_read(cx, buffer),
            Conn::Simulated(end) => end.poll_read(cx, buffer),
        }
    }

    pub(super) fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Conn::Tcp(tcp) => tcp.poll_write(cx, bytes),
            Conn::Simulated(end) => end.poll_write(cx, &[IoSlice::new(bytes)]),
        }
    }

    pub(super) fn poll_write_vectored(&self, cx: &mut Context<'_>, pieces: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self {
            Conn::Tcp(tcp) => tcp.poll_write_vectored(cx, pieces),
            Conn::Simulated(end) => end.poll_write(cx, pieces),
        }
    }

    /// Ends what this end writes: the other side reads the end of the stream.
    pub(super) fn end(&self) -> io::Result<()> {
        match self {
            Conn::Tcp(tcp) => tcp.end(),
            Conn::Simulated(end) => {
                end.end();
                Ok(())
            }
        }
    }

    /// The rules of its paths have changed.
    pub(super) fn rules_changed(&self) {
        match self {
            Conn::Tcp(tcp) => tcp.rules_changed(),
            Conn::Simulated(end) => end.connection().rules_changed(),
        }
    }
}

impl WeakConn {
    pub(super) fn is_open(&self) -> bool {
        match self {
            WeakConn::Tcp(tcp) => tcp.strong_count() > 0,
            WeakConn::Simulated(connection) => connection.strong_count() > 0,
        }
    }

    /// The rules of its paths have changed.
    pub(super) fn rules_changed(&self) {
        match self {
            WeakConn::Tcp(tcp) => tcp.upgrade().iter().for_each(|tcp| tcp.rules_changed()),
            WeakConn::Simulated(connection) => connection.upgrade().iter().for_each(|open| open.rules_changed()),
        }
    }

    /// Where the connection comes from.
    pub(super) fn source(&self) -> Option<SocketAddr> {
        match self {
            WeakConn::Tcp(tcp) => tcp.upgrade()?.local_addr().ok(),
            WeakConn::Simulated(connection) => Some(connection.upgrade()?.source()),
        }
    }
}
