//! The kinds that come with the runtime, each in a room of its own.

mod loopback;
mod service;

pub use loopback::{Loopback, LoopbackProtocol};
pub use service::{Service, ServiceProtocol};
