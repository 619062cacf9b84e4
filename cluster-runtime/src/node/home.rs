//! The cluster that a node belongs to, as far as its nodes share it.
//!
//! A cluster has the runtime on which it was started, that of the test, or its driver of nodes if the start was a blocking one; its
//! handle is kept here. All phases of its nodes run there, also those of a later restart or addition, whoever waits for them; so do nodes that
//! share it. A blocking wait polls its body on the calling thread, with a small runtime for what the body joins. When the runtime of a
//! cluster ends, its tasks are dropped; their nodes have died by `End::RuntimeGone`, which ends every wait on the cluster and replaces
//! the error of what fails for it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use super::deaths::{Counts, Deaths};
use super::faults::Faults;
use super::identity::Identity;
use super::link::{Link, LinkEnd};
use super::links::Links;
use super::missing::missing_links;
use super::operations::Operations;
use super::runner::Runner;
use super::state::State;
use crate::clock::Deadline;
use crate::collector::Collector;
use crate::driver::Driver;
use crate::error::{Error, Result, Trouble};
use crate::event::Levels;
use crate::journal::Journal;
use crate::lock::lock;
use crate::net::simulated::Network;
use crate::place::{Ability, BoxFuture, Place, Session, Spot, Wanted};
use crate::simulation::Simulation;
use crate::verdict::{BegunWait, Verdict};

/// What the nodes of one cluster have in common. A node belongs to one cluster for good.
#[derive(Default)]
pub(crate) struct Home {
    journal: Arc<Journal>,
    driver: OnceLock<Driver>,
    /// The place of its nodes, from the first start on.
    opened: OnceCell<(Arc<dyn Place>, Arc<dyn Session>)>,
    /// The nodes that have a spot there.
    admitted: Mutex<HashSet<u64>>,
    /// What its nodes run on, if its start was a blocking one.
    driver_of_nodes: OnceLock<Driver>,
    /// What passes the time of its nodes, and where their sockets are, if they are simulated.
    simulated: OnceLock<(Simulation, Arc<Network>)>,
    deaths: Deaths,
    faults: Faults,
    verdict: Arc<Verdict>,
    operations: Operations,
    mode: Mutex<Mode>,
    roster: Mutex<Roster>,
    ownership: Mutex<Ownership>,
    aftermath: Mutex<Vec<Aftermath>>,
}

/// What is done once a cluster has ended that was not stopped in good order: its test has failed.
type Aftermath = Box<dyn FnOnce() + Send>;

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Home").field("roster", &self.roster).finish_non_exhaustive()
    }
}

/// How a cluster was started, which holds for its nodes that are restarted or added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mode {
    /// What the random choices of its nodes follow from.
    pub(crate) seed: u64,
    pub(crate) public: bool,
    pub(crate) levels: Levels,
    /// Whether the test waits for links: those that are missing are then reported.
    pub(crate) wait_connections: bool,
    /// Whether all links can be cut, by relays where nodes have sockets of their own.
    pub(crate) link_control: bool,
    pub(crate) collector: Collector,
    /// The runtime that its nodes are brought up on; those that have none of their own run there.
    pub(crate) runtime: Option<Handle>,
}

/// Which value of the cluster ends the runs of its nodes: the first one, as long as it lives.
#[derive(Default)]
struct Ownership {
    is_owned: bool,
    /// Ends runs that were begun by other values of the cluster and outlive them.
    left: Vec<EndRun>,
}

/// Ends a run of a node at once.
pub(crate) type EndRun = Box<dyn FnOnce() + Send>;

impl fmt::Debug for Ownership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ownership").field("is_owned", &self.is_owned).finish_non_exhaustive()
    }
}

/// The nodes of a cluster that were started so far. It only grows.
#[derive(Debug, Default)]
struct Roster {
    by_name: HashMap<Arc<str>, Enrolled>,
    by_identity: HashMap<Identity, Arc<State>>,
    by_addr: HashMap<SocketAddr, Arc<State>>,
    /// Links that were not declared, by the ids of their ends.
    learned: BTreeMap<(u64, u64), Arc<Link>>,
}

#[derive(Clone, Debug)]
struct Enrolled {
    node: Arc<State>,
    links: Arc<Links>,
}

impl Home {
    pub(crate) fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// The place of its nodes, if it is open.
    pub(crate) fn place(&self) -> Option<Arc<dyn Place>> {
        self.opened.get().map(|(place, _)| place.clone())
    }

