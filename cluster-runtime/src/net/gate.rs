//! What is between a stream and its socket: it holds bytes, delays them, or ends the stream, as the rules of the paths say.
//!
//! It is at the end that has dialled, and controls both directions: what this end writes, and what it reads.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker, ready};

use tokio::io::ReadBuf;
use tokio::net::TcpStream;

use super::bites::Bites;
use super::path::{Passing, Path, Traffic};
use super::paths::Paths;
use super::queue::{Item, Queue};
use crate::clock;
use crate::lock::lock;

/// The most bytes that arrive at one moment.
const SEGMENT: usize = 4096;

#[derive(Debug)]
pub(super) struct Gate {
    paths: Paths,
    traffic: Traffic,
    is_reset: AtomicBool,
    reader: Mutex<Option<Waker>>,
    writer: Mutex<Option<Waker>>,
    out: Mutex<Out>,
    back: Mutex<Back>,
    /// Whether something is in the queue of `out`, or of `back`.
    holds_out: AtomicBool,
    holds_back: AtomicBool,
}

#[derive(Debug, Default)]
struct Out {
    queue: Queue,
    is_pumped: bool,
    error: Option<io::ErrorKind>,
}

#[derive(Default)]
struct Back {
    queue: Queue,
    timer: Option<Timer>,
    has_ended: bool,
}

type Timer = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What was done with bytes that are written.
pub(super) enum Written {
    /// So many were sent, or are on their way.
    Bytes(usize),
    /// The same, and the queue needs somebody who empties it.
    ToPump(usize),
}

/// What the pump of a stream is to do next.
pub(super) enum Next {
    Wait(Timer),
    Hold,
    Done,
    Again,
    UntilWritable,
}

impl Gate {
    pub(super) fn new(paths: Paths, traffic: Traffic) -> Self {
        Self {
            paths,
            traffic,
            is_reset: AtomicBool::new(false),
            reader: Mutex::default(),
            writer: Mutex::default(),
            out: Mutex::default(),
            back: Mutex::default(),
            holds_out: AtomicBool::new(false),
            holds_back: AtomicBool::new(false),
        }
    }

    pub(super) fn paths(&self) -> &Paths {
        &self.paths
    }

    /// The rules have changed: who waits looks at them again.
    pub(super) fn wake(&self) {
        wake(&self.reader);
        wake(&self.writer);
    }

    /// Makes all reads and writes fail, unless they do.
    pub(super) fn reset(&self) -> bool {
        let is_first = !self.is_reset.swap(true, Ordering::SeqCst);
        if is_first && self.traffic == Traffic::OfNodes {
            self.paths.count(Bites::connection);
        }
        self.wake();
        is_first
    }

    /// Resolves when the other side may see that this end is closed; `None` if it may at once.
    pub(super) fn closing(&self) -> Option<impl Future<Output = ()> + Send + use<>> {
        let path = self.paths.out();
        if self.is_reset.load(Ordering::SeqCst) || path.pass().is_some() {
            return None;
        }
        let (due, paths) = (path.enter(0, self.traffic), self.paths.clone());
        Some(async move {
            clock::pause(due.saturating_duration_since(clock::instant())).await;
            paths.out().until_unblocked().await;
        })
    }

    pub(super) fn poll_read(
        &self,
        tcp: &TcpStream,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(_passing) = self.pass(self.paths.back(), &self.holds_back) {
            let read = poll_read(tcp, cx, buffer);
            if read.is_ready() {
                return read;
            }
            register(&self.reader, cx);
        }
        // Rules that came after the look at them, and before the waker was there, have woken nobody.
        match self.is_free(self.paths.back(), &self.holds_back) {
            true => Poll::Pending,
            false => self.poll_read_controlled(tcp, cx, buffer),
        }
    }

    fn poll_read_controlled(
        &self,
        tcp: &TcpStream,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        register(&self.reader, cx);
        let mut back = lock(&self.back);
        self.pull(&mut back, tcp, cx);
        self.holds_back.store(!back.queue.is_empty(), Ordering::SeqCst);
        self.check_reset()?;
        if self.paths.back().block().is_some() {
            return Poll::Pending;
        }
        ready!(back.poll_due(cx));
        let Some((_, item)) = back.queue.front() else { return Poll::Pending };
        match item {
            Item::Bytes(_) => {
                back.queue.read(buffer);
                self.holds_back.store(!back.queue.is_empty(), Ordering::SeqCst);
                Poll::Ready(Ok(()))
            }
            // They stay: each further read finds them again.
            Item::End => Poll::Ready(Ok(())),
            Item::Failed(kind) => Poll::Ready(Err(kind.into())),
        }
    }

    /// Takes from the socket what has arrived there.
    fn pull(&self, back: &mut Back, tcp: &TcpStream, cx: &mut Context<'_>) {
        while !back.has_ended && back.queue.room() > 0 {
            let mut space = [0; SEGMENT];
            let mut segment = ReadBuf::new(&mut space);
            let item = match poll_read(tcp, cx, &mut segment) {
                Poll::Pending => return,
                Poll::Ready(Ok(())) if segment.filled().is_empty() => Item::End,
                Poll::Ready(Ok(())) => Item::Bytes(segment.filled().len()),
                Poll::Ready(Err(error)) => Item::Failed(error.kind()),
            };
            back.has_ended = !matches!(item, Item::Bytes(_));
            let due = self.paths.back().enter(segment.filled().len(), self.traffic);
            back.queue.write(segment.filled());
            back.queue.push(due, item);
        }
    }

