//! Traffic of the cluster's own along the simulated paths of nodes.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};

use super::connection::End;
use super::inbox::Inbox;
use super::network::Network;
use crate::clock;
use crate::net::conn::Conn;
use crate::net::path::{Block, Path, Traffic};
use crate::net::paths::Paths;
use crate::net::sign::Sign;
use crate::net::stream::Stream;

/// Whether nothing crosses the outward path that is blocked so, whichever end has dialled.
pub(in crate::net) async fn is_blocked(network: &Arc<Network>, paths: &Paths, block: Block) -> io::Result<bool> {
    let arrives_within = arrives_within(paths.out(), 1);
    for (paths, own) in [(paths.clone(), 0), (paths.reversed(), 1)] {
        let ends = network.pair(paths).map(stream);
        let [near, far] = if own == 0 { ends } else { swapped(ends) };
        if !withholds(near, far, block, arrives_within).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How long it takes until so many bytes have crossed the outward path: the less of what the dialling and the accepting end
/// write.
pub(in crate::net) async fn delay(network: &Arc<Network>, paths: &Paths, bytes: usize) -> io::Result<Duration> {
    let by_dialling = crossing(network.pair(paths.clone()).map(stream), bytes).await?;
    let by_accepting = crossing(swapped(network.pair(paths.reversed()).map(stream)), bytes).await?;
    Ok(by_dialling.min(by_accepting))
}

/// How long it takes until so many bytes have crossed each path, the outward one first, over a connection that is dialled from here:
/// so many times in all.
pub(in crate::net) async fn delays(
    network: &Arc<Network>,
    paths: &Paths,
    bytes: usize,
    times: u32,
) -> io::Result<[Duration; 2]> {
    let mut took = [Duration::ZERO; 2];
    for _ in 0..times {
        took[0] += crossing(network.pair(paths.clone()).map(stream), bytes).await?;
        took[1] += crossing(swapped(network.pair(paths.clone()).map(stream)), bytes).await?;
    }
    Ok(took)
}

/// Whether one of at most so many datagrams has this sign, and arrives so.
pub(in crate::net) async fn shows(network: &Arc<Network>, paths: &Paths, sign: Sign, most: u32) -> io::Result<bool> {
    let near = Inbox::bind(network, network.probe_addr())?;
    let far = Inbox::bind(network, network.probe_addr())?;
    let to = far.local_addr();
    // Without a size none of them takes the time of another at a rate.
    let mut fates = (0..most).map(|_| paths.out().fate(0, Traffic::OfProbe));
    let Some(fate) = fates.find(|fate| sign.is_of(fate)) else { return Ok(false) };
    near.carry(fate, b"p", to);
    near.send(None, b"q", to, Traffic::OfProbe)?;
    let expected: &[u8] = match sign {
        Sign::Lost => b"q",
        Sign::Doubled => b"qpp",
        Sign::Overtaken => b"qp",
    };
    let mut arrived = Vec::new();
    for _ in expected {
        let mut byte = [0];
        far.receive(&mut byte).await;
        arrived.extend(byte);
    }
    if sign == Sign::Doubled {
        arrived.sort_unstable_by_key(|byte| *byte == b'p');
    }
    Ok(arrived == expected)
}

/// Whether what the near end writes is withheld from the far one, or their connection is reset.
async fn withholds(mut near: Stream, mut far: Stream, block: Block, arrives_within: Duration) -> io::Result<bool> {
    if block != Block::BlackHole {
        let read = far.read_u8().await;
        return Ok(read.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset));
    }
    near.write_all(b"p").await?;
    clock::pause(arrives_within).await;
    Ok(poll_fn(|cx| {
        let read = Pin::new(&mut far).poll_read(cx, &mut ReadBuf::new(&mut [0]));
        Poll::Ready(read.is_pending())
    })
    .await)
}

/// How long so many bytes take from the first of these to the second.
async fn crossing([mut near, mut far]: [Stream; 2], bytes: usize) -> io::Result<Duration> {
    let (payload, mut received) = (vec![b'p'; bytes], vec![0; bytes]);
    let began = clock::instant();
    tokio::try_join!(near.write_all(&payload), far.read_exact(&mut received))?;
    Ok(clock::instant() - began)
}

/// How long so many bytes take at most, where nothing blocks them.
fn arrives_within(path: &Path, bytes: usize) -> Duration {
    let conditions = path.conditions();
    let sending = conditions.rate.map_or(Duration::ZERO, |rate| rate.time_for(bytes));
    sending + conditions.latency.unwrap_or_default() + conditions.jitter.unwrap_or_default() + Duration::from_millis(1)
}

fn stream(end: End) -> Stream {
    Stream::of(Conn::Simulated(Arc::new(end)))
}

fn swapped([first, second]: [Stream; 2]) -> [Stream; 2] {
    [second, first]
}