    pub(super) fn session(&self) -> Option<Arc<dyn Session>> {
        self.opened.get().map(|(_, session)| session.clone())
    }

    /// Whether its place breaks links by itself.
    pub(crate) fn is_ruled(&self) -> bool {
        self.opened.get().is_some_and(|(place, _)| !place.can(Ability::Relays))
    }

    /// Spots for these nodes at its place, which is opened before, unless it is. It is asked on the driver.
    ///
    /// # Errors
    /// When it cannot be opened, or has no room for a node.
    pub(crate) async fn admit(&self, place: &Arc<dyn Place>, nodes: Vec<Wanted>) -> io::Result<Vec<Box<dyn Spot>>> {
        let driver = self.driver().ok_or_else(|| io::Error::other("the cluster has no driver"))?;
        let open = || async {
            let opening = place.clone();
            let session = driver.run(async move { opening.open().await }).await?;
            Ok::<_, io::Error>((place.clone(), session.into()))
        };
        let session: Arc<dyn Session> = self.opened.get_or_try_init(open).await?.1.clone();
        driver.run(async move { session.admit(nodes).await }).await
    }

    /// Nodes have got spots at its place.
    pub(crate) fn note_admitted(&self, nodes: impl IntoIterator<Item = u64>) {
        lock(&self.admitted).extend(nodes);
    }

    /// Whether a node has got a spot at its place.
    pub(crate) fn has_admitted(&self, node: u64) -> bool {
        lock(&self.admitted).contains(&node)
    }

    /// The declared links of a node that was started.
    pub(super) fn declared_links(&self, node: &State) -> Vec<LinkEnd> {
        let links = self.roster().by_name.get(node.name()).map(|enrolled| enrolled.links.clone());
        links.map(|links| links.declared()).unwrap_or_default()
    }

    /// Starts its driver and returns it, unless it has one. Its output is captured with that of the calling thread.
    pub(crate) fn start_driver(&self) -> io::Result<Option<&Driver>> {
        if self.driver.get().is_some() {
            return Ok(None);
        }
        // If two are started at the same time one is dropped, and its thread ends.
        let is_first = self.driver.set(Driver::start()?).is_ok();
        Ok(self.driver().filter(|_| is_first))
    }

    /// The runtime of its own for its nodes, which lives as long as it: it is started at the first call.
    ///
    /// # Errors
    /// When no thread can be had.
    pub(crate) fn driver_of_nodes(&self) -> io::Result<&Driver> {
        if self.driver_of_nodes.get().is_none() {
            let _ = self.driver_of_nodes.set(Driver::of_nodes()?);
        }
        self.driver_of_nodes.get().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The deaths of its nodes.
    pub(crate) fn deaths(&self) -> &Deaths {
        &self.deaths
    }

    /// Returns the output of `work`, unless a node dies first and deaths are not tolerated.
    ///
    /// # Errors
    /// Those of the work, and [`Error::Died`].
    pub(crate) async fn unless_death<T>(&self, work: BoxFuture<'_, Result<T>>) -> Result<T> {
        self.unless(&|_, _| true, work).await
    }

    /// The same, with the deaths of nodes other than this one.
    pub(super) async fn unless_death_of_another<T>(&self, node: u64, work: BoxFuture<'_, Result<T>>) -> Result<T> {
        self.unless(&|dead, _| dead != node, work).await
    }

    /// The same, with the deaths from now on of nodes of which `are_others` holds.
    pub(crate) async fn unless_new_death<T>(
        &self,
        are_others: &(dyn Fn(u64) -> bool + Sync),
        work: BoxFuture<'_, Result<T>>,
    ) -> Result<T> {
        let next = self.deaths.next();
        self.unless(&|dead, number| number >= next && are_others(dead), work).await
    }

    async fn unless<T>(&self, counts: Counts<'_>, work: BoxFuture<'_, Result<T>>) -> Result<T> {
        self.deaths.unless(counts, work).await.map_err(|error| self.with_troubles(error))
    }

    /// The same error of a wait, with what else is not as it should be.
    fn with_troubles(&self, error: Error) -> Error {
        match error {
            Error::Died { .. } => error.with_troubles(self.troubles()),
            error => error,
        }
    }

    /// Opens the relays of a link, if it has to have some.
    ///
    /// # Errors
    /// When no port or no file descriptor is left.
    pub(crate) fn open_relays(&self, link: &LinkEnd) -> io::Result<()> {
        match self.driver() {
            Some(driver) if link.needs_relays(lock(&self.mode).link_control) => link.open_relays(&driver.background()),
            _ => Ok(()),
        }
    }

    /// The faults that are in force.
    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What the test has asked of it.
    pub(crate) fn operations(&self) -> &Operations {
        &self.operations
    }

    /// How its test goes.
    pub(crate) fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// What hears of a wait on it for `what`.
    pub(crate) fn watch<W: Fn() -> String + Send + 'static>(
        self: &Arc<Self>,
        what: W,
    ) -> impl FnOnce(Deadline) -> Option<BegunWait> + Send + use<W> {
        let home = self.clone();
        move |deadline| Some(home.verdict.watch(&home.journal, home.simulation().cloned(), deadline, what))
    }

