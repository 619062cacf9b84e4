//! Where nodes run: the local machine. Whoever describes a program sees of it only what this module shows: a directory with
//! files and named pipes, and programs that are spawned, signalled and watched.
//!
//! All plumbing is done on a thread of its own, so that a test that blocks its runtime blocks no program, and a runtime that
//! ends leaves nothing behind.

mod attend;
mod background;
mod directory;
mod exit;
mod launch;
mod lines;
mod log_file;
mod pipe;
mod root;
mod running;
mod signal;
mod spare;
mod sweep;
mod watchdog;

pub use exit::Exit;
pub use signal::Signal;

pub(crate) use directory::Directory;
pub(crate) use launch::{Launch, capture, check, spawn};
pub(crate) use lines::{Lines, RawLine};
pub(crate) use pipe::NamedPipe;
pub(crate) use running::{Group, Running};

/// Where something that a program wrote comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
    /// A named pipe.
    Pipe,
}

/// Takes what a program writes, as it comes.
pub(crate) trait Sink: Send + 'static {
    /// Some bytes: not whole lines.
    fn take(&mut self, stream: Stream, bytes: &[u8]);

    /// The program has ended: nothing more comes.
    fn finish(&mut self);
}
