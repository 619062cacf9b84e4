//! All that happened to a cluster, in one order, in bounded memory; and a node's view of it.

mod echo;
mod entries;
mod log;
mod tail;

pub use entries::Mark;

pub(crate) use entries::{Journal, Report};
pub(crate) use log::{Found, Log};
pub(crate) use tail::shortened;
