//! Traffic of the cluster's own along the paths of nodes, which no node sees: what a fault is proved with.

use std::future::poll_fn;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};

use super::conn::Conn;
use super::outbound::Outbound;
use super::path::{Block, Fate, Traffic};
use super::paths::Paths;
use super::relay::{OWN_HOST, Relays};
use super::sign::Sign;
use super::simulated::{self, Network};
use super::stream::Stream;
use super::tcp::Tcp;
use crate::clock;
use crate::driver::Background;

/// How long a dial is looked at that is not to be answered.
const UNANSWERED: Duration = Duration::from_millis(10);

/// Sends probes along the paths between two nodes, from the one that sees them so.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    paths: Paths,
    /// The relays of the link, and which end of it this is.
    relays: Option<(Arc<Relays>, usize)>,
    /// Where the nodes are, if that is simulated.
    network: Option<Arc<Network>>,
    background: Background,
}

/// Both ends of a connection: the one that dials, behind a gate, and the other.
struct Pair {
    near: Stream,
    conn: Arc<Tcp>,
    far: std::net::TcpStream,
}

/// How long so many bytes take in all that cross so many times.
async fn crossing(
    writer: &mut (dyn AsyncWrite + Send + Unpin),
    reader: &mut (dyn AsyncRead + Send + Unpin),
    bytes: usize,
    times: u32,
) -> io::Result<Duration> {
    let (payload, mut received) = (vec![b'p'; bytes], vec![0; bytes]);
    let mut took = Duration::ZERO;
    for _ in 0..times {
        let begun = clock::instant();
        let write = async {
            writer.write_all(&payload).await?;
            writer.flush().await
        };
        tokio::try_join!(write, reader.read_exact(&mut received))?;
        took += clock::instant() - begun;
    }
    Ok(took)
}

impl Probe {
    pub(crate) fn new(
        paths: Paths,
        relays: Option<(Arc<Relays>, usize)>,
        network: Option<Arc<Network>>,
        background: Background,
    ) -> Self {
        Self { paths, relays, network, background }
    }

    /// Along the same paths, from the other node.
    fn reversed(&self) -> Self {
        let relays = self.relays.as_ref().map(|(relays, own)| (relays.clone(), 1 - own));
        Self {
            paths: self.paths.reversed(),
            relays,
            network: self.network.clone(),
            background: self.background.clone(),
        }
    }

    /// Whether nothing crosses the outward path that is to be blocked so: a dial, what the dialling end writes, and what the accepting end writes.
    ///
    /// # Errors
    /// When the system has no sockets for it.
    pub(crate) async fn is_blocked(&self, block: Block) -> io::Result<bool> {
        if let Some(network) = &self.network {
            return Ok(self.dial_is_blocked().await && simulated::is_blocked(network, &self.paths, block).await?);
        }
        Ok(self.dial_is_blocked().await
            && self.relay_is_blocked(block).await?
            && self.write_is_blocked(block).await?
            && self.read_is_blocked(block).await?)
    }

    async fn dial_is_blocked(&self) -> bool {
        let mut dial = pin!(self.paths.admit(Traffic::OfProbe));
        // A black hole does not answer.
        poll_fn(|cx| Poll::Ready(!matches!(dial.as_mut().poll(cx), Poll::Ready(Ok(()))))).await
    }

