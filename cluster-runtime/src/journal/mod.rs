//! All that happened to a cluster, in one order, in bounded memory; and a node's view of it.

mod compact;
mod echo;
mod entries;
mod entry;
mod frame;
mod log;
mod node_log;
mod tail;

pub use entries::Mark;

pub(crate) use compact::Compact;
pub(crate) use entries::Journal;
pub(crate) use entry::{Entry, Report};
pub(crate) use frame::is_frame;
pub(crate) use log::Log;
pub(crate) use node_log::Found;
pub(crate) use tail::shortened;
