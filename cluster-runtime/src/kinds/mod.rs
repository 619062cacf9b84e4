//! The kinds that come with the runtime, each in a room of its own.

mod loopback;
#[cfg(feature = "octez")]
mod octez;
#[cfg(feature = "process")]
mod process;
mod service;

pub use loopback::{Loopback, LoopbackProtocol};
#[cfg(feature = "octez")]
pub use octez::{Chain, HistoryMode, Mavkit, Mavryk, MediaType, Octez, OctezNode, Tezos};
#[cfg(feature = "process")]
pub use process::{Command, Process, ProcessContext, ProcessKind, ProcessProtocol, Ready, Response, Source};
pub use service::{Service, ServiceProtocol};
