//! The start of a cluster, its options, and what was started.

mod bring_up;
mod cluster;
mod observe;
mod options;
mod preflight;
mod report;

pub use cluster::Cluster;
pub use observe::Observe;
pub use options::{Start, start};

use options::Options;