    /// Simulates its nodes from now on, unless it does.
    ///
    /// # Errors
    /// When no thread can be had.
    pub(crate) fn simulate(&self, seed: u64) -> io::Result<&Simulation> {
        if self.simulated.get().is_none() {
            let simulation = Simulation::start(seed)?;
            let network = Network::new(seed, simulation.schedule().clone());
            // Of two at the same time the first is kept.
            if self.simulated.set((simulation.clone(), network)).is_ok() {
                let _ = self.driver.set(Driver::of(simulation.runtime()));
                self.journal.set_time(simulation.time().clone());
            }
        }
        self.simulation().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// What passes the time of its nodes, if that is simulated.
    pub(crate) fn simulation(&self) -> Option<&Simulation> {
        self.simulated.get().map(|(simulation, _)| simulation)
    }

    /// Where the sockets of its nodes are, if they are simulated.
    pub(crate) fn network(&self) -> Option<&Arc<Network>> {
        self.simulated.get().map(|(_, network)| network)
    }

    /// Its driver, from its first start on.
    pub(crate) fn driver(&self) -> Option<&Driver> {
        self.driver.get()
    }

    /// Whether one of its nodes runs that is not about to end.
    pub(crate) fn has_runs(&self) -> bool {
        self.nodes().iter().any(|node| node.lifecycle().is_alive() && !node.lifecycle().is_ending())
    }

    /// Its nodes that were started so far, in the order of their creation.
    pub(crate) fn nodes(&self) -> Vec<Arc<State>> {
        self.enrolled().into_iter().map(|enrolled| enrolled.node).collect()
    }

    fn enrolled(&self) -> Vec<Enrolled> {
        let mut enrolled: Vec<_> = self.roster().by_name.values().cloned().collect();
        enrolled.sort_unstable_by_key(|enrolled| enrolled.node.id());
        enrolled
    }

    /// Its nodes and links that are not as they should be: nodes that are dead, killed, paused or not ready, and, where the test
    /// waits for links, those that are missing though both ends run.
    pub(crate) fn troubles(&self) -> Vec<Trouble> {
        let mut troubles = self.troubles_of_nodes();
        if self.mode().wait_connections {
            let enrolled = self.enrolled();
            let links: Vec<_> = enrolled.iter().map(|Enrolled { node, links }| (node.id(), &**links)).collect();
            let run = |link: &LinkEnd| [link.own(), link.other()].iter().all(|end| end.lifecycle().is_alive());
            let missing = missing_links(&links).into_iter().filter(|(link, _)| run(link));
            troubles.extend(missing.map(|(_, missing)| Trouble::of_link(&missing)));
        }
        troubles
    }

    /// Its nodes that are not as they should be.
    pub(crate) fn troubles_of_nodes(&self) -> Vec<Trouble> {
        let nodes = self.nodes();
        let trouble = |node: &Arc<State>| Some(Trouble::new(&**node.name(), node.lifecycle().trouble()?));
        nodes.iter().filter_map(trouble).collect()
    }

    /// The names of its nodes whose code is at work on a thread that they share with the test.
    pub(crate) fn nodes_at_work(&self) -> Vec<String> {
        let nodes = self.nodes().into_iter();
        let shares = |node: &Arc<State>| matches!(node.lifecycle().runner(), Some(Runner::Task(_)));
        let at_work = nodes.filter(|node| shares(node) && node.barrier().is_busy());
        at_work.map(|node| format!("`{}`", node.name())).collect()
    }

    /// The runtime that it was started on last.
    pub(crate) fn runtime(&self) -> Option<Handle> {
        lock(&self.mode).runtime.clone()
    }

    /// What the random choices of its nodes follow from.
    pub(crate) fn seed(&self) -> u64 {
        lock(&self.mode).seed
    }

    /// How it was started last.
    pub(crate) fn mode(&self) -> Mode {
        lock(&self.mode).clone()
    }

    pub(crate) fn set_mode(&self, mode: Mode) {
        *lock(&self.mode) = mode;
    }

    /// Adds a node that is started.
    pub(crate) fn enrol(&self, node: &Arc<State>, links: &Arc<Links>) {
        let enrolled = Enrolled { node: node.clone(), links: links.clone() };
        let mut roster = self.roster();
        roster.by_name.insert(node.name().clone(), enrolled);
        for (_, addr) in node.spot().ports() {
            roster.by_addr.insert(addr, node.clone());
        }
    }

    /// The node at this address.
    pub(super) fn at(&self, addr: SocketAddr) -> Option<Arc<State>> {
        self.roster().by_addr.get(&addr).cloned()
    }

    /// The node of this name.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<State>> {
        Some(self.roster().by_name.get(name)?.node.clone())
    }

