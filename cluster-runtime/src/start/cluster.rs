use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use cluster_topology::Topology;

use super::facts::{Known, last_words};
use super::observed::{declared, observed};
use super::search::search;
use super::view::View;
use crate::error::{Mistake, Refusal};
use crate::event::Event;
use crate::handle::{AnyNode, Nodes, collect, stop, wait_stopped};
use crate::isolated::watch_panics;
use crate::lock::lock;
use crate::node::{EndRun, Home, NodeContext, Run};
use crate::report::{Occasion, Record};
use crate::seed::Seed;
use crate::wait::Wait;

/// Nodes and the links between them. When it is dropped, all its nodes are stopped at once.
///
/// The value of `cluster!` has all its methods, and a field for each declaration.
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
#[must_use = "a cluster is started by `.start().await?`, and stops its nodes when it is dropped: bind it to a name"]
pub struct Cluster(Arc<Mutex<Inner>>);

/// A run of a node.
pub(super) type NodeRun = (NodeContext, Run);

pub(super) struct Inner {
    home: Arc<Home>,
    /// Whether this value ends all runs of the cluster when it is dropped, and not only those that it began.
    is_owner: bool,
    nodes: Vec<AnyNode>,
    /// The runs that this value has started; a node may have had others before, and may have others after.
    runs: Vec<NodeRun>,
    /// Reasons to refuse the start, in the order in which one would fix them.
    refusals: Vec<Refusal>,
    /// Requirements that are not met.
    unmet: Vec<Refusal>,
    seed: Seed,
    /// The name of the thread that has declared it.
    thread: Option<Box<str>>,
    /// Its report, if that is written while it runs.
    record: Option<Arc<Record>>,
}

impl Cluster {
    /// A cluster without nodes.
    #[doc(hidden)]
    pub fn new() -> Self {
        let home: Arc<Home> = Arc::default();
        let is_owner = home.claim();
        watch_panics();
        Self(Arc::new(Mutex::new(Inner {
            home,
            is_owner,
            nodes: Vec::new(),
            runs: Vec::new(),
            refusals: Vec::new(),
            unmet: Vec::new(),
            seed: Seed::new(),
            thread: std::thread::current().name().map(Into::into),
            record: None,
        })))
    }

    /// A cluster of nodes that were created by hand. Whether they belong to another one already is found at the start.
    pub(super) fn of(nodes: impl Nodes) -> Self {
        let cluster = Self::new();
        cluster.inner().nodes = collect(nodes);
        cluster
    }

    /// Adds nodes that are declared here, and belong to it from now on.
    pub(crate) fn declare(&self, nodes: impl Nodes) {
        let mut inner = self.inner();
        let mut nodes = collect(nodes);
        for node in &nodes {
            // They were created for it.
            let _ = node.context().join(&inner.home);
        }
        inner.nodes.append(&mut nodes);
    }

    /// Adds a node that has joined it, unless it is one of its nodes.
    pub(super) fn include(&self, node: AnyNode) {
        let mut inner = self.inner();
        if !inner.nodes.iter().any(|known| known.state().id() == node.state().id()) {
            inner.nodes.push(node);
        }
    }

    /// Takes a node out of its nodes.
    pub(super) fn forget(&self, node: &AnyNode) {
        self.inner().nodes.retain(|known| known.state().id() != node.state().id());
    }

    /// Finds the cluster that its nodes belong to, if some do: then it is that one, and all of them belong to it.
    ///
    /// # Errors
    /// When they belong to different ones.
    pub(super) fn settle(&self) -> Result<(), Refusal> {
        let mut inner = self.inner();
        let settled = inner.nodes.iter().find_map(|node| Some((node.name(), node.context().home()?.clone())));
        let (a, home) = match settled {
            Some((name, home)) => (name.into(), home),
            None => ("".into(), inner.home.clone()),
        };
        let other = inner.nodes.iter().find(|node| !node.context().join(&home));
        if let Some(other) = other {
            return Err(Refusal::TwoClusters { a, b: other.name().into() });
        }
        if !Arc::ptr_eq(&inner.home, &home) {
            inner.is_owner = home.claim();
            inner.home = home;
        }
        Ok(())
    }

    /// Makes these runs its own.
    pub(super) fn own(&self, runs: Vec<NodeRun>) {
        self.inner().runs = runs;
    }

    pub(crate) fn refuse(&self, refusal: Refusal) {
        self.inner().refusals.push(refusal);
    }

    pub(crate) fn has_refusals(&self) -> bool {
        !self.inner().refusals.is_empty()
    }

    /// Adds a requirement that is not met.
    pub(crate) fn refuse_unmet(&self, written: &str, location: String, mistake: Mistake) {
        let seed = self.drawn_seed();
        self.inner().unmet.push(Refusal::Declaration { written: written.to_owned(), location, mistake, seed });
    }

    /// The seed of the next random shape that has none of its own.
    pub(crate) fn next_seed(&self) -> u64 {
        self.inner().seed.next()
    }

    /// The seed, if links were drawn from it.
    pub(crate) fn drawn_seed(&self) -> Option<u64> {
        let seed = self.inner().seed;
        seed.is_drawn().then(|| seed.seed())
    }

