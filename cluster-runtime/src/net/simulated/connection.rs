use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use tokio::io::ReadBuf;

use crate::clock;
use crate::lock::lock;
use crate::net::bites::Bites;
use crate::net::path::{Block, Path, Traffic};
use crate::net::paths::Paths;
use crate::net::queue::{Item, Queue};
use crate::simulation::Schedule;

/// A simulated connection: what is on its way in both directions. It is there as long as one of its ends.
#[derive(Debug)]
pub(crate) struct Connection {
    schedule: Arc<Schedule>,
    /// Of the end that has dialled, and of the other.
    addrs: [SocketAddr; 2],
    /// The paths that it follows, as the end sees them that has dialled.
    rules: OnceLock<(Paths, Traffic)>,
    is_reset: AtomicBool,
    /// Whether the node of each end has ended: what is left of it there does nothing any more.
    are_dead: [AtomicBool; 2],
    /// What each end has written.
    directions: [Mutex<Direction>; 2],
}

#[derive(Debug, Default)]
struct Direction {
    queue: Queue,
    /// The writing end has said that nothing follows.
    is_ended: bool,
    /// The reading end is gone.
    is_unread: bool,
    /// Who has looked last, and found nothing.
    reader: Option<Waker>,
    /// Whether the reader waits for something to be written.
    is_awaited: bool,
    /// When the reader is woken, if that is arranged.
    arranged: Option<Instant>,
    writer: Option<Waker>,
}

/// One end of a simulated connection. What it has written arrives after it is dropped too, as the kernel sends it.
#[derive(Debug)]
pub(crate) struct End {
    connection: Arc<Connection>,
    own: usize,
    resets: AtomicBool,
}

impl Connection {
    /// Opens one between these addresses: the end that has dialled, and the other.
    pub(super) fn open(schedule: Arc<Schedule>, addrs: [SocketAddr; 2]) -> [End; 2] {
        let (rules, is_reset, directions) = (OnceLock::new(), AtomicBool::new(false), Default::default());
        let connection = Arc::new(Self { schedule, addrs, rules, is_reset, are_dead: Default::default(), directions });
        [0, 1].map(|own| End { connection: connection.clone(), own, resets: AtomicBool::new(false) })
    }

    /// What crosses it crosses these paths.
    pub(crate) fn follow(&self, paths: Paths, traffic: Traffic) {
        // A connection is dialled once.
        let _ = self.rules.set((paths, traffic));
    }

    /// Where it comes from.
    pub(crate) fn source(&self) -> SocketAddr {
        self.addrs[0]
    }

    /// The rules of its paths have changed.
    pub(crate) fn rules_changed(&self) {
        let Some((paths, traffic)) = self.rules.get() else { return };
        if let Some(Block::Refuse | Block::Reset) = paths.block()
            && !self.is_reset.swap(true, Ordering::SeqCst)
            && *traffic == Traffic::OfNodes
        {
            paths.count(Bites::connection);
        }
        for direction in &self.directions {
            let mut direction = lock(direction);
            let is_awaited = std::mem::take(&mut direction.is_awaited);
            let wakers = [direction.reader.clone().filter(|_| is_awaited), direction.writer.take()];
            drop(direction);
            wakers.into_iter().flatten().for_each(Waker::wake);
        }
    }

    /// The node of this end has ended, and its sockets with it, whoever holds them.
    pub(super) fn die(&self, own: usize) {
        self.are_dead[own].store(true, Ordering::SeqCst);
        self.close(own, false);
    }

    fn is_dead(&self, own: usize) -> bool {
        self.are_dead[own].load(Ordering::SeqCst)
    }

    /// This end is gone: the other one learns of it, and what it has not read is lost.
    fn close(&self, own: usize, resets: bool) {
        let is_reset = resets || self.has_unread(own);
        self.last(own, if is_reset { Item::Failed(io::ErrorKind::ConnectionReset) } else { Item::End });
        let mut incoming = lock(&self.directions[1 - own]);
        incoming.is_unread = true;
        let (unread, writer) = (std::mem::take(&mut incoming.queue), incoming.writer.take());
        drop(incoming);
        drop(unread);
        writer.into_iter().for_each(Waker::wake);
    }

    /// The last that this end sends.
    fn last(&self, own: usize, item: Item) {
        let mut direction = lock(&self.directions[own]);
        if !std::mem::replace(&mut direction.is_ended, true) {
            self.send(own, &mut direction, item);
        }
    }

    /// Whether something has arrived that this end has not read.
    fn has_unread(&self, own: usize) -> bool {
        let front = lock(&self.directions[1 - own]).queue.front();
        front.is_some_and(|(due, item)| matches!(item, Item::Bytes(_)) && due <= clock::instant())
    }

