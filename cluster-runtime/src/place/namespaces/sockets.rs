//! Sockets of the test in the namespaces of a cluster.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpSocket, TcpStream};

use super::handed::Handed;
use super::holder::Holder;
use super::programs::Maker;
use super::rules::Path;
use super::thread::SocketThread;

/// What makes sockets there: a socket keeps its namespace, wherever it is used.
#[derive(Debug)]
pub(super) enum Sockets {
    /// A thread of this process that is there.
    Thread(SocketThread),
    /// Other processes that are there, from which this one takes them: a user who is not root may not go there.
    Handed(Handed),
}

impl Sockets {
    pub(super) async fn open(holder: &Holder) -> io::Result<Self> {
        match holder.maker() {
            Maker::Root => Ok(Self::Thread(SocketThread::start(holder).await?)),
            Maker::User => Ok(Self::Handed(Handed::start(holder)?)),
        }
    }

    pub(super) async fn connect(&self, to: SocketAddr) -> io::Result<TcpStream> {
        match self {
            Sockets::Thread(thread) => TcpSocket::from_std_stream(thread.socket().await?.into()).connect(to).await,
            Sockets::Handed(handed) => {
                let stream = std::net::TcpStream::from(handed.connect(to).await?);
                stream.set_nonblocking(true)?;
                TcpStream::from_std(stream)
            }
        }
    }

    /// Sends so many probes on each of these paths.
    pub(super) async fn probe(&self, holder: &Holder, paths: &[Path], packets: u32) -> io::Result<()> {
        let mut paths = paths.to_vec();
        paths.sort_unstable_by_key(|(from, _)| from.0);
        match self {
            Sockets::Thread(thread) => thread.probe(holder, paths, packets).await,
            Sockets::Handed(_) => super::handed::probe(holder, &paths, packets).await,
        }
    }
}
