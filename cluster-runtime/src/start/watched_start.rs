use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::report;
use crate::clock::Deadline;
use crate::error::Error;
use crate::handle::AnyNode;
use crate::node::Home;
use crate::verdict::{BegunWait, CallSite};

/// A start that has begun. If the test gives it up, what it was waiting for is noted while its nodes still run.
pub(super) struct WatchedStart<'a> {
    home: &'a Home,
    nodes: &'a [AnyNode],
    wait_connections: bool,
    deadline: Deadline,
    at: CallSite,
    /// `None` once it has ended.
    watched: Option<BegunWait>,
}

impl<'a> WatchedStart<'a> {
    pub(super) fn new(
        home: &'a Arc<Home>,
        nodes: &'a [AnyNode],
        wait_connections: bool,
        deadline: Deadline,
        at: CallSite,
    ) -> Self {
        let watched = home.watch(|| "the start".to_owned())(deadline);
        watched.iter().for_each(|watched| watched.awaited_at(at));
        Self { home, nodes, wait_connections, deadline, at, watched }
    }

    /// Does its work, and notes whether it is polled.
    pub(super) async fn attend<T>(&self, work: impl Future<Output = T>) -> T {
        match self.watched.as_ref().filter(|_| self.home.simulation().is_none()) {
            Some(watched) => watched.attend(work).await,
            None => work.await,
        }
    }

    pub(super) fn end(mut self, error: Option<&Error>) {
        if let Some(watched) = self.watched.take() {
            watched.end(error);
        }
    }
}

impl Drop for WatchedStart<'_> {
    fn drop(&mut self) {
        if self.watched.is_some() && !thread::panicking() {
            let after = self.deadline.total().saturating_sub(self.deadline.left());
            let after = Duration::from_millis(after.as_millis() as u64);
            let unfinished = report::timeout(self.nodes, after, self.wait_connections);
            self.home.verdict().note(&unfinished, self.at, self.home.journal());
        }
    }
}
