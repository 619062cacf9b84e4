use std::net::SocketAddr;
use std::time::Duration;

use cluster_runtime::event::Event;
use cluster_runtime::wait::Wait;
use cluster_runtime::{AnyNode, Node, Result};

use crate::chain::Chain;
use crate::octez_node::OctezNode;
use crate::ports::{METRICS, RPC};

/// The methods of the nodes of this crate, in addition to those of every [`Node`].
///
/// # Examples
/// ```
/// use cluster_octez::{Mavkit, OctezExt};
/// use cluster_runtime::Node;
///
/// let node = Node::new(&Mavkit::new(), "node");
/// assert_ne!(node.rpc_addr(), node.metrics_addr());
/// ```
pub trait OctezExt {
    /// Where it answers RPCs.
    fn rpc_addr(&self) -> SocketAddr;

    /// Where it serves its metrics.
    fn metrics_addr(&self) -> SocketAddr;

    /// Waits until the node's head has this level or a higher one, and returns its level. Past blocks count.
    ///
    /// # Errors
    /// When it has not come within 30 s (or [`timeout`](Wait::timeout)), and when the node ends first.
    fn wait_for_level(&self, level: u64) -> Wait<'static, u64>;
}

impl<C: Chain> OctezExt for Node<OctezNode<C>> {
    fn rpc_addr(&self) -> SocketAddr {
        port_addr(self, RPC)
    }

    fn metrics_addr(&self) -> SocketAddr {
        port_addr(self, METRICS)
    }

    fn wait_for_level(&self, level: u64) -> Wait<'static, u64> {
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

fn port_addr(node: &AnyNode, port: &str) -> SocketAddr {
    // Without an address, which refuses the start, it has no ports either.
    node.addr_of(port).unwrap_or_else(|| (node.addr().ip(), 0).into())
}

/// A block of this level, as reported by one of these events.
struct Wanted {
    names: &'static [&'static str],
    level: u64,
}

impl Wanted {
    async fn search(&self, node: &AnyNode) -> Result<u64> {
        let mut events = node.events();
        // The whole wait has a deadline, and the next event none of its own.
        while let Some(event) = events.next().timeout(Duration::MAX).await? {
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
