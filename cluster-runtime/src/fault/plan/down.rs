use std::sync::Mutex;

use tokio::sync::Notify;

use crate::lock::lock;

/// The nodes that are killed or paused, so that there are never too many, and no act takes down what is down already.
pub(super) struct Down {
    most: usize,
    nodes: Mutex<Vec<u64>>,
    changed: Notify,
}

/// Nodes that an act has taken down, until this is dropped.
pub(super) struct Taken<'a> {
    down: &'a Down,
    nodes: Vec<u64>,
}

impl Down {
    pub(super) fn new(most: usize) -> Self {
        Self { most, nodes: Mutex::default(), changed: Notify::new() }
    }

    /// Resolves when these nodes are up, and may be taken down.
    pub(super) async fn take(&self, nodes: Vec<u64>) -> Taken<'_> {
        loop {
            let changed = self.changed.notified();
            if self.try_take(&nodes) {
                return Taken { down: self, nodes };
            }
            changed.await;
        }
    }

    fn try_take(&self, nodes: &[u64]) -> bool {
        let mut down = lock(&self.nodes);
        let may = down.len() + nodes.len() <= self.most && !nodes.iter().any(|node| down.contains(node));
        if may {
            down.extend(nodes);
        }
        may
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        lock(&self.down.nodes).retain(|node| !self.nodes.contains(node));
        self.down.changed.notify_waiters();
    }
}
