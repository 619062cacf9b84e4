//! The kinds that come with the runtime, each in a room of its own.

mod loopback;
#[cfg(feature = "process")]
pub mod process;
mod service;

pub use loopback::{Loopback, LoopbackProtocol};
pub use service::{Service, ServiceProtocol};
