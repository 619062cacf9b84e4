//! The start of a cluster, its options, and what was started.

mod bring_up;
mod cluster;
mod observed;
mod options;
mod preflight;
mod report;
mod seed;

pub use cluster::Cluster;
pub use observed::Observe;
pub use options::{Start, start};

pub(crate) use observed::declared;
pub(crate) use seed::again;

use options::Options;
