//! The network of a simulation: streams and datagrams in memory, which cross the same paths as those of the system.

mod backlog;
mod connection;
mod inbox;
mod listening;
mod mail;
mod network;
mod probe;

pub(crate) use connection::{Connection, End};
pub(crate) use inbox::Inbox;
pub(crate) use listening::Listening;
pub(crate) use network::Network;
pub(in crate::net) use probe::{delay, delays, is_blocked, shows};
