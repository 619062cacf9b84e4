use super::cluster::Cluster;
use super::forms;
use super::own::check_own;
use super::restart::{Restart, run_again};
use crate::error::{Error, Refusal, Result};
use crate::handle::{AnyNode, Nodes, collect, distinct, named, stop};
use crate::wait::Wait;

const ADDITION: &str = "addition";

impl Cluster {
    /// Adds nodes to the running cluster: those that its start [held back](crate::start::Start::hold), and new ones, which
    /// belong to it from now on. They are started with its options. It resolves when they are ready; running nodes learn of
    /// their new peers by [`NodeContext::peer_changes`](crate::NodeContext::peer_changes).
    ///
    /// # Errors
    /// Those of a start; when another node dies meanwhile; when a node belongs to another cluster, or has the name of another node.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Loopback, Node, Result, cluster, connect};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { k[3]: clique }.start().wait_connections(true).await?;
    /// let late = Node::new(&Loopback::new(), "late");
    /// connect(&late, &net.k);
    /// net.add(&late).await?;
    /// net.wait_connections().await?;
    /// assert_eq!(net.k[0].connections().await?.len(), 3);
    /// # net.stop().await
    /// # }
    /// ```
    pub fn add(&self, set: impl Nodes) -> Wait<'_, ()> {
        let nodes = collect(set);
        let what = format!("the addition of {}", named(&nodes));
        Wait::of(self.home().watch(move || what.clone()), move |deadline| async move {
            nodes.iter().try_for_each(|node| self.admit(node)).map_err(|error| error.refused_as(ADDITION))?;
            let refusals = forms::check(&self.nodes_with(&nodes));
            if let Err(error) = run_again(&self.home(), &nodes, refusals, &Restart::default(), deadline).await {
                // They are none of the cluster: no report of it lists them.
                nodes.iter().for_each(|node| node.context().expect_end());
                return Err(error.refused_as(ADDITION));
            }
            for node in nodes {
                node.state().hold(false);
                self.include(node);
            }
            Ok(())
        })
    }

    /// Removes nodes from the running cluster: they are stopped, their links are taken away, and their peers learn of it. A
    /// removed node can be added again, without links.
    ///
    /// # Errors
    /// Those of [`AnyNode::stop`], after the nodes were removed; [`Error::Refused`] when a node is not of this cluster.
    pub fn remove(&self, set: impl Nodes) -> Wait<'_, ()> {
        let nodes = distinct(set);
        let what = format!("the removal of {}", named(&nodes));
        Wait::of(self.home().watch(move || what.clone()), move |deadline| async move {
            check_own(&self.home(), "removal", &nodes)?;
            let stopped = stop(nodes.clone()).until(deadline).await;
            for node in &nodes {
                node.context().links().retract();
                node.context().expect_end();
                self.forget(node);
            }
            stopped
        })
    }

    /// Those that run, and these.
    fn nodes_with(&self, added: &[AnyNode]) -> Vec<AnyNode> {
        let running = self.nodes().into_iter().filter(|node| node.state().lifecycle().is_alive());
        let others = running.filter(|node| added.iter().all(|added| added.state().id() != node.state().id()));
        others.chain(added.iter().cloned()).collect()
    }

    /// Makes a node one of this cluster.
    fn admit(&self, node: &AnyNode) -> Result {
        let (name, nodes) = (node.state().name().clone(), self.nodes());
        let is_other = |known: &AnyNode| known.name() == node.name() && known.state().id() != node.state().id();
        if nodes.iter().any(is_other) {
            return Err(Error::refused(Refusal::NameTwice { name }));
        }
        if !node.context().join(&self.home()) {
            let a = nodes.first().map_or("".into(), |first| first.state().name().clone());
            return Err(Error::refused(Refusal::TwoClusters { a, b: name }));
        }
        Ok(())
    }
}