    /// Returns the seed of its random links: `CLUSTER_SEED` from the environment, or a random number.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::cluster;
    ///
    /// let net = cluster! { k[20]: gnp(0.3, connected) };
    /// println!("CLUSTER_SEED={} draws the same links again", net.seed());
    /// ```
    pub fn seed(&self) -> u64 {
        self.inner().seed.seed()
    }

    /// All reasons to refuse its declaration.
    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        let inner = self.inner();
        [inner.refusals.as_slice(), &inner.unmet].concat()
    }

    pub(crate) fn view(&self) -> View {
        let inner = self.inner();
        View::new(inner.home.clone(), inner.nodes.clone())
    }

    pub(super) fn home(&self) -> Arc<Home> {
        self.inner().home.clone()
    }

    /// Returns all nodes, in the order of their declaration.
    pub fn nodes(&self) -> Vec<AnyNode> {
        self.inner().nodes.clone()
    }

    /// Returns all events of its nodes so far, in one order: those that they have reported, including those that the levels of
    /// the start hide, and the phases of their start. Only the newest are kept: of each node 8,192 that are shown (4 MiB) and
    /// 1,024 that are hidden (1 MiB), with all by which it became ready, connected or disconnected, and of the whole cluster 256 MiB.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    /// let journal = net.journal();
    /// assert!(journal.iter().any(|event| event.name == "connected" && &*event.node == "b"));
    /// assert!(journal.is_sorted_by_key(|event| event.number));
    /// # net.stop().await
    /// # }
    /// ```
    pub fn journal(&self) -> Vec<Arc<Event>> {
        self.home().journal().all()
    }

    /// Returns the nodes and links as they are declared.
    pub fn topology(&self) -> Topology {
        declared(&self.nodes())
    }

    /// Returns the nodes, and the links that are up now: those that both ends report. A link that is declared as one-way is
    /// shown as one-way.
    ///
    /// # Errors
    /// When the kind of a running node has not returned its connections within 30 s (or [`timeout`](Wait::timeout)). A node
    /// that is not running has none.
    pub fn observed(&self) -> Wait<'static, Topology> {
        observed(self.nodes())
    }

    /// Ends all [faults](crate::fault), and stops all nodes at the same time, as [`AnyNode::stop`] does.
    ///
    /// # Errors
    /// When a node has died, or does not end within 30 s (or [`timeout`](Wait::timeout)); when no traffic ran into a fault.
    pub fn stop(&self) -> Wait<'static, ()> {
        let cluster = self.view();
        let watch = cluster.home().watch(|| "the stop of all nodes".to_owned());
        Wait::of(watch, move |deadline| async move {
            let at_place = cluster.end_faults_at_place().await;
            let faults = cluster.end_faults().and(at_place);
            stop(cluster.nodes().to_vec()).until(deadline).await?;
            faults?;
            cluster.home().forget_aftermath();
            cluster.home().verdict().stopped();
            Ok(())
        })
    }

    /// Waits until all nodes have ended, without asking them to stop.
    ///
    /// # Errors
    /// When a node has died, or one has not ended within 30 s (or [`timeout`](Wait::timeout)).
    pub fn wait_stopped(&self) -> Wait<'static, ()> {
        wait_stopped(self.nodes())
    }

    /// What there is to tell of it, if it owns its nodes.
    pub(super) fn known(&self) -> Option<Known> {
        self.inner().known()
    }

    pub(super) fn record(&self, record: Record) {
        self.inner().record = Some(record.into());
    }

    /// What lives as long as it.
    pub(super) fn weak(&self) -> Weak<Mutex<Inner>> {
        Arc::downgrade(&self.0)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        lock(&self.0)
    }
}

impl Inner {
    /// What there is to tell of it, if it owns its nodes.
    pub(super) fn known(&self) -> Option<Known> {
        let seed = self.seed.seed();
        let cluster = || View::new(self.home.clone(), self.nodes.clone());
        let (thread, record) = (self.thread.clone(), self.record.clone());
        self.is_owner.then(|| Known { cluster: cluster(), thread, seed, record })
    }
}

impl AsRef<Cluster> for Cluster {
    fn as_ref(&self) -> &Cluster {
        self
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
        let known = self.known();
        if let Some(known) = &known {
            let lines = last_words(known, Occasion::Dropped);
            if !lines.is_empty() {
                eprintln!("{}", lines.join("\n"));
            }
            // Told of by these lines.
            let _ = known.cluster.end_faults();
        }
        let (home, own) = (self.home(), ends_of(std::mem::take(&mut self.inner().runs)));
        let is_owner = known.is_some();
        let runs = if is_owner { [own, home.release()].into_iter().flatten().collect() } else { home.leave(own) };
        runs.into_iter().for_each(|end| end());
        // The runs of other values of it go on.
        if let Some(simulation) = home.simulation().filter(|_| !home.has_runs()) {
            simulation.close();
            #[cfg(feature = "simulated")]
            if let Some(known) = &known {
                super::check::check(&home, simulation, known.thread.as_deref());
            }
        }
        if is_owner {
            home.take_aftermath().into_iter().for_each(|aftermath| aftermath());
        }
        if let Some(known) = &known {
            search(known, home.simulation());
        }
    }
}

/// What ends these runs at once.
pub(super) fn ends_of(runs: Vec<NodeRun>) -> Vec<EndRun> {
    runs.into_iter().map(|(node, run)| -> EndRun { Box::new(move || node.abort(run)) }).collect()
}