    /// Writes bytes, by `write` where nothing holds or delays them.
    pub(super) fn poll_write(
        &self,
        bytes: &[u8],
        cx: &mut Context<'_>,
        write: impl FnOnce(&mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<Written>> {
        if let Some(_passing) = self.pass(self.paths.out(), &self.holds_out) {
            if let Poll::Ready(written) = write(cx) {
                return Poll::Ready(written.map(Written::Bytes));
            }
            register(&self.writer, cx);
        }
        match self.is_free(self.paths.out(), &self.holds_out) {
            true => Poll::Pending,
            false => self.poll_write_controlled(bytes, cx),
        }
    }

    fn poll_write_controlled(&self, bytes: &[u8], cx: &mut Context<'_>) -> Poll<io::Result<Written>> {
        register(&self.writer, cx);
        let mut out = lock(&self.out);
        self.check_reset()?;
        if let Some(error) = out.error {
            return Poll::Ready(Err(error.into()));
        }
        let count = bytes.len().min(out.queue.room()).min(SEGMENT);
        if count == 0 && !bytes.is_empty() {
            return Poll::Pending;
        }
        out.queue.write(&bytes[..count]);
        Poll::Ready(Ok(match self.send(&mut out, Item::Bytes(count)) {
            true => Written::ToPump(count),
            false => Written::Bytes(count),
        }))
    }

    /// Ends what this end writes. Whether the queue needs somebody who empties it; `None` where nothing holds or delays the end.
    pub(super) fn end(&self) -> Option<bool> {
        let is_free = self.pass(self.paths.out(), &self.holds_out).is_some();
        (!is_free).then(|| self.send(&mut lock(&self.out), Item::End))
    }

    fn send(&self, out: &mut Out, item: Item) -> bool {
        let due = self.paths.out().enter(item.length(), self.traffic);
        out.queue.push(due, item);
        self.holds_out.store(true, Ordering::SeqCst);
        !std::mem::replace(&mut out.is_pumped, true)
    }

    /// Sends what is due of what this end has written.
    pub(super) fn pump(&self, tcp: &TcpStream, end: impl FnOnce() -> io::Result<()>) -> Next {
        let mut out = lock(&self.out);
        if self.check_reset().is_err() {
            return Next::Done;
        }
        let Some(_passing) = self.paths.out().pass_unblocked() else { return Next::Hold };
        let Some((due, item)) = out.queue.front() else {
            out.is_pumped = false;
            self.holds_out.store(false, Ordering::SeqCst);
            return Next::Done;
        };
        let wait = due.saturating_duration_since(clock::instant());
        if !wait.is_zero() {
            return Next::Wait(Box::pin(clock::pause(wait)));
        }
        let sent = match item {
            Item::Bytes(_) => tcp.try_write(out.queue.bytes()),
            Item::End | Item::Failed(_) => end().map(|()| 0),
        };
        match sent {
            Ok(count) => out.queue.took(count),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Next::UntilWritable,
            Err(error) => {
                out.error = Some(error.kind());
                drop(out);
                wake(&self.writer);
                return Next::Done;
            }
        }
        drop(out);
        wake(&self.writer);
        Next::Again
    }

    fn pass<'a>(&self, path: &'a Path, holds: &AtomicBool) -> Option<Passing<'a>> {
        path.pass().filter(|_| !holds.load(Ordering::SeqCst) && !self.is_reset.load(Ordering::SeqCst))
    }

    fn is_free(&self, path: &Path, holds: &AtomicBool) -> bool {
        self.pass(path, holds).is_some()
    }

    fn check_reset(&self) -> io::Result<()> {
        match self.is_reset.load(Ordering::SeqCst) {
            true => Err(io::ErrorKind::ConnectionReset.into()),
            false => Ok(()),
        }
    }
}

impl Back {
    /// Resolves when its front is due; at once when it is empty.
    fn poll_due(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let wait = self
                .queue
                .front()
                .map_or_else(Default::default, |(due, _)| due.saturating_duration_since(clock::instant()));
            if wait.is_zero() {
                self.timer = None;
                return Poll::Ready(());
            }
            let timer = self.timer.get_or_insert_with(|| Box::pin(clock::pause(wait)));
            ready!(timer.as_mut().poll(cx));
            self.timer = None;
        }
    }
}

impl std::fmt::Debug for Back {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.queue.fmt(f)
    }
}

/// Reads from a socket, as tokio's own `poll_read` does for an exclusive reference.
pub(super) fn poll_read(tcp: &TcpStream, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
    loop {
        ready!(tcp.poll_read_ready(cx))?;
        match tcp.try_read_buf(buffer) {
            Ok(_) => return Poll::Ready(Ok(())),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Poll::Ready(Err(error)),
        }
    }
}

/// Writes to a socket by `try_write`, as soon as there is room.
pub(super) fn poll_write(
    tcp: &TcpStream,
    cx: &mut Context<'_>,
    try_write: impl Fn() -> io::Result<usize>,
) -> Poll<io::Result<usize>> {
    loop {
        ready!(tcp.poll_write_ready(cx))?;
        match try_write() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            written => return Poll::Ready(written),
        }
    }
}

fn register(slot: &Mutex<Option<Waker>>, cx: &Context<'_>) {
    let mut slot = lock(slot);
    if !slot.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
        *slot = Some(cx.waker().clone());
    }
}

fn wake(slot: &Mutex<Option<Waker>>) {
    if let Some(waker) = lock(slot).take() {
        waker.wake();
    }
}
