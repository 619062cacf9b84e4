use std::time::Duration;

use serde_json::Value;

use super::cluster::Cluster;
use crate::clock::Deadline;
use crate::error::Result;
use crate::event::Level;
use crate::handle::{AnyNode, Nodes, distinct, stop, wait_for_threads, watch};
use crate::wait::Wait;

/// How long a kill may take, unless its caller says otherwise.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);

impl AnyNode {
    /// Kills it: a program by SIGKILL, with all its descendants; a node of the test's process by dropping its tasks where they
    /// stand. It is a crash of the process, not of the machine: what was written survives. It resolves when nothing of the node
    /// is left, and is no death that waits hear of.
    ///
    /// # Errors
    /// When it is not running, or something of it is left after 5 s (or [`timeout`](Wait::timeout)), which the error names: a
    /// thread that does not yield, a blocking call, or, on Linux, a thread that code in the node has started by itself. Of those
    /// only the ones without a name are seen, and what they start. A thread pool that belongs to the whole process, such as
    /// rayon's, is the test's if the test starts it first.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { k[3]: clique }.start().wait_connections(true).await?;
    /// net.k[1].kill().await?;
    /// net.k[0].wait_for("disconnected", |value| value["peer"] == "k.2").await?;
    /// net.k[1].restart().wait_connections(true).await?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn kill(&self) -> Wait<'static, ()> {
        kill(vec![self.clone()])
    }
}

impl Cluster {
    /// Kills the nodes of a set at the same time; see [`AnyNode::kill`].
    ///
    /// # Errors
    /// Those of [`AnyNode::kill`]; [`Error::Refused`](crate::Error::Refused) when a node is not of this cluster.
    pub fn kill(&self, set: impl Nodes) -> Wait<'static, ()> {
        self.to_own("kill", distinct(set), kill).timeout(KILL_TIMEOUT)
    }

    /// Stops the nodes of a set at the same time; see [`AnyNode::stop`].
    ///
    /// # Errors
    /// Those of [`AnyNode::stop`]; [`Error::Refused`](crate::Error::Refused) when a node is not of this cluster.
    pub fn stop_nodes(&self, set: impl Nodes) -> Wait<'static, ()> {
        self.to_own("stop", distinct(set), stop)
    }
}

fn kill(nodes: Vec<AnyNode>) -> Wait<'static, ()> {
    Wait::of(watch(&nodes, "the kill"), move |deadline| async move { kill_all(&nodes, deadline).await })
        .timeout(KILL_TIMEOUT)
}

async fn kill_all(nodes: &[AnyNode], deadline: Deadline) -> Result {
    let mut runs = Vec::with_capacity(nodes.len());
    for node in nodes {
        let run = node.state().lifecycle().present_run().ok_or_else(|| node.not_running("be killed"))?;
        runs.push((node, run, node.state().lifecycle().runner()));
    }
    for (node, run, _) in &runs {
        node.context().event(Level::Notice, "node", "killed", Value::Null);
        node.kill_run(*run);
    }
    let mut left = Ok(());
    for (node, run, runner) in &runs {
        let gone = node.wait_gone(*run, runner.as_ref(), deadline).await;
        // What has not ended by itself is dropped.
        node.context().abort(*run);
        left = left.and(gone);
    }
    left?;
    wait_for_threads(runs.iter().map(|(node, _, runner)| (*node, runner)), deadline).await
}
