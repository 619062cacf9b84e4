use std::fmt;
use std::sync::Arc;

use super::any_node::AnyNode;
use super::watch::watch;
use crate::error::Result;
use crate::node::{Identity, Neighbour};
use crate::ordered::ordered;
use crate::wait::Wait;

/// A node to which a node is connected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Connection {
    /// Its name, if it is a node of the cluster or a declared peer.
    pub name: Option<Arc<str>>,
    /// Its identity, or its name as long as it has none.
    pub identity: Identity,
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name.as_deref().unwrap_or(self.identity.as_str()))
    }
}

impl From<Neighbour> for Connection {
    fn from(neighbour: Neighbour) -> Self {
        match neighbour {
            Neighbour::Node(link) => {
                let (name, identity) = (link.other().name(), link.other().identity());
                Self { name: Some(name.clone()), identity: identity.unwrap_or_else(|| Identity::new(name)) }
            }
            Neighbour::Stranger(identity) => Self { name: None, identity },
        }
    }
}

impl AnyNode {
    /// Returns the nodes to which it is connected now, each once.
    ///
    /// # Errors
    /// When it is not running, or its kind has not returned them within 30 s (or [`timeout`](Wait::timeout)).
    pub fn connections(&self) -> Wait<'static, Vec<Connection>> {
        let node = self.clone();
        Wait::of(watch(std::slice::from_ref(self), "the connections"), move |deadline| async move {
            match deadline.bound(node.context().unless_death(Box::pin(node.neighbours()))).await {
                Some(neighbours) => Ok(ordered(neighbours?.into_iter().map(Connection::from))),
                None => Err(node.timed_out("the list of its connections", deadline)),
            }
        })
    }

    /// What it is connected to now: as it has reported, or as its kind returns.
    pub(crate) async fn neighbours(&self) -> Result<Vec<Neighbour>> {
        let not_running = || self.not_running("return its connections");
        let lifecycle = self.state().lifecycle();
        let run = lifecycle.present_run().ok_or_else(not_running)?;
        if self.profile().connections_interval.is_some() && !lifecycle.was_ready() {
            return Err(not_running());
        }
        match self.erased().connections(self.context()).await {
            _ if lifecycle.present_run() != Some(run) => Err(not_running()),
            Err(_) if lifecycle.is_ending() => Err(not_running()),
            Err(error) => Err(error),
            Ok(identities) => {
                if let Some(identities) = identities {
                    self.context().set_connections(&identities);
                }
                Ok(self.context().links().neighbours())
            }
        }
    }
}
