//! Messages that flood the network: each node forwards each message once.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::sync::Notify;

/// How many messages are remembered, so that none is forwarded twice.
const REMEMBERED: usize = 1 << 16;
/// How many bytes may wait for one neighbour to read them.
const MOST_QUEUED: usize = 64 << 20;

/// The links on which messages are sent, and the messages that were sent.
#[derive(Debug, Default)]
pub(super) struct Gossip {
    queues: BTreeMap<u64, Queue>,
    opened: u64,
    seen: HashSet<u128>,
    order: VecDeque<u128>,
}

/// The frames that wait for one neighbour. They end when it is dropped.
#[derive(Debug)]
pub(super) struct Queue(Arc<Frames>);

/// The other end of a [`Queue`].
pub(super) struct Outgoing(Arc<Frames>);

#[derive(Debug, Default)]
struct Frames {
    waiting: Mutex<Waiting>,
    changed: Notify,
    full: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<Arc<[u8]>>,
    /// Their length in all.
    bytes: usize,
    /// Whether one of the two ends was dropped.
    is_closed: bool,
}

impl Gossip {
    /// A queue for a new link, and its number.
    pub(super) fn open(&mut self) -> (u64, Outgoing) {
        let frames: Arc<Frames> = Arc::default();
        self.opened += 1;
        self.queues.insert(self.opened, Queue(frames.clone()));
        (self.opened, Outgoing(frames))
    }

    pub(super) fn close(&mut self, link: u64) {
        self.queues.remove(&link);
    }

    /// Whether this message is new here.
    pub(super) fn is_new(&mut self, id: u128) -> bool {
        if !self.seen.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        true
    }

    /// Queues a frame on one link.
    pub(super) fn send_to(&mut self, link: u64, frame: &Arc<[u8]>) {
        if self.queues.get(&link).is_some_and(|queue| !queue.push(frame)) {
            self.close(link);
        }
    }

    /// Queues a frame on all links but the one that it came from. A neighbour that does not read loses its link.
    pub(super) fn send(&mut self, frame: &Arc<[u8]>, came_from: Option<u64>) {
        self.queues.retain(|link, queue| Some(*link) == came_from || queue.push(frame));
    }
}

impl Queue {
    /// Whether there is space left and the neighbour is connected.
    fn push(&self, frame: &Arc<[u8]>) -> bool {
        let mut waiting = self.0.waiting();
        if waiting.bytes + frame.len() > MOST_QUEUED {
            self.0.full.notify_one();
            return false;
        }
        waiting.bytes += frame.len();
        waiting.frames.push_back(frame.clone());
        self.0.changed.notify_one();
        !waiting.is_closed
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.0.waiting().is_closed = true;
        self.0.changed.notify_one();
    }
}

impl Outgoing {
    /// The next frame; `None` when the link is to be closed.
    pub(super) async fn next(&mut self) -> Option<Arc<[u8]>> {
        loop {
            if let Poll::Ready(next) = self.0.take() {
                return next;
            }
            self.0.changed.notified().await;
        }
    }

    /// Resolves when the queue is full: the neighbour does not read.
    pub(super) fn is_full(&self) -> impl Future<Output = ()> + Send + use<> {
        let frames = self.0.clone();
        async move { frames.full.notified().await }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.0.waiting().is_closed = true;
    }
}

impl Frames {
    /// The next one; `None` when there will be none.
    fn take(&self) -> Poll<Option<Arc<[u8]>>> {
        let mut waiting = self.waiting();
        match waiting.frames.pop_front() {
            Some(frame) => {
                waiting.bytes -= frame.len();
                Poll::Ready(Some(frame))
            }
            None if waiting.is_closed => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_new_once() {
        let mut gossip = Gossip::default();
        assert!(gossip.is_new(1));
        assert!(!gossip.is_new(1));
    }

    #[test]
    fn the_memory_of_messages_is_bounded() {
        let mut gossip = Gossip::default();
        (0..2 * REMEMBERED as u128).for_each(|id| assert!(gossip.is_new(id)));
        assert_eq!(gossip.seen.len(), REMEMBERED);
    }

    #[tokio::test]
    async fn a_neighbour_that_does_not_read_loses_its_link() {
        let mut gossip = Gossip::default();
        let (_, mut outgoing) = gossip.open();
        let frame: Arc<[u8]> = vec![0; MOST_QUEUED / 2].into();
        (0..3).for_each(|_| gossip.send(&frame, None));
        assert!(gossip.queues.is_empty());
        assert!(outgoing.next().await.is_some() && outgoing.next().await.is_some());
        assert!(outgoing.next().await.is_none(), "the queue goes on after it was full");
    }
}
