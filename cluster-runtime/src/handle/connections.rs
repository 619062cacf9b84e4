use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::any_node::AnyNode;
use crate::error::Result;
use crate::node::{Identity, Neighbour};
use crate::wait::Wait;

/// A neighbour to which a node is connected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Connection {
    /// Its name, if it is a declared peer or was started with the node.
    pub name: Option<Arc<str>>,
    /// Its identity; its name as long as it has none.
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
    /// The neighbours to which it is connected now: each once, however many connections there are.
    ///
    /// # Errors
    /// When it is not running, or has not answered within 30 s (or [`timeout`](Wait::timeout)).
    pub fn connections(&self) -> Wait<'static, Vec<Connection>> {
        let node = self.clone();
        Wait::new(move |deadline| async move {
            match deadline.bound(node.context().unless_death(node.neighbours())).await {
                Some(neighbours) => {
                    let connections: BTreeSet<_> = neighbours?.into_iter().map(Connection::from).collect();
                    Ok(connections.into_iter().collect())
                }
                None => Err(node.timed_out("the list of its connections", deadline)),
            }
        })
    }

    /// All that it is connected to now: what it has reported, or what its kind answers.
    pub(crate) async fn neighbours(&self) -> Result<Vec<Neighbour>> {
        if !self.state().lifecycle().is_alive() {
            return Err(self.not_running("tell its connections"));
        }
        if let Some(identities) = self.erased().connections(self.context()).await? {
            self.context().set_connections(&identities);
        }
        Ok(self.context().links().neighbours())
    }
}
