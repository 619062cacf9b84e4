//! The supervision of a program while it runs, and the clean-up after it.

use std::cell::RefCell;
use std::fs::File;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::process::Child;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::unix::pipe;
use tokio::sync::oneshot;

use super::directory::Directory;
use super::group::Group;
use super::log_file::LogFile;
use super::sweep;
use super::watchdog::watchdog;
use crate::place::{Exit, Outlet, Sink, Watched};

/// How much is read at a time.
const CHUNK: usize = 64 << 10;
/// How much is read after a program's end: descendants may continue to write.
const MOST_AFTER_THE_END: usize = 4 << 20;

/// An output of a program.
pub(super) struct Source {
    outlet: Outlet,
    reader: pipe::Receiver,
    /// What keeps a named pipe open.
    _writer: Option<File>,
}

impl Source {
    pub(super) fn new(outlet: Outlet, reader: pipe::Receiver, writer: Option<File>) -> Self {
        Self { outlet, reader, _writer: writer }
    }
}

pub(super) struct Attendance {
    pub(super) child: Child,
    pub(super) group: Arc<Group>,
    pub(super) sources: Vec<Source>,
    pub(super) sink: Box<dyn Sink>,
    pub(super) log: LogFile,
    pub(super) watched: Watched,
    pub(super) mark: String,
    /// It is kept until it has no writer.
    pub(super) _directory: Arc<Directory>,
}

impl Attendance {
    /// Reads what the program writes until it ends; then kills what is left of its group.
    pub(super) async fn attend(mut self) {
        let mut end = End::of(&self.child);
        poll_fn(|cx| self.poll(cx, &mut end)).await;
        self.read_the_rest();
        self.sink.finish();
        let exit = exit_of(&self.child);
        // A program that exits with success without being stopped has probably forked into the background.
        let left = match exit {
            Exit::Status(0) if !self.group.is_stopping() => sweep::find(&self.mark).await,
            _ => Vec::new(),
        };
        self.watched.ended(exit, left);
        self.group.end();
        // Without a watchdog there is nothing to report.
        let _ = watchdog().and_then(|watchdog| watchdog.gone(Pid::from_child(&self.child).as_raw_nonzero().get()));
        // It has ended, so this takes no time.
        let _ = self.child.wait();
        sweep::sweep(std::mem::take(&mut self.mark)).await;
        self.watched.gone();
    }

    /// Reads a piece from each source, and looks whether the program has ended.
    fn poll(&mut self, cx: &mut Context<'_>, end: &mut End) -> Poll<()> {
        if end.poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let mut has_read = false;
        with_buffer(|buffer| {
            let (sink, log) = (&mut *self.sink, &mut self.log);
            self.sources.retain_mut(|source| {
                let mut piece = ReadBuf::new(buffer);
                match Pin::new(&mut source.reader).poll_read(cx, &mut piece) {
                    Poll::Pending => true,
                    Poll::Ready(Ok(())) if !piece.filled().is_empty() => {
                        has_read = true;
                        pass_on(sink, log, source.outlet, piece.filled());
                        true
                    }
                    Poll::Ready(_) => false,
                }
            });
        });
        if has_read {
            // Other tasks run first.
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }

    /// Reads what is in the pipes.
    fn read_the_rest(&mut self) {
        with_buffer(|buffer| {
            for source in &mut self.sources {
                let mut total = 0;
                while total < MOST_AFTER_THE_END {
                    match source.reader.try_read(buffer) {
                        Ok(length) if length > 0 => {
                            total += length;
                            pass_on(&mut *self.sink, &mut self.log, source.outlet, &buffer[..length]);
                        }
                        _ => break,
                    }
                }
            }
        });
        self.sources.clear();
    }
}

fn pass_on(sink: &mut dyn Sink, log: &mut LogFile, outlet: Outlet, bytes: &[u8]) {
    if outlet != Outlet::Pipe {
        // A full disk must not keep the program from running.
        let _ = log.write(bytes);
    }
    sink.take(outlet, bytes);
}

fn with_buffer<T>(work: impl FnOnce(&mut [u8]) -> T) -> T {
    thread_local!(static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; CHUNK]));
    BUFFER.with_borrow_mut(|buffer| work(buffer))
}

/// How an ended program ended. Its process id is not reused until it is waited for.
fn exit_of(child: &Child) -> Exit {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let status = waitid(WaitId::Pid(Pid::from_child(child)), options).ok().flatten();
    let signal = status.as_ref().and_then(|status| status.terminating_signal());
    match signal {
        Some(signal) => Exit::Signal(signal),
        None => Exit::Status(status.and_then(|status| status.exit_status()).unwrap_or(-1)),
    }
}

/// The end of a program, as the system reports it.
enum End {
    #[cfg_attr(not(any(target_os = "linux", target_os = "android")), expect(dead_code, reason = "nobody makes one"))]
    Descriptor(AsyncFd<std::os::fd::OwnedFd>),
    Thread(oneshot::Receiver<()>),
}

impl End {
    fn of(child: &Child) -> Self {
        let leader = Pid::from_child(child);
        Self::descriptor(leader).unwrap_or_else(|_| Self::thread(leader))
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    #[allow(
        deprecated,
        reason = "the others are unsafe; this descriptor is nobody else's, and is closed with the registration"
    )]
    fn descriptor(leader: Pid) -> io::Result<Self> {
        let descriptor = rustix::process::pidfd_open(leader, rustix::process::PidfdFlags::empty())?;
        Ok(Self::Descriptor(AsyncFd::with_interest(descriptor, tokio::io::Interest::READABLE)?))
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn descriptor(_: Pid) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Where the system has no descriptors of processes.
    fn thread(leader: Pid) -> Self {
        let (ended, end) = oneshot::channel();
        std::thread::spawn(move || {
            let _ = waitid(WaitId::Pid(leader), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
            let _ = ended.send(());
        });
        Self::Thread(end)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            End::Descriptor(descriptor) => descriptor.poll_read_ready(cx).map(drop),
            End::Thread(end) => Pin::new(end).poll(cx).map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[tokio::test]
    async fn an_end_is_noticed_with_and_without_a_descriptor() {
        for end_of in [End::of, |child: &Child| End::thread(Pid::from_child(child))] {
            let mut child = Command::new("sh").args(["-c", "exit 3"]).spawn().expect("there is a shell");
            let mut end = end_of(&child);
            poll_fn(|cx| end.poll(cx)).await;
            assert_eq!(exit_of(&child), Exit::Status(3));
            child.wait().expect("its number was its own until now");
        }
    }
}
