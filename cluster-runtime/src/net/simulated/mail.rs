use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::clock;
use crate::lock::lock;
use crate::simulation::Schedule;

/// How many bytes wait for one that does not take them, as Linux has it. More are lost.
const MOST_WAITING: usize = 212_992;

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

impl Mail {
    pub(super) fn add(&self, schedule: &Schedule, due: Instant, from: SocketAddr, bytes: &[u8]) {
        let mut waiting = lock(&self.0);
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
        lock(&self.0).is_dead = true;
    }

    pub(super) fn poll_take(&self, schedule: &Schedule, cx: &mut Context<'_>) -> Poll<(SocketAddr, Vec<u8>)> {
        let mut waiting = lock(&self.0);
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

    pub(super) fn is_dead(&self) -> bool {
        lock(&self.0).is_dead
    }
}
