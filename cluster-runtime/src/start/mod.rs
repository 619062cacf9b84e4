//! The start of a cluster, its options, and what was started.

mod cluster;
mod observed;
mod options;
mod phases;
mod preflight;
mod report;

pub use cluster::Cluster;
pub use options::{Start, start};

pub(crate) use observed::declared;
