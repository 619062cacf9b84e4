use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cluster_topology::Topology;

use super::Observe;
use super::seed::Seed;
use crate::handle::{AnyNode, Nodes, Stop, WaitStopped, collect};

/// Nodes and the links between them. When it is dropped, all its nodes are stopped at once.
///
/// The value of `cluster!` has all its methods, beside a field for each declaration.
///
/// # Examples
/// ```
/// use cluster_runtime::{Result, cluster};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! { center; leaves[5]: star(center) }.start().wait_connections(true).await?;
/// assert_eq!(net.topology().diameter(), Some(2));
/// assert_eq!(net.observed().await?, net.topology());
/// net.stop().await
/// # }
/// ```
#[derive(Default)]
#[must_use = "a cluster does nothing until it is started, and is stopped when it is dropped"]
pub struct Cluster(Mutex<Plan>);

/// How many nodes a panic names.
const NAMED: usize = 3;

/// A node, and the number of its run.
pub(crate) type Run = (AnyNode, u64);

#[derive(Default)]
struct Plan {
    nodes: Vec<AnyNode>,
    faults: Vec<String>,
    /// What was required of the network and is not so.
    unmet: Vec<String>,
    /// What it has started; a node may have had other runs before, and may have others after.
    runs: Vec<Run>,
    /// `None` as long as nothing is drawn from it.
    seed: Option<Seed>,
}

impl Cluster {
    /// A cluster without nodes.
    #[doc(hidden)]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn add(&self, nodes: impl Nodes) {
        let mut nodes = collect(nodes);
        self.plan_mut().nodes.append(&mut nodes);
    }

    pub(crate) fn add_fault(&self, fault: String) {
        self.plan_mut().faults.push(fault);
    }

    pub(crate) fn has_faults(&self) -> bool {
        !self.plan_mut().faults.is_empty()
    }

    pub(crate) fn add_unmet(&self, unmet: String) {
        self.plan_mut().unmet.push(unmet);
    }

    /// The seed of the next random shape that has none of its own.
    pub(crate) fn next_seed(&self) -> u64 {
        self.plan_mut().seed.get_or_insert_with(Seed::new).next()
    }

    /// What its random shapes follow from that have no seed of their own: `CLUSTER_SEED` in the environment, or a number
    /// that it drew. `None` if it has no such shape.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::cluster;
    ///
    /// assert!(cluster! { k[20]: gnp(0.3, connected) }.seed().is_some());
    /// assert!(cluster! { k[20]: gnp(0.3, connected, seed = 7) }.seed().is_none());
    /// ```
    pub fn seed(&self) -> Option<u64> {
        self.plan_mut().seed.map(Seed::seed)
    }

    /// Its nodes and what cannot work about them.
    pub(crate) fn plan(&self) -> (Vec<AnyNode>, Vec<String>) {
        let plan = self.plan_mut();
        (plan.nodes.clone(), [plan.faults.as_slice(), &plan.unmet].concat())
    }

    /// Makes these runs its own: they end with it.
    pub(crate) fn own(&self, runs: Vec<Run>) {
        self.plan_mut().runs = runs;
    }

    /// All its nodes, in the order of their declaration.
    pub fn nodes(&self) -> Vec<AnyNode> {
        self.plan_mut().nodes.clone()
    }

    /// Its nodes and links, as they are declared.
    pub fn topology(&self) -> Topology {
        super::observed::declared(&self.nodes())
    }

    /// Its nodes and links, as they are now: a link is there when both its ends report it. One that is declared as
    /// one-way is shown so.
    ///
    /// # Errors
    /// When a running node has not told its connections within 30 s (or [`timeout`](Observe::timeout)). A node that does
    /// not run has none.
    pub fn observed(&self) -> Observe {
        Observe::new(self.nodes())
    }

    /// Stops all nodes at the same time: in good order, or hard after their grace time.
    ///
    /// # Errors
    /// When a node has died, or cannot be stopped within 30 s (or [`timeout`](Stop::timeout)).
    pub fn stop(&self) -> Stop {
        Stop::new(self.nodes())
    }

    /// Waits until all nodes have ended, without asking them to.
    ///
    /// # Errors
    /// When a node has died, or one has not ended within 30 s (or [`timeout`](WaitStopped::timeout)).
    pub fn wait_stopped(&self) -> WaitStopped {
        WaitStopped::new(self.nodes())
    }

    fn plan_mut(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Nodes for Cluster {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        self.nodes().iter().for_each(visit);
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cluster ")?;
        f.debug_list().entries(self.nodes()).finish()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let runs = std::mem::take(&mut self.plan_mut().runs);
        if std::thread::panicking() {
            keep_files(&runs);
        }
        for (node, run) in runs {
            node.state().kill(run);
        }
    }
}

/// Keeps the files of all nodes for whoever looks for the cause of a panic, and says where they are.
fn keep_files(runs: &[Run]) {
    let kept: Vec<_> =
        runs.iter().filter_map(|(node, _)| Some((node.name(), node.state().spot().keep_files()?))).collect();
    for (name, files) in kept.iter().take(NAMED) {
        eprintln!("the files of node `{name}` are in {files}");
    }
    if kept.len() > NAMED {
        eprintln!("those of {} more nodes are beside them", kept.len() - NAMED);
    }
}
