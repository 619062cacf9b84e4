//! Messages that flood the network: each node forwards each message once.

use std::collections::{HashSet, VecDeque};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// How many messages are remembered, so that none is forwarded twice.
const REMEMBERED: usize = 1 << 16;
/// How many bytes may wait for one neighbour to read them.
const MOST_QUEUED: usize = 64 << 20;

/// The links on which messages are sent, and the messages that were sent.
#[derive(Debug, Default)]
pub(super) struct Gossip {
    /// By the number of the link.
    queues: Vec<(u64, Queue)>,
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
struct Frames(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<Arc<[u8]>>,
    /// Their length in all.
    bytes: usize,
    /// Whether one did not fit.
    is_full: bool,
    /// Whether one of the two ends was dropped.
    is_closed: bool,
    /// Who sends them.
    sender: Option<Waker>,
}

impl Gossip {
    /// A queue for a new link, and its number.
    pub(super) fn open(&mut self) -> (u64, Outgoing) {
        let frames: Arc<Frames> = Arc::default();
        self.opened += 1;
        self.queues.push((self.opened, Queue(frames.clone())));
        (self.opened, Outgoing(frames))
    }

    pub(super) fn close(&mut self, link: u64) {
        self.queues.retain(|(number, _)| *number != link);
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
        self.queues.retain(|(number, queue)| *number != link || queue.push(frame));
    }

    /// Queues a frame on all links but the one that it came from. A neighbour that does not read loses its link.
    pub(super) fn send(&mut self, frame: &Arc<[u8]>, came_from: Option<u64>) {
        self.queues.retain(|(number, queue)| Some(*number) == came_from || queue.push(frame));
    }
}

impl Queue {
    /// Whether there is space left and the neighbour is connected.
    fn push(&self, frame: &Arc<[u8]>) -> bool {
        let mut waiting = self.0.waiting();
        if waiting.bytes + frame.len() > MOST_QUEUED {
            waiting.is_full = true;
        } else {
            waiting.bytes += frame.len();
            waiting.frames.push_back(frame.clone());
        }
        waiting.wake();
        !waiting.is_full && !waiting.is_closed
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        waiting.is_closed = true;
        waiting.wake();
    }
}

impl Outgoing {
    /// The next frame; `None` when the link is to be closed.
    pub(super) async fn next(&self) -> Option<Arc<[u8]>> {
        poll_fn(|cx| self.0.waiting().poll_next(cx)).await
    }

    /// Resolves when the queue is full: the neighbour does not read. Awaited by the task that takes the frames.
    pub(super) async fn until_full(&self) {
        poll_fn(|cx| self.0.waiting().poll_full(cx)).await;
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.0.waiting().is_closed = true;
    }
}

impl Frames {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// The next one; `None` when there will be none.
    fn poll_next(&mut self, cx: &Context<'_>) -> Poll<Option<Arc<[u8]>>> {
        match self.frames.pop_front() {
            Some(frame) => {
                self.bytes -= frame.len();
                Poll::Ready(Some(frame))
            }
            None if self.is_closed => Poll::Ready(None),
            None => self.sent_by(cx.waker()),
        }
    }

    fn poll_full(&mut self, cx: &Context<'_>) -> Poll<()> {
        if self.is_full { Poll::Ready(()) } else { self.sent_by(cx.waker()) }
    }

    fn sent_by<T>(&mut self, sender: &Waker) -> Poll<T> {
        match &mut self.sender {
            Some(known) => known.clone_from(sender),
            None => self.sender = Some(sender.clone()),
        }
        Poll::Pending
    }

    fn wake(&self) {
        self.sender.iter().for_each(Waker::wake_by_ref);
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
        let (_, outgoing) = gossip.open();
        let frame: Arc<[u8]> = vec![0; MOST_QUEUED / 2].into();
        (0..3).for_each(|_| gossip.send(&frame, None));
        assert!(gossip.queues.is_empty());
        assert!(outgoing.next().await.is_some() && outgoing.next().await.is_some());
        assert!(outgoing.next().await.is_none(), "the queue goes on after it was full");
    }
}