    /// The path of what this end writes.
    fn path_from(&self, own: usize) -> Option<&Path> {
        let (paths, _) = self.rules.get()?;
        Some(if own == 0 { paths.out() } else { paths.back() })
    }

    /// Counts bytes that this end writes, or its end, and returns when they arrive.
    fn enter(&self, own: usize, bytes: usize) -> Instant {
        match (self.path_from(own), self.rules.get()) {
            (Some(path), Some((_, traffic))) => path.enter(bytes, *traffic),
            _ => clock::instant(),
        }
    }

    fn is_blocked(&self, own: usize) -> bool {
        self.path_from(own).is_some_and(|path| path.block().is_some())
    }

    fn check_reset(&self) -> io::Result<()> {
        match self.is_reset.load(Ordering::SeqCst) {
            true => Err(io::ErrorKind::ConnectionReset.into()),
            false => Ok(()),
        }
    }

    /// Sends what this end writes. The other looks at it when it arrives.
    fn send(&self, own: usize, direction: &mut Direction, item: Item) {
        let due = self.enter(own, item.length());
        let is_first = direction.queue.is_empty();
        direction.queue.push(due, item);
        if is_first && std::mem::take(&mut direction.is_awaited) {
            direction.arrange(&self.schedule, due);
        }
    }

    /// Whether the other end has been seen to be gone.
    fn has_lost(&self, own: usize) -> bool {
        let front = lock(&self.directions[1 - own]).queue.front();
        let Some((due, item)) = front else { return false };
        let is_last = !matches!(item, Item::Bytes(_));
        is_last && due <= clock::instant() && !self.is_blocked(1 - own)
    }
}

impl Direction {
    /// This one waits for what is written.
    fn await_by(&mut self, reader: &Waker) {
        self.is_awaited = true;
        if !self.reader.as_ref().is_some_and(|known| known.will_wake(reader)) {
            self.reader = Some(reader.clone());
            self.arranged = None;
        }
    }

    /// Wakes the reader when what is first arrives, unless that is arranged.
    fn arrange(&mut self, schedule: &Schedule, due: Instant) {
        if self.arranged != Some(due)
            && let Some(reader) = &self.reader
        {
            schedule.wake_at(due, reader.clone());
            self.arranged = Some(due);
        }
    }
}

impl End {
    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.connection.addrs[self.own]
    }

    pub(crate) fn peer_addr(&self) -> SocketAddr {
        self.connection.addrs[1 - self.own]
    }

    /// Dropping it resets the connection.
    pub(crate) fn set_zero_linger(&self) {
        self.resets.store(true, Ordering::SeqCst);
    }

    pub(crate) fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (connection, other) = (&self.connection, 1 - self.own);
        if connection.is_dead(self.own) {
            return Poll::Pending;
        }
        connection.check_reset()?;
        let mut direction = lock(&connection.directions[other]);
        let mut arrives = None;
        if let Some((due, item)) = direction.queue.front()
            && !connection.is_blocked(other)
        {
            if due > clock::instant() {
                arrives = Some(due);
            } else {
                return Poll::Ready(match item {
                    Item::Bytes(_) => {
                        direction.queue.read(buffer);
                        // It was woken for these.
                        direction.arranged = None;
                        let writer = direction.writer.take();
                        drop(direction);
                        writer.into_iter().for_each(Waker::wake);
                        Ok(())
                    }
                    // They stay: each further read finds them again.
                    Item::End => Ok(()),
                    Item::Failed(kind) => Err(kind.into()),
                });
            }
        }
        direction.await_by(cx.waker());
        if let Some(due) = arrives {
            direction.arrange(&connection.schedule, due);
        }
        Poll::Pending
    }

    pub(crate) fn poll_write(&self, cx: &mut Context<'_>, pieces: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let connection = &self.connection;
        if connection.is_dead(self.own) {
            return Poll::Pending;
        }
        connection.check_reset()?;
        let mut direction = lock(&connection.directions[self.own]);
        let length = pieces.iter().map(|piece| piece.len()).sum::<usize>();
        if direction.is_ended {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if direction.is_unread {
            drop(direction);
            if connection.has_lost(self.own) {
                return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
            }
            // It is sent, and nobody takes it.
            connection.enter(self.own, length);
            return Poll::Ready(Ok(length));
        }
        let count = length.min(direction.queue.room());
        if count == 0 && length > 0 {
            direction.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        if count > 0 {
            let mut left = count;
            for piece in pieces {
                let (bytes, _) = piece.split_at(piece.len().min(left));
                direction.queue.write(bytes);
                left -= bytes.len();
            }
            connection.send(self.own, &mut direction, Item::Bytes(count));
        }
        Poll::Ready(Ok(count))
    }

    /// Nothing follows: the other end reads the end of the stream.
    pub(crate) fn end(&self) {
        self.connection.last(self.own, Item::End);
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.connection.close(self.own, self.resets.load(Ordering::SeqCst));
    }
}
