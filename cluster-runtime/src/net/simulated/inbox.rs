use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::network::Network;
use crate::clock;
use crate::net::path::{Fate, Path, Traffic};
use crate::simulation::Schedule;

/// The longest datagram of UDP over IPv4.
const LONGEST: usize = 65_507;
/// How many bytes wait for one that does not take them, as Linux has it. More are lost.
const MOST_WAITING: usize = 212_992;
/// How much later a datagram comes that is overtaken.
const OVERTAKEN_BY: Duration = Duration::from_millis(20);

/// The datagrams on their way to one address.
#[derive(Debug, Default)]
pub(super) struct Mail(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    /// By when they arrive, and in the order in which they were sent.
    datagrams: BTreeMap<(Instant, u64), (SocketAddr, Vec<u8>)>,
    bytes: usize,
    sent: u64,
    takers: Vec<Waker>,
    /// Its node has ended.
    is_dead: bool,
}

/// A simulated socket for datagrams.
#[derive(Debug)]
pub(crate) struct Inbox {
    network: Arc<Network>,
    addr: SocketAddr,
    mail: Arc<Mail>,
}

impl Mail {
    pub(super) fn add(&self, schedule: &Schedule, due: Instant, from: SocketAddr, bytes: &[u8]) {
        let mut waiting = self.lock();
        if waiting.bytes + bytes.len() > MOST_WAITING {
            return;
        }
        waiting.bytes += bytes.len();
        waiting.sent += 1;
        let key = (due, waiting.sent);
        waiting.datagrams.insert(key, (from, bytes.to_vec()));
        waiting.takers.iter().for_each(|taker| schedule.wake_at(due, taker.clone()));
    }

    /// The node has ended: nobody sends or takes any more.
    pub(super) fn die(&self) {
        self.lock().is_dead = true;
    }

    fn poll_take(&self, schedule: &Schedule, cx: &mut Context<'_>) -> Poll<(SocketAddr, Vec<u8>)> {
        let mut waiting = self.lock();
        if waiting.is_dead {
            return Poll::Pending;
        }
        let first = waiting.datagrams.first_key_value().map(|((due, _), _)| *due);
        if first.is_some_and(|due| due <= clock::instant())
            && let Some((_, (from, bytes))) = waiting.datagrams.pop_first()
        {
            waiting.bytes -= bytes.len();
            waiting.takers.retain(|taker| !taker.will_wake(cx.waker()));
            return Poll::Ready((from, bytes));
        }
        if !waiting.takers.iter().any(|taker| taker.will_wake(cx.waker())) {
            waiting.takers.push(cx.waker().clone());
            waiting.datagrams.keys().for_each(|(due, _)| schedule.wake_at(*due, cx.waker().clone()));
        }
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inbox {
    pub(super) fn new(network: Arc<Network>, addr: SocketAddr, mail: Arc<Mail>) -> Self {
        Self { network, addr, mail }
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    /// Sends a datagram along this path, or does with it what its rules say.
    ///
    /// # Errors
    /// When it is too long.
    pub(crate) fn send(&self, path: Option<&Path>, bytes: &[u8], to: SocketAddr, traffic: Traffic) -> io::Result<()> {
        if bytes.len() > LONGEST {
            let why = format!("a datagram of {} bytes: expected at most {LONGEST}", bytes.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let as_it_is = || Fate::Sent { copies: vec![clock::instant()], is_overtaken: false };
        self.carry(path.map_or_else(as_it_is, |path| path.fate(bytes.len(), traffic)), bytes, to);
        Ok(())
    }

    /// Lets this happen to a datagram.
    pub(super) fn carry(&self, fate: Fate, bytes: &[u8], to: SocketAddr) {
        if let Fate::Sent { copies, is_overtaken } = fate
            && !self.mail.lock().is_dead
        {
            let late = if is_overtaken { OVERTAKEN_BY } else { Duration::ZERO };
            copies.into_iter().for_each(|due| self.network.deliver(due + late, self.addr, to, bytes));
        }
    }

    /// Waits for the next one, and returns how many of its bytes fit and where it comes from.
    pub(crate) async fn receive(&self, buffer: &mut [u8]) -> (usize, SocketAddr) {
        let (from, bytes) = poll_fn(|cx| self.mail.poll_take(self.network.schedule(), cx)).await;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        (count, from)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.network.no_longer_taking(self.addr, &self.mail);
    }
}
