use std::slice;
use std::sync::Arc;

use super::begin::{Begun, begin};
use super::cluster::Cluster;
use super::options::Options;
use super::own::check_own;
use super::phases::bring_up;
use super::placing::{declare_conditions, give_spots, place_for};
use super::preflight;
use super::steps::Steps;
use super::view::View;
use super::waits::wait_connected;
use crate::clock::Deadline;
use crate::error::{Error, Refusal, Result};
use crate::handle::{AnyNode, Node, Nodes, distinct, named, no_deaths, stop_gracefully, watch};
use crate::kind::{ErasedKind, Kind};
use crate::node::{Home, RestartClaim, Stage};
use crate::wait::Wait;

/// What a wait for one is for.
const RESTART: &str = "the restart";

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
        self.change(|options| options.wiped = true)
    }

    /// Whether to wait until both ends of all its links report them. By default it does not.
    pub fn wait_connections(self, wait: bool) -> Self {
        self.change(|options| options.wait_connections = wait)
    }
}

impl<K> Wait<'_, (), RestartWith<K>> {
    /// Removes all files of the node's directory before it runs again.
    pub fn wiped(self) -> Self {
        self.change(|options| options.each.wiped = true)
    }

    /// Whether to wait until both ends of all its links report them. By default it does not.
    pub fn wait_connections(self, wait: bool) -> Self {
        self.change(|options| options.each.wait_connections = wait)
    }

    /// The node has this kind from now on: another binary, version or configuration. Ports that it needs in addition are
    /// reserved; those that the node had before keep their addresses, and stay reserved where this kind does not need them.
    pub fn with(self, kind: K) -> Self {
        self.change(|options| options.kind = Some(kind))
    }
}

impl Wait<'_, (), RestartAll> {
    /// Removes all files of the nodes' directories before they run again.
    pub fn wiped(self) -> Self {
        self.change(|options| options.each.wiped = true)
    }

    /// Whether to wait until both ends of all their links report them. By default it does not.
    pub fn wait_connections(self, wait: bool) -> Self {
        self.change(|options| options.each.wait_connections = wait)
    }

    /// Restarts one node after the other, each when the last one is as a restart leaves it: a rolling upgrade.
    pub fn one_by_one(self) -> Self {
        self.change(|options| options.one_by_one = true)
    }
}

impl AnyNode {
    /// Runs it again, with the options of its cluster: the same name, address, directory, identity and peers. A node that is
    /// running is stopped first, gracefully. It resolves when the node is ready. A death of which its error tells ends no later
    /// wait.
    ///
    /// # Errors
    /// When the node fails, or is not ready within 30 s (or [`timeout`](Wait::timeout)): those of a start. When another node dies
    /// meanwhile.
    pub fn restart(&self) -> Wait<'static, (), Restart> {
        let node = self.clone();
        let watch = watch(slice::from_ref(self), RESTART);
        Wait::with_options(watch, Restart::default(), move |options, deadline| async move {
            restart(&[node], None, &options, deadline).await
        })
    }
}

impl<K: Kind> Node<K> {
    /// Runs it again, with the options of its cluster: the same name, address, directory, identity and peers. A node that is
    /// running is stopped first, gracefully. It resolves when the node is ready. A death of which its error tells ends no later
    /// wait.
    ///
    /// # Errors
    /// When the node fails, or is not ready within 30 s (or [`timeout`](Wait::timeout)): those of a start. When another node dies
    /// meanwhile. When another kind needs ports that cannot be had, or [127.0.0.1](crate::Profile::localhost) and the node has
    /// another address; then the node runs on.
    pub fn restart(&self) -> Wait<'static, (), RestartWith<K>> {
        let node = self.any().clone();
        let options = RestartWith { each: Restart::default(), kind: None };
        Wait::with_options(
            watch(slice::from_ref(self.any()), RESTART),
            options,
            move |options: RestartWith<K>, deadline| async move {
                let kind = options.kind.map(|kind| -> Box<dyn ErasedKind> { Box::new(kind) });
                restart(&[node], kind, &options.each, deadline).await
            },
        )
    }
}

impl Cluster {
    /// Runs the nodes of a set again, each once, at the same time or [one by one](Wait::one_by_one); see [`AnyNode::restart`].
    ///
    /// # Errors
    /// Those of [`AnyNode::restart`]; [`Error::Refused`] when a node is not of this cluster.
    pub fn restart(&self, set: impl Nodes) -> Wait<'static, (), RestartAll> {
        let (home, nodes) = (self.home(), distinct(set));
        let names = named(&nodes);
        let watch = home.watch(move || format!("{RESTART} of {names}"));
        Wait::with_options(watch, RestartAll::default(), move |options, deadline| async move {
            check_own(&home, "restart", &nodes)?;
            if !options.one_by_one {
                return restart(&nodes, None, &options.each, deadline).await;
            }
            for node in &nodes {
                restart(slice::from_ref(node), None, &options.each, deadline).await?;
            }
            Ok(())
        })
    }
}

