//! Where nodes run.

mod local;

#[cfg(feature = "process")]
pub(crate) use local::{Directory, Group, Launch, Lines, NamedPipe, RawLine, Running, Sink, Stream, capture, spawn};
pub use local::{Exit, Signal};
pub(crate) use local::{Hosts, Reservation, check, listen, raise_descriptor_limit};
