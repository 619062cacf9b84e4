use super::begin::{Begun, begin};
use super::cluster::Cluster;
use super::options::Options;
use super::phases::{bring_up, connected_at_both_ends};
use crate::clock::Deadline;
use crate::error::{Error, Result};
use crate::handle::{AnyNode, Node, Nodes, collect, stop_runs, together};
use crate::kind::{ErasedKind, Kind};
use crate::node::Home;
use crate::wait::Wait;

/// The options of a restart.
#[derive(Debug, Default)]
pub struct Restart {
    wiped: bool,
    wait_connections: bool,
}

/// The options of a restart of several nodes.
#[derive(Debug, Default)]
pub struct RestartAll {
    each: Restart,
    one_by_one: bool,
}

/// The options of a restart of a node of kind `K`.
pub struct RestartWith<K> {
    each: Restart,
    kind: Option<K>,
}

impl Wait<'_, (), Restart> {
    /// Removes all files of the node's directory before it runs again.
    pub fn wiped(self) -> Self {
        self.with(|options| options.wiped = true)
    }

    /// Whether to wait until both ends of all its links report them. By default it does not.
    pub fn wait_connections(self, wait: bool) -> Self {
        self.with(|options| options.wait_connections = wait)
    }
}

impl<K> Wait<'_, (), RestartWith<K>> {
    /// Removes all files of the node's directory before it runs again.
    pub fn wiped(self) -> Self {
        self.with(|options| options.each.wiped = true)
    }

    /// Whether to wait until both ends of all its links report them. By default it does not.
    pub fn wait_connections(self, wait: bool) -> Self {
        self.with(|options| options.each.wait_connections = wait)
    }

    /// The node has this kind from now on: another binary, version or configuration. It keeps its ports.
    pub fn with_kind(self, kind: K) -> Self {
        self.with(|options| options.kind = Some(kind))
    }
}

impl Wait<'_, (), RestartAll> {
    /// Removes all files of the nodes' directories before they run again.
    pub fn wiped(self) -> Self {
        self.with(|options| options.each.wiped = true)
    }

    /// Whether to wait until both ends of all their links report them. By default it does not.
    pub fn wait_connections(self, wait: bool) -> Self {
        self.with(|options| options.each.wait_connections = wait)
    }

    /// Restarts one node after the other, each when the last one is as a restart leaves it: a rolling upgrade.
    pub fn one_by_one(self) -> Self {
        self.with(|options| options.one_by_one = true)
    }
}

impl AnyNode {
    /// Runs it again, with the options of its cluster: the same name, address, directory, identity and peers. A node that is
    /// running is stopped first, gracefully. It resolves when the node is ready.
    ///
    /// # Errors
    /// When the node fails, or is not ready within 30 s (or [`timeout`](Wait::timeout)): those of a start.
    pub fn restart(&self) -> Wait<'static, (), Restart> {
        let node = self.clone();
        Wait::with_options(Restart::default(), move |options, deadline| async move {
            restart(&[node], &options, deadline).await
        })
    }
}

impl<K: Kind> Node<K> {
    /// Runs it again, with the options of its cluster: the same name, address, directory, identity and peers. A node that is
    /// running is stopped first, gracefully. It resolves when the node is ready.
    ///
    /// # Errors
    /// When the node fails, or is not ready within 30 s (or [`timeout`](Wait::timeout)): those of a start. When another kind
    /// needs other ports.
    pub fn restart(&self) -> Wait<'static, (), RestartWith<K>> {
        let node = self.any().clone();
        let options = RestartWith { each: Restart::default(), kind: None };
        Wait::with_options(options, move |options: RestartWith<K>, deadline| async move {
            let nodes = [node];
            if let Some(kind) = options.kind {
                stop_running(&nodes, deadline).await?;
                nodes[0].replace_kind(Box::new(kind) as Box<dyn ErasedKind>)?;
            }
            restart(&nodes, &options.each, deadline).await
        })
    }
}

impl Cluster {
    /// Runs the nodes of a set again, at the same time or [one by one](Wait::one_by_one); see [`AnyNode::restart`].
    ///
    /// # Errors
    /// Those of [`AnyNode::restart`].
    pub fn restart(&self, set: impl Nodes) -> Wait<'static, (), RestartAll> {
        let nodes = collect(set);
        Wait::with_options(RestartAll::default(), move |options, deadline| async move {
            if !options.one_by_one {
                return restart(&nodes, &options.each, deadline).await;
            }
            for node in &nodes {
                restart(std::slice::from_ref(node), &options.each, deadline).await?;
            }
            Ok(())
        })
    }
}

async fn restart(nodes: &[AnyNode], options: &Restart, deadline: Deadline) -> Result {
    stop_running(nodes, deadline).await?;
    for node in nodes {
        if options.wiped {
            node.state().spot().wipe().await?;
        }
    }
    let homes = nodes.iter().map(|node| node.context().home().ok_or_else(|| node.not_running("run again")));
    let Some(home) = homes.collect::<Result<Vec<_>>>()?.first().map(|home| (*home).clone()) else { return Ok(()) };
    run_again(&home, nodes, options.wait_connections, deadline).await
}

/// Begins runs of nodes that belong to a cluster, with its options, and brings them up. The cluster owns the runs.
pub(super) async fn run_again(home: &Home, nodes: &[AnyNode], wait_connections: bool, deadline: Deadline) -> Result {
    let mode = home.mode();
    let options = Options { public: mode.public, levels: mode.levels, ..Options::default() };
    let begun = begin(home, nodes, &options)?;
    bring_up(nodes, &begun, &options, deadline).await?;
    leave_to(home, begun)?;
    if wait_connections {
        let connected = together(nodes.iter().cloned().map(connected_at_both_ends));
        let [node, ..] = nodes else { return Ok(()) };
        let connected = deadline.bound(node.context().unless_death(connected)).await;
        connected.unwrap_or_else(|| Err(node.timed_out("the report of all its links at both ends", deadline)))?;
    }
    Ok(())
}

/// # Errors
/// When nobody is there to own the runs: the value of the cluster was dropped.
fn leave_to(home: &Home, begun: Begun) -> Result {
    let without_owner = home.leave(begun.into_ends());
    if without_owner.is_empty() {
        return Ok(());
    }
    without_owner.into_iter().for_each(|end| end());
    Err(Error::other("the cluster of the node was dropped\nhelp: keep its value, as in `let net = ..`"))
}

async fn stop_running(nodes: &[AnyNode], deadline: Deadline) -> Result {
    let runs = nodes.iter().filter_map(|node| Some((node, node.state().lifecycle().ask_to_stop()?)));
    stop_runs(&runs.collect::<Vec<_>>(), deadline).await
}
