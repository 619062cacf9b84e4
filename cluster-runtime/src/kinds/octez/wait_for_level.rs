use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use super::{Chain, OctezNode};
use crate::clock::{DEFAULT_TIMEOUT, Deadline};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::handle::{AnyNode, Node};

impl<C: Chain> Node<OctezNode<C>> {
    /// Waits until the node's head has this level or a higher one, and gives its level. Past blocks count.
    ///
    /// # Errors
    /// When it has not come within 30 s (or [`timeout`](WaitForLevel::timeout)), and when the node ends first.
    pub fn wait_for_level(&self, level: u64) -> WaitForLevel {
        // An external RPC server follows the node, and what it has seen is what a client sees.
        let events: &[&str] = match self.kind().rpc_external {
            true => &["store_synchronized_on_head"],
            false => &["head_increment", "branch_switch"],
        };
        WaitForLevel { node: self.any().clone(), events, level, timeout: DEFAULT_TIMEOUT }
    }
}

/// A wait for a level; see [`Node::wait_for_level`](Node#method.wait_for_level).
#[derive(Debug)]
#[must_use = "a wait does nothing unless it is awaited"]
pub struct WaitForLevel {
    node: AnyNode,
    events: &'static [&'static str],
    level: u64,
    timeout: Duration,
}

impl WaitForLevel {
    /// How long to wait at most; 30 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn waiting_for(&self) -> String {
        format!("a block of level {} (event `{}`)", self.level, self.events.join("` or `"))
    }

    /// The level of a block that is high enough. Not all events of these names have one.
    fn reached(&self, event: &Event) -> Option<u64> {
        let is_head = self.events.iter().any(|name| event.is_called(name));
        let level = event.value["level"].as_u64()?;
        (is_head && level >= self.level).then_some(level)
    }

    async fn search(&self) -> Result<u64> {
        let mut events = self.node.events();
        while let Some(event) = events.next().await {
            if let Some(level) = self.reached(&event) {
                return Ok(level);
            }
        }
        let state = self.node.state();
        Err(Error::Ended {
            node: state.name().clone(),
            waiting_for: self.waiting_for(),
            end: state.stage().to_string(),
            log: state.log_tail(),
        })
    }
}

impl IntoFuture for WaitForLevel {
    type Output = Result<u64>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<u64>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let deadline = Deadline::after(self.timeout);
            match deadline.bound(self.search()).await {
                Some(output) => output,
                None => Err(self.node.timeout(self.waiting_for(), deadline)),
            }
        })
    }
}
