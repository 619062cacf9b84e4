//! A cluster does something to its own nodes only.

use std::sync::Arc;

use super::cluster::Cluster;
use crate::error::{Error, Refusal, Result};
use crate::handle::{AnyNode, named};
use crate::node::Home;
use crate::wait::Wait;

impl Cluster {
    /// Does this to nodes, unless one of them is not its own.
    pub(super) fn to_own(
        &self,
        act: &'static str,
        nodes: Vec<AnyNode>,
        done: fn(Vec<AnyNode>) -> Wait<'static, ()>,
    ) -> Wait<'static, ()> {
        let (home, names) = (self.home(), named(&nodes));
        Wait::of(home.watch(move || format!("the {act} of {names}")), move |deadline| async move {
            check_own(&home, act, &nodes)?;
            done(nodes).until(deadline).await
        })
    }
}

/// # Errors
/// When one of the nodes is not of this cluster.
pub(super) fn check_own(home: &Arc<Home>, act: &'static str, nodes: &[AnyNode]) -> Result {
    stranger(home, nodes).map_or(Ok(()), |refusal| Err(Error::refused(refusal).refused_as(act)))
}

/// Why the first of the nodes that is not of this cluster is refused, if there is one.
pub(crate) fn stranger(home: &Arc<Home>, nodes: &[AnyNode]) -> Option<Refusal> {
    let is_own = |node: &AnyNode| node.context().home().is_some_and(|of| Arc::ptr_eq(of, home));
    let stranger = nodes.iter().find(|node| !is_own(node))?;
    let node = stranger.state().name().clone();
    let Some(other) = stranger.context().home() else { return Some(Refusal::NoCluster { node }) };
    let others = other.nodes().into_iter().filter(|known| known.id() != stranger.state().id());
    Some(Refusal::OtherCluster { node, with: others.map(|known| known.name().clone()).collect() })
}
