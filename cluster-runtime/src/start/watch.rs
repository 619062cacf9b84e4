//! Tells of a start whose thread is blocked.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::options::Options;
use super::report;
use crate::clock::{Deadline, pause};
use crate::driver::Driver;
use crate::handle::AnyNode;

/// How long after its deadline a start that could act on it has ended.
const GRACE: Duration = Duration::from_secs(1);

/// Prints what a start waits for, from another thread, when its deadline has passed and it has not ended: a node that shares the
/// test's thread blocks it, or the test itself does. Nothing is printed once this is dropped.
pub(super) struct Watch {
    /// Let go of with this, and not when the driver comes to it.
    nodes: Arc<Mutex<Vec<AnyNode>>>,
    _until_dropped: oneshot::Sender<()>,
}

impl Watch {
    pub(super) fn new(driver: &Driver, nodes: &[AnyNode], options: &Options, deadline: Deadline) -> Self {
        let (until_dropped, dropped) = oneshot::channel::<()>();
        let nodes = Arc::new(Mutex::new(nodes.to_vec()));
        let (watched, wait_connections) = (nodes.clone(), options.wait_connections);
        driver.spawn(async move {
            tokio::select! {
                _ = dropped => {}
                () = pause(deadline.left() + GRACE) => {
                    let nodes = take(&watched);
                    if !nodes.is_empty() {
                        let report = report::timeout(&nodes, deadline.total(), wait_connections);
                        eprintln!("the thread of the test is blocked, and cannot end its start: {report:?}");
                    }
                }
            }
        });
        Self { nodes, _until_dropped: until_dropped }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        take(&self.nodes);
    }
}

fn take(nodes: &Mutex<Vec<AnyNode>>) -> Vec<AnyNode> {
    std::mem::take(&mut *nodes.lock().unwrap_or_else(PoisonError::into_inner))
}