    /// The node that has this identity, or had it last: its peers may still tell of connections to its last run.
    pub(crate) fn identified(&self, identity: &Identity) -> Option<Arc<State>> {
        self.roster().by_identity.get(identity).cloned()
    }

    /// Records the identity of a node.
    pub(super) fn identify(&self, identity: Identity, node: &Arc<State>) {
        self.roster().by_identity.insert(identity, node.clone());
    }

    /// The undeclared link between two nodes, as seen from the first.
    pub(super) fn learned(&self, own: &Arc<State>, other: &Arc<State>) -> LinkEnd {
        let ids = (own.id().min(other.id()), own.id().max(other.id()));
        let mut is_new = false;
        let link = self
            .roster()
            .learned
            .entry(ids)
            .or_insert_with(|| {
                is_new = true;
                Link::new(own.clone(), other.clone())
            })
            .clone();
        let end = LinkEnd::of(link, own);
        if is_new {
            end.put_conditions_in_force();
            self.faults.apply_to(&end);
        }
        end
    }

    /// The links that were not declared, each as seen from both ends.
    pub(crate) fn learned_links(&self) -> Vec<LinkEnd> {
        let links: Vec<_> = self.roster().learned.values().cloned().collect();
        links.into_iter().flat_map(Link::into_ends).collect()
    }

    /// Makes the caller its owner, unless it has one.
    pub(crate) fn claim(&self) -> bool {
        !std::mem::replace(&mut self.ownership().is_owned, true)
    }

    /// Ends the ownership, and returns the runs that the owner has to end.
    pub(crate) fn release(&self) -> Vec<EndRun> {
        std::mem::take(&mut *self.ownership()).left
    }

    /// Leaves runs to the owner. Without one they are returned, and have to be ended by the caller.
    pub(crate) fn leave(&self, runs: Vec<EndRun>) -> Vec<EndRun> {
        let mut ownership = self.ownership();
        if !ownership.is_owned {
            return runs;
        }
        ownership.left.extend(runs);
        Vec::new()
    }

    /// Does this once the cluster has ended, unless it is stopped in good order.
    pub(crate) fn add_aftermath(&self, aftermath: impl FnOnce() + Send + 'static) {
        lock(&self.aftermath).push(Box::new(aftermath));
    }

    pub(crate) fn take_aftermath(&self) -> Vec<Aftermath> {
        std::mem::take(&mut lock(&self.aftermath))
    }

    /// Whether something is to be done if its test fails, as after a plan of faults.
    pub(crate) fn has_aftermath(&self) -> bool {
        !lock(&self.aftermath).is_empty()
    }

    /// The cluster was stopped in good order.
    pub(crate) fn forget_aftermath(&self) {
        drop(self.take_aftermath());
    }

    fn ownership(&self) -> MutexGuard<'_, Ownership> {
        lock(&self.ownership)
    }

    fn roster(&self) -> MutexGuard<'_, Roster> {
        lock(&self.roster)
    }
}
