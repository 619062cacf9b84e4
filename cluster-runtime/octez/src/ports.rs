//! The ports of a node in addition to that of its address.

pub(crate) const RPC: &str = "rpc";
pub(crate) const METRICS: &str = "metrics";
