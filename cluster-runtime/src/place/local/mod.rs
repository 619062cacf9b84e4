//! Where nodes run: the local machine. Whoever describes a program sees of it only what this module shows: a directory with
//! files and named pipes, and programs that are spawned, signalled and watched.
//!
//! All plumbing is done on a thread of its own, so that a test that blocks its runtime blocks no program, and a runtime that
//! ends leaves nothing behind.

mod address;
#[cfg(feature = "process")]
mod attend;
#[cfg(feature = "process")]
mod background;
#[cfg(feature = "process")]
mod directory;
mod exit;
mod host;
mod launch;
#[cfg(feature = "process")]
mod lines;
#[cfg(feature = "process")]
mod log_file;
#[cfg(feature = "process")]
mod pipe;
#[cfg(feature = "process")]
mod root;
#[cfg(feature = "process")]
mod running;
mod signal;
#[cfg(feature = "process")]
mod sweep;
#[cfg(feature = "process")]
mod watchdog;
#[cfg(feature = "process")]
mod worker;

#[cfg(feature = "process")]
pub use exit::Exit;
#[cfg(feature = "process")]
pub use signal::Signal;

pub(crate) use address::{Reservation, listen, raise_descriptor_limit};
#[cfg(feature = "process")]
pub(crate) use directory::Directory;
pub(crate) use host::Hosts;
#[cfg(feature = "process")]
pub(crate) use launch::{Launch, capture, check, spawn};
#[cfg(feature = "process")]
pub(crate) use lines::{Lines, RawLine};
#[cfg(feature = "process")]
pub(crate) use pipe::NamedPipe;
#[cfg(feature = "process")]
pub(crate) use running::{Group, Running};

#[cfg(feature = "process")]
/// Where something that a program wrote comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
    /// A named pipe.
    Pipe,
}

#[cfg(feature = "process")]
/// Takes what a program writes, as it comes.
pub(crate) trait Sink: Send + 'static {
    /// Some bytes: not whole lines.
    fn take(&mut self, stream: Stream, bytes: &[u8]);

    /// The program has ended: nothing more comes.
    fn finish(&mut self);
}
