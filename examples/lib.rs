//! Descriptions of real programs, for the examples beside this file and for tests.

mod nats;
mod yggdrasil;

pub use nats::{NatsProtocol, nats};
pub use yggdrasil::{YggdrasilProtocol, yggdrasil};
