use std::io::{self, IoSlice};
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;

use super::gate::{Gate, Next, Written, poll_read, poll_write};
use super::path::{Block, Traffic};
use super::paths::Paths;
use crate::driver::Background;

/// A TCP connection of the system, and at the end that has dialled another node of the cluster the gate before it.
#[derive(Debug)]
pub(crate) struct Tcp {
    tcp: Arc<TcpStream>,
    gate: Option<(Gate, Background)>,
}

impl Tcp {
    /// A connection without a gate.
    pub(super) fn new(tcp: TcpStream) -> Arc<Self> {
        Self::without_delay(tcp, None)
    }

    /// A connection that was dialled along these paths.
    pub(super) fn gated(tcp: TcpStream, paths: Paths, traffic: Traffic, background: Background) -> Arc<Self> {
        Self::without_delay(tcp, Some((Gate::new(paths, traffic), background)))
    }

    fn without_delay(tcp: TcpStream, gate: Option<(Gate, Background)>) -> Arc<Self> {
        // If the other side has closed it already, the first read reports that.
        let _ = tcp.set_nodelay(true);
        Arc::new(Self { tcp: Arc::new(tcp), gate })
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    pub(super) fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }

    pub(super) fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    /// The rules of its paths have changed.
    pub(super) fn rules_changed(&self) {
        let Some((gate, _)) = &self.gate else { return };
        match gate.paths().block() {
            Some(Block::Refuse | Block::Reset) => self.reset(gate),
            Some(Block::BlackHole) | None => gate.wake(),
        }
    }

    fn reset(&self, gate: &Gate) {
        if !gate.reset() {
            return;
        }
        // Connecting a connected socket to nothing resets its connection (Linux: tcp_disconnect).
        let _ = rustix::net::connect_unspec(&*self.tcp);
    }

    pub(super) fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &self.gate {
            Some((gate, _)) => gate.poll_read(&self.tcp, cx, buffer),
            None => poll_read(&self.tcp, cx, buffer),
        }
    }

    pub(super) fn poll_write(self: &Arc<Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let write = |cx: &mut Context<'_>| poll_write(&self.tcp, cx, || self.tcp.try_write(bytes));
        self.poll_write_by(cx, bytes, write)
    }

    pub(super) fn poll_write_vectored(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = pieces.iter().find(|piece| !piece.is_empty()).map_or(&[][..], |piece| piece);
        let write = |cx: &mut Context<'_>| poll_write(&self.tcp, cx, || self.tcp.try_write_vectored(pieces));
        self.poll_write_by(cx, first, write)
    }

    fn poll_write_by(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
        write: impl FnOnce(&mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let Some((gate, background)) = &self.gate else { return write(cx) };
        Poll::Ready(Ok(match ready!(gate.poll_write(bytes, cx, write))? {
            Written::Bytes(count) => count,
            Written::ToPump(count) => {
                background.spawn(pump(self.clone()));
                count
            }
        }))
    }

    /// Ends what this end writes: the other side reads the end of the stream.
    pub(super) fn end(self: &Arc<Self>) -> io::Result<()> {
        let held = self.gate.as_ref().and_then(|(gate, background)| Some((gate.end()?, background)));
        match held {
            None => self.shut(),
            Some((true, background)) => {
                background.spawn(pump(self.clone()));
                Ok(())
            }
            Some((false, _)) => Ok(()),
        }
    }

    fn shut(&self) -> io::Result<()> {
        SockRef::from(&*self.tcp).shutdown(Shutdown::Write)
    }
}

/// Its end crosses the path as bytes do.
impl Drop for Tcp {
    fn drop(&mut self) {
        if let Some((gate, background)) = &self.gate
            && let Some(crossing) = gate.closing()
        {
            let tcp = self.tcp.clone();
            background.spawn(async move {
                crossing.await;
                drop(tcp);
            });
        }
    }
}

/// Sends what this end has written and the gate has held or delayed, until nothing is left.
async fn pump(conn: Arc<Tcp>) {
    let Some((gate, _)) = &conn.gate else { return };
    loop {
        let changed = gate.paths().out().changed();
        match gate.pump(&conn.tcp, || conn.shut()) {
            Next::Again => {}
            Next::Done => return,
            Next::Hold => changed.await,
            Next::Wait(timer) => tokio::select! { biased; () = timer => {} () = changed => {} },
            Next::UntilWritable => {
                if conn.tcp.writable().await.is_err() {
                    return;
                }
            }
        }
    }
}
