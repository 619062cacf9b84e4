use super::{Chain, OctezNode};
use crate::error::Result;
use crate::event::Event;
use crate::handle::{AnyNode, Node};
use crate::wait::Wait;

impl<C: Chain> Node<OctezNode<C>> {
    /// Waits until the node's head has this level or a higher one, and gives its level. Past blocks count.
    ///
    /// # Errors
    /// When it has not come within 30 s (or [`timeout`](Wait::timeout)), and when the node ends first.
    pub fn wait_for_level(&self, level: u64) -> Wait<'static, u64> {
        // An external RPC server follows the node, and what it has seen is what a client sees.
        let names: &[&str] = match self.kind().rpc_external {
            true => &["store_synchronized_on_head"],
            false => &["head_increment", "branch_switch"],
        };
        let (node, wanted) = (self.any().clone(), Wanted { names, level });
        Wait::new(move |deadline| async move {
            match deadline.bound(wanted.search(&node)).await {
                Some(found) => found,
                None => Err(node.timed_out(wanted.waiting_for(), deadline)),
            }
        })
    }
}

/// A block of this level, as one of these events tells it.
struct Wanted {
    names: &'static [&'static str],
    level: u64,
}

impl Wanted {
    async fn search(&self, node: &AnyNode) -> Result<u64> {
        let mut events = node.events();
        while let Some(event) = events.next().await {
            if let Some(level) = self.level_of(&event) {
                return Ok(level);
            }
        }
        Err(node.ended_before(self.waiting_for()))
    }

    /// The level of a block that is high enough. Not all events of these names have one.
    fn level_of(&self, event: &Event) -> Option<u64> {
        let is_head = self.names.iter().any(|name| event.is_called(name));
        let level = event.value["level"].as_u64()?;
        (is_head && level >= self.level).then_some(level)
    }

    fn waiting_for(&self) -> String {
        format!("a block of level {} (event `{}`)", self.level, self.names.join("` or `"))
    }
}
