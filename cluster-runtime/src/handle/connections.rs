use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::AnyNode;
use crate::clock::{DEFAULT_TIMEOUT, Deadline};
use crate::error::{Error, Result};
use crate::node::{Identity, Stage};

/// A neighbour to whom a node is connected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Connection {
    /// Its name, if it is a declared peer or was started with the node.
    pub name: Option<Arc<str>>,
    /// Its identity.
    pub identity: Identity,
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name.as_deref().unwrap_or(self.identity.as_str()))
    }
}

/// A question for a node's connections; see [`AnyNode::connections`].
#[derive(Debug)]
#[must_use = "a question does nothing unless it is awaited"]
pub struct Connections {
    node: AnyNode,
    timeout: Duration,
}

impl Connections {
    pub(crate) fn new(node: AnyNode) -> Self {
        Self { node, timeout: DEFAULT_TIMEOUT }
    }

    /// How long to wait for the answer at most; 30 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl IntoFuture for Connections {
    type Output = Result<Vec<Connection>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let deadline = Deadline::after(self.timeout);
            let neighbours = match deadline.bound(self.node.neighbours()).await {
                Some(neighbours) => neighbours?,
                None => return Err(self.node.timeout("the list of its connections", deadline)),
            };
            let names = self.node.context().peer_set().names_by_identity();
            let name_of = |identity: &Identity| names.get(identity).cloned();
            let mut connections: Vec<_> =
                neighbours.into_iter().map(|identity| Connection { name: name_of(&identity), identity }).collect();
            connections.sort_unstable();
            Ok(connections)
        })
    }
}

impl AnyNode {
    /// The distinct identities to whom it is connected now.
    pub(crate) async fn neighbours(&self) -> Result<Vec<Identity>> {
        match self.state().stage() {
            Stage::Starting(_) | Stage::Started => {}
            stage => {
                return Err(Error::NotRunning {
                    node: self.state().name().clone(),
                    wanted: "tell its connections".to_owned(),
                    state: stage.to_string(),
                });
            }
        }
        let mut identities = self.erased().connections(self.context()).await?;
        identities.sort_unstable();
        identities.dedup();
        Ok(identities)
    }
}