async fn restart(
    nodes: &[AnyNode],
    kind: Option<Box<dyn ErasedKind>>,
    options: &Restart,
    deadline: Deadline,
) -> Result {
    stop_and_run(nodes, kind, options, deadline).await.map_err(|error| error.refused_as("restart"))
}

async fn stop_and_run(
    nodes: &[AnyNode],
    kind: Option<Box<dyn ErasedKind>>,
    options: &Restart,
    deadline: Deadline,
) -> Result {
    let Some(home) = home_of(nodes)? else { return Ok(()) };
    let _claims = nodes.iter().map(claim).collect::<Result<Vec<_>>>()?;
    if let (Some(kind), [node]) = (&kind, nodes) {
        node.provide_for(&**kind)?;
    }
    stop_running(nodes, deadline).await?;
    if let (Some(kind), [node]) = (kind, nodes) {
        node.replace_kind(kind);
    }
    run_again(&home, nodes, Vec::new(), options, deadline).await
}

/// The one cluster that the nodes belong to; `None` if there are none.
///
/// # Errors
/// When one was never started.
fn home_of(nodes: &[AnyNode]) -> Result<Option<Arc<Home>>> {
    let mut common = None;
    for node in nodes {
        let home = node.context().home().filter(|_| !matches!(node.state().lifecycle().stage(), Stage::Created));
        common = Some(home.ok_or_else(|| node.not_running("be restarted"))?.clone());
    }
    Ok(common)
}

/// Makes the caller the only one that restarts the node, until the claim is dropped.
fn claim(node: &AnyNode) -> Result<RestartClaim> {
    RestartClaim::new(node.state()).ok_or_else(|| {
        Error::other(format!(
            "node `{}` cannot be restarted: another restart of it is under way\nhelp: await one before the next",
            node.name()
        ))
    })
}

/// Begins runs of nodes that belong to a cluster, with its options, and brings them up. The cluster owns the runs.
pub(super) async fn run_again(
    home: &Arc<Home>,
    nodes: &[AnyNode],
    refusals: Vec<Refusal>,
    options: &Restart,
    deadline: Deadline,
) -> Result {
    let mode = home.mode();
    let (public, levels, wait_connections) = (mode.public, mode.levels, options.wait_connections);
    let link_control = mode.link_control;
    let like_the_start = Options { public, levels, wait_connections, link_control, ..Options::default() };
    let (place, unfit) = place_for(home, nodes, &like_the_start).await?;
    preflight::check(nodes, [refusals, unfit].concat(), &like_the_start, &*place)?;
    give_spots(home, nodes, &place).await?;
    let begun = begin(home, nodes, &like_the_start)?;
    declare_conditions(home, nodes).await?;
    if options.wiped {
        wipe(nodes, deadline).await?;
    }
    // The other ends of their links are looked at later.
    let until_ready = Options { wait_connections: false, ..like_the_start };
    bring_up(home, nodes, &begun, &until_ready, Steps::none(), deadline).await?;
    leave_to(home, begun)?;
    match wait_connections {
        true => wait_connected(&View::new(home.clone(), nodes.to_vec()), deadline).await,
        false => Ok(()),
    }
}

/// Removes the files of nodes, once their programs have gone.
async fn wipe(nodes: &[AnyNode], deadline: Deadline) -> Result {
    for node in nodes {
        let spot = node.state().spot();
        let wiped = async {
            spot.until_gone().await;
            spot.files().wipe().await
        };
        let wiped = deadline.bound(wiped).await.ok_or_else(|| node.timed_out("its empty directory", deadline))?;
        let unable =
            |error| Error::other(format!("the directory of node `{}` cannot be emptied: {error}", node.name()));
        wiped.map_err(unable)?;
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
    Err(Error::other(
        "the nodes were stopped again: the value of their cluster was dropped, which ends its nodes\n\
         help: keep it for as long as they run, as in `let net = ..`",
    ))
}

/// # Errors
/// When one does not end in time, or not in good order.
async fn stop_running(nodes: &[AnyNode], deadline: Deadline) -> Result {
    let alive: Vec<_> = nodes.iter().filter(|node| node.state().lifecycle().is_alive()).collect();
    stop_gracefully(nodes, deadline).await?;
    no_deaths(alive).inspect_err(|_| nodes.iter().for_each(|node| node.context().death_told()))
}
