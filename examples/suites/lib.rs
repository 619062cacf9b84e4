//! The networks of a test suite: each tool that its tests use has a file in `tests`, or in `benches`.

use cluster_runtime::cluster;
use cluster_runtime::shared::Shared;

cluster! {
    /// A hub with five leaves.
    pub struct Star;
    /// The hub.
    hub;
    /// The leaves.
    leaves[5]: star(hub);
}

/// The network that all tests of a binary share. Under `cargo nextest`, which runs each test in a process of its own, each test
/// has one for itself.
pub static STAR: Shared<Star> = Shared::new(|| Star::create().start().wait_connections(true))
    .reset(|net| Box::pin(async move { net.restart(&net.leaves).wait_connections(true).await }));
