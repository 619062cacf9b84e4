use std::future::Future;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::handle::AnyNode;
use crate::node::Home;

/// The nodes of a cluster, for a wait that may outlive the borrow of its value.
#[derive(Clone)]
pub(super) struct View {
    home: Arc<Home>,
    nodes: Vec<AnyNode>,
}

impl View {
    pub(super) fn new(home: Arc<Home>, nodes: Vec<AnyNode>) -> Self {
        Self { home, nodes }
    }

    pub(super) fn home(&self) -> &Arc<Home> {
        &self.home
    }

    pub(super) fn nodes(&self) -> &[AnyNode] {
        &self.nodes
    }

    /// The output of what is done for the test, unless a node dies first.
    ///
    /// # Errors
    /// Those of the work, and the deaths.
    pub(super) async fn unless_death<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            output = work => output,
            deaths = self.home.deaths().heard_of() => Err(Error::Died { deaths }),
        }
    }
}
