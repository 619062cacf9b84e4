//! The start of a cluster, its options, and what was started.

mod builder;
mod cluster;
mod observed;
mod options;
mod phases;
mod preflight;
mod report;

pub use builder::{Start, start};
pub use cluster::Cluster;

pub(crate) use observed::declared;
