//! Messages that flood the network: each node forwards each message once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Notify, mpsc};

/// How many messages are remembered, so that none is forwarded twice.
const REMEMBERED: usize = 1 << 16;
/// How many bytes may wait for one neighbour to read them.
const MOST_QUEUED: usize = 64 << 20;

/// The links on which messages are sent, and the messages that were sent.
#[derive(Debug, Default)]
pub(super) struct Gossip {
    queues: HashMap<u64, Queue>,
    opened: u64,
    seen: HashSet<u128>,
    order: VecDeque<u128>,
}

/// The frames that wait for one neighbour.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    sender: mpsc::UnboundedSender<Arc<[u8]>>,
    backlog: Arc<Backlog>,
}

/// The other end of a [`Queue`].
pub(super) struct Outgoing {
    receiver: mpsc::UnboundedReceiver<Arc<[u8]>>,
    backlog: Arc<Backlog>,
}

/// How many bytes a neighbour has not read yet.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    bytes: AtomicUsize,
    full: Notify,
}

impl Gossip {
    /// A queue for a new link, and its number.
    pub(super) fn open(&mut self) -> (u64, Outgoing) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let backlog: Arc<Backlog> = Arc::default();
        self.opened += 1;
        self.queues.insert(self.opened, Queue { sender, backlog: backlog.clone() });
        (self.opened, Outgoing { receiver, backlog })
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
        let queued = self.backlog.bytes.fetch_add(frame.len(), Ordering::Relaxed) + frame.len();
        if queued > MOST_QUEUED {
            self.backlog.full.notify_one();
            return false;
        }
        self.sender.send(frame.clone()).is_ok()
    }
}

impl Outgoing {
    /// The next frame; `None` when the link is to be closed.
    pub(super) async fn next(&mut self) -> Option<Arc<[u8]>> {
        let frame = self.receiver.recv().await?;
        self.backlog.bytes.fetch_sub(frame.len(), Ordering::Relaxed);
        Some(frame)
    }

    pub(super) fn backlog(&self) -> Arc<Backlog> {
        self.backlog.clone()
    }
}

impl Backlog {
    /// Resolves when the queue is full: the neighbour does not read.
    pub(super) async fn is_full(&self) {
        self.full.notified().await;
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
