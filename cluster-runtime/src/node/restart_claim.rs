use std::sync::Arc;

use super::state::State;

/// The right to restart a node, which one caller has at a time.
pub(crate) struct RestartClaim(Arc<State>);

impl RestartClaim {
    /// `None` while somebody else has it.
    pub(crate) fn new(node: &Arc<State>) -> Option<Self> {
        node.claim_restart().then(|| Self(node.clone()))
    }
}

impl Drop for RestartClaim {
    fn drop(&mut self) {
        self.0.release_restart();
    }
}
