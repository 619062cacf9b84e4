//! The ports of a node beside that of its address.

pub(crate) const RPC: &str = "rpc";
pub(crate) const METRICS: &str = "metrics";