    /// Whether a dial of the relay is not answered, refused or reset.
    async fn relay_is_blocked(&self, block: Block) -> io::Result<bool> {
        let Some((relays, own)) = &self.relays else { return Ok(true) };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let socket = TcpSocket::new_v4()?;
        socket.bind((OWN_HOST, 0).into())?;
        let relay = relays.expect_probe(*own, socket.local_addr()?, listener.local_addr()?);
        let mut dial = pin!(socket.connect(relay.ok_or(io::ErrorKind::NotConnected)?));
        if block == Block::BlackHole {
            // On loopback a dial is answered within the call, and the system tells that at once.
            let answered = tokio::select! {
                biased;
                answered = &mut dial => answered.is_ok(),
                () = clock::pause(UNANSWERED) => false,
            };
            return Ok(!answered);
        }
        // A connection may be reset before the dial has returned.
        let ended = match dial.await {
            Ok(mut stream) => stream.read_u8().await.map(drop),
            Err(error) => Err(error),
        };
        Ok(ended.is_err_and(|error| {
            matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset)
        }))
    }

    async fn write_is_blocked(&self, block: Block) -> io::Result<bool> {
        let mut pair = self.gated_pair().await?;
        if block != Block::BlackHole {
            return Ok(pair.is_reset());
        }
        pair.near.write_all(b"p").await?;
        // The system delivers on loopback within the call.
        Ok(pair.far_has_nothing())
    }

    async fn read_is_blocked(&self, block: Block) -> io::Result<bool> {
        let mut pair = self.reversed().gated_pair().await?;
        if block != Block::BlackHole {
            return Ok(pair.is_reset());
        }
        pair.far.write_all(b"p")?;
        pair.conn.tcp().readable().await?;
        let mut read = pin!(pair.near.read_u8());
        Ok(poll_fn(|cx| Poll::Ready(read.as_mut().poll(cx).is_pending())).await)
    }

    /// How long it takes until so many bytes have crossed the outward path: the less of what the dialling and the accepting end
    /// write.
    ///
    /// # Errors
    /// When the connection breaks.
    pub(crate) async fn delay(&self, bytes: usize) -> io::Result<Duration> {
        if let Some(network) = &self.network {
            return simulated::delay(network, &self.paths, bytes).await;
        }
        let mut pair = self.pair().await?;
        let written = crossing(&mut pair.near, &mut TcpStream::from_std(pair.far)?, bytes, 1).await?;
        let mut pair = self.reversed().pair().await?;
        let read = crossing(&mut TcpStream::from_std(pair.far)?, &mut pair.near, bytes, 1).await?;
        Ok(written.min(read))
    }

    /// How long it takes until so many bytes have crossed each path, the outward one first, over a connection that is dialled from
    /// here: so many times in all.
    ///
    /// # Errors
    /// When the connection breaks.
    pub(crate) async fn delays(&self, bytes: usize, times: u32) -> io::Result<[Duration; 2]> {
        if let Some(network) = &self.network {
            return simulated::delays(network, &self.paths, bytes, times).await;
        }
        let pair = self.pair().await?;
        let (mut near, mut far) = (pair.near, TcpStream::from_std(pair.far)?);
        let (mut from_near, mut to_near) = tokio::io::split(&mut near);
        let (mut from_far, mut to_far) = far.split();
        let out = crossing(&mut to_near, &mut from_far, bytes, times);
        let back = crossing(&mut to_far, &mut from_near, bytes, times);
        let (out, back) = tokio::try_join!(out, back)?;
        Ok([out, back])
    }

    /// Whether one of so many datagrams would have this sign, and arrives so: only that one is sent.
    ///
    /// # Errors
    /// When the system has no sockets for it.
    pub(crate) async fn shows(&self, sign: Sign, most: u32) -> io::Result<bool> {
        if let Some(network) = &self.network {
            return simulated::shows(network, &self.paths, sign, most).await;
        }
        // Without a size none of them takes the time of another at a rate.
        let mut fates = (0..most).map(|_| self.paths.out().fate(0, Traffic::OfProbe));
        match fates.find(|fate| sign.is_of(fate)) {
            Some(fate) => self.arrives_so(sign, &fate).await,
            None => Ok(false),
        }
    }

    /// Whether a datagram with this fate is lost, comes twice, or comes after one that is sent after it, past all rules.
    async fn arrives_so(&self, sign: Sign, fate: &Fate) -> io::Result<bool> {
        const FIRST: u8 = 1;
        const NEXT: u8 = 2;
        let far = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let to = far.local_addr()?;
        let near = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?);
        Outbound::new(near.clone(), self.background.clone()).send_by(fate, &[FIRST], to).await?;
        let mut byte = [0];
        let mut next = async || -> io::Result<u8> {
            far.recv_from(&mut byte).await?;
            Ok(byte[0])
        };
        match sign {
            Sign::Lost => {
                near.send_to(&[NEXT], to).await?;
                Ok(next().await? == NEXT)
            }
            Sign::Doubled => Ok(next().await? == FIRST && next().await? == FIRST),
            Sign::Overtaken => {
                near.send_to(&[NEXT], to).await?;
                Ok(next().await? == NEXT && next().await? == FIRST)
            }
        }
    }

    /// A connection as nodes have it: over the relay, if there is one.
    async fn pair(&self) -> io::Result<Pair> {
        let Some((relays, own)) = &self.relays else { return self.gated_pair().await };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let socket = TcpSocket::new_v4()?;
        socket.bind((OWN_HOST, 0).into())?;
        let relay = relays.expect_probe(*own, socket.local_addr()?, listener.local_addr()?);
        let near = socket.connect(relay.ok_or(io::ErrorKind::NotConnected)?).await?;
        let (far, _) = listener.accept().await?;
        let conn = Tcp::new(near);
        Ok(Pair { near: Stream::of(Conn::Tcp(conn.clone())), conn, far: far.into_std()? })
    }

    /// A connection behind a gate.
    async fn gated_pair(&self) -> io::Result<Pair> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let near = TcpStream::connect(listener.local_addr()?).await?;
        let far = listener.accept().await?.0.into_std()?;
        let conn = Tcp::gated(near, self.paths.clone(), Traffic::OfProbe, self.background.clone());
        conn.rules_changed();
        let near = Stream::of(Conn::Tcp(conn.clone()));
        near.set_zero_linger()?;
        Ok(Pair { near, conn, far })
    }
}

impl Pair {
    fn far_has_nothing(&self) -> bool {
        self.far.peek(&mut [0]).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    fn is_reset(&self) -> bool {
        self.far.peek(&mut [0]).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset)
    }
}
