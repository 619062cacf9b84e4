use std::any::Any;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use cluster_topology::Rng;
use serde_json::{Value, json};
use tokio::task::AbortHandle;

use super::barrier::behind;
use super::home::Home;
use super::identity::Identity;
use super::lifecycle::Run;
use super::link::{Dial, LinkEnd};
use super::links::{Links, Neighbour};
use super::member::Member;
use super::panics::catch_panic;
use super::peer::Peer;
use super::state::State;
use super::tasks::Tasks;
use crate::clock::{Deadline, pause};
use crate::collector::Origin;
use crate::error::{Death, End, Error, Phase, Result, Trouble};
use crate::event::{Level, Levels};
use crate::isolated::Blocked;
use crate::journal::{Compact, Log, Report};
use crate::lock::lock;
use crate::net::TcpListener;
use crate::ordered::ordered;
use crate::place::{BoxFuture, Hosts};
use crate::seed::seed_of_node;
use crate::verdict::BegunWait;

/// What tokio says, in a panic, where a socket is opened in a simulation.
const NO_SOCKETS: &str = "IO is disabled";

const OWN_SOCKET: &str = "it has opened a socket of the system, and runs in simulated time\n\
                          help: use `node.listen`, `node.connect`, `node.dial` and `node.datagram`, whose sockets are simulated there";

/// A node as its kind sees it: its name, address and peers, its sockets, and what it reports.
///
/// # Examples
/// ```
/// use cluster_runtime::{Level, NodeContext, Result};
/// use serde_json::json;
///
/// async fn serve(node: NodeContext) -> Result {
///     let listener = node.listener()?;
///     node.event(Level::Info, "serve", "listening", json!({ "addr": listener.local_addr()?.to_string() }));
///     node.ready();
///     node.stopped().await;
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct NodeContext(Arc<Inner>);

struct Inner {
    state: Arc<State>,
    index: usize,
    links: Arc<Links>,
    log: Arc<Log>,
    /// Its present or last run, as an origin of events.
    origin: Mutex<Origin>,
    home: OnceLock<Arc<Home>>,
    tasks: Tasks,
    /// How often it was asked for random numbers.
    draws: AtomicU64,
}

impl NodeContext {
    pub(crate) fn new(name: &str, index: usize, hosts: Hosts, ports: &[&'static str]) -> Self {
        let state = Arc::new(State::new(name, hosts, ports));
        let log = Arc::new(Log::new(state.name().clone()));
        let links = Arc::new(Links::new(state.link_changes().clone()));
        let (origin, home, tasks) = (Mutex::default(), OnceLock::new(), Tasks::default());
        let draws = AtomicU64::new(0);
        Self(Arc::new(Inner { state, index, links, log, origin, home, tasks, draws }))
    }

    /// Returns the node's name.
    pub fn name(&self) -> &str {
        self.0.state.name()
    }

    /// Returns the node's index in its group; 0 for a node that is not in a group.
    pub fn index(&self) -> usize {
        self.0.index
    }

    /// Returns the node's address, on loopback unless it [runs elsewhere](crate::place). The port is reserved as long as the node
    /// exists. A server that sets SO_REUSEADDR, as tokio's does, may bind the address; others use [`listen`](Self::listen) or
    /// [`listener`](Self::listener).
    pub fn addr(&self) -> SocketAddr {
        self.0.state.addr()
    }

    /// Returns the node's address with the port of this name: one of the [ports](crate::Profile::ports) of its kind, reserved
    /// as that of [`addr`](Self::addr), whose name is "". Any other name is an error that ends the node.
    pub fn addr_of(&self, port: &str) -> SocketAddr {
        let spot = self.0.state.spot();
        spot.addr_of(port).unwrap_or_else(|| {
            let names: Vec<_> = spot.named().into_iter().map(|(name, _)| name).collect();
            self.misuse(format!("it has no port `{port}`: its kind asks for {names:?}"));
            (self.addr().ip(), 0).into()
        })
    }

    /// Listens on the node's address with tokio's own listener, for servers that take no other. See
    /// [`listen`](Self::listen).
    ///
    /// # Errors
    /// When the address is listened on already, or no file descriptor is left.
    pub fn listener(&self) -> Result<TcpListener> {
        self.state().spot().listener().map_err(|error| self.unable("listen on", error))
    }

    /// Returns the node's declared peers, in the order of their creation.
    pub fn peers(&self) -> Vec<Peer> {
        self.0.links.declared().into_iter().map(|link| self.peer(link)).collect()
    }

    /// Whether the node is in private mode: it dials and admits its declared peers only.
    pub fn private(&self) -> bool {
        self.0.state.lifecycle().is_private()
    }

    /// Returns the node's identity, once it is known.
    pub fn identity(&self) -> Option<Identity> {
        self.0.state.identity()
    }

    /// Sets the node's identity.
    pub fn set_identity(&self, identity: Identity) {
        if let Some(home) = self.0.home.get() {
            home.identify(identity.clone(), &self.0.state);
        }
        self.0.state.set_identity(identity);
    }

    /// Reports an event.
    pub fn event(
        &self,
        level: Level,
        section: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        value: Value,
    ) {
        self.0.log.append(Report { level, section: section.into(), name: name.into(), value: value.into() });
    }

    /// Returns the levels of events that the start asked for, for a kind that passes them on to a program.
    pub fn levels(&self) -> Levels {
        self.0.log.levels()
    }

    /// Returns the lowest level of a section that is shown.
    pub fn level_of(&self, section: &str) -> Level {
        self.0.log.level_of(section)
    }

    /// Reports that the node is ready.
    pub fn ready(&self) {
        if self.0.state.lifecycle().ready() {
            self.event(Level::Notice, "node", "ready", Value::Null);
        }
    }

    /// Resolves when the node has called [`ready`](Self::ready).
    pub async fn is_ready(&self) {
        self.0.state.lifecycle().until_ready().await;
    }

    /// Sets what the node is waiting for until it is ready, as in "its probe does not succeed", for the report of a timeout.
    pub fn waiting_for(&self, what: &str) {
        self.0.state.lifecycle().waits_for(what);
    }

    /// Reports that the node has dialled a peer and waits for an answer, for the report of missing links.
    ///
    /// As [`connected`](Self::connected), it takes the name of a peer or of another node of the cluster. Any other name is an
    /// error that ends the node. [`connect`](Self::connect) calls it.
    pub fn dialled(&self, peer: &str) {
        if let Some(link) = self.link_to(peer) {
            link.note_dial(Dial::Dialled);
        }
    }

    /// Reports why dialling a peer failed, for the report of missing links.
    pub fn dial_failed(&self, peer: &str, why: impl fmt::Display) {
        if let Some(link) = self.link_to(peer) {
            link.note_dial(Dial::Failed(why.to_string()));
        }
    }

    /// Reports a connection to a peer, by its name.
    pub fn connected(&self, peer: &str) {
        if let Some(link) = self.link_to(peer) {
            self.add_connection(&Neighbour::Node(link));
        }
    }

    /// Reports that a connection to a peer was closed.
    pub fn disconnected(&self, peer: &str) {
        if let Some(link) = self.link_to(peer) {
            self.remove_connection(&Neighbour::Node(link));
        }
    }

    /// Reports a connection to a node of this identity, for a kind whose handshake exchanges identities. If no node of the
    /// cluster has it, it is listed among the [connections](crate::AnyNode::connections) without a name.
    pub fn connected_to(&self, identity: &Identity) {
        self.add_connection(&self.neighbour(identity));
    }

    /// Reports that a connection to a node of this identity was closed.
    pub fn disconnected_from(&self, identity: &Identity) {
        self.remove_connection(&self.neighbour(identity));
    }

    /// Whether the node has reported a connection to a node of this identity.
    pub fn is_connected_to(&self, identity: &Identity) -> bool {
        match self.neighbour(identity) {
            Neighbour::Node(link) => link.is_up(),
            Neighbour::Stranger(_) => self.0.links.is_connected_to_stranger(identity),
        }
    }

    /// Resolves when the test stops the node.
    pub async fn stopped(&self) {
        self.0.state.lifecycle().until_stop_asked().await;
    }

    /// Spawns a task. It is aborted when the node ends. A panic in it ends the node.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let guard = TaskGuard { node: self.clone(), number: self.0.tasks.add() };
        let number = guard.number;
        let task = self.behind_barrier(catch_panic(Box::pin(task)));
        let task = tokio::spawn(OfNode { task, guard }).abort_handle();
        self.0.tasks.spawned(number, &task);
        task
    }

    /// Waits for this duration by the node's clock: between two attempts at something that sends no signal.
    pub async fn sleep(&self, duration: Duration) {
        pause(duration).await;
    }

    /// Makes a value of the running node available to its handles, by [`AnyNode::provided`](crate::AnyNode::provided). It is
    /// removed when the node ends; a second one replaces the first.
    pub fn provide<T: Any + Send + Sync>(&self, value: Arc<T>) {
        self.0.state.lifecycle().provide(value);
    }

    /// Resolves when the test kills the node: for a kind whose nodes are [outside](crate::Profile::outside) the test's process,
    /// and which has to end them then.
    pub async fn killed(&self) {
        self.0.state.lifecycle().until_kill_asked().await;
    }

    /// Returns the peer of this identity, if it is known by now.
    pub fn peer_by_identity(&self, identity: &Identity) -> Option<Peer> {
        let has_identity = |peer: &State| peer.identity().as_ref() == Some(identity);
        let of_cluster = self.0.home.get().and_then(|home| self.0.links.with(home.identified(identity)?.id()));
        let link = of_cluster.filter(|link| has_identity(link.other())).or_else(|| self.0.links.find(has_identity));
        link.filter(LinkEnd::is_declared).map(|link| self.peer(link))
    }

    /// Returns all nodes of its cluster that were started so far, itself too, in the order of their creation: for a configuration
    /// that lists them all, such as etcd's `--initial-cluster`.
    pub fn all_nodes(&self) -> Vec<Member> {
        let links: HashMap<_, _> =
            self.peers().iter().map(|peer| (peer.link().other().id(), peer.link().clone())).collect();
        let nodes = self.0.home.get().map(|home| home.nodes()).unwrap_or_default();
        nodes
            .into_iter()
            .map(|node| (links.get(&node.id()).cloned(), node))
            .map(|(link, node)| Member::new(node, link))
            .collect()
    }

    /// Returns a seed for its random choices, which follows from the [seed of its cluster](crate::Cluster::seed) and from its
    /// name.
    pub fn seed(&self) -> u64 {
        let cluster = self.0.home.get().map_or(0, |home| home.seed());
        seed_of_node(cluster, self.name())
    }

    /// Returns random numbers for its choices. They follow from the [seed of its cluster](crate::Cluster::seed), from its name and
    /// from how often it was asked before, in all its runs: in [simulated time](crate::place) they are the same
    /// in each run of a test.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use cluster_runtime::NodeContext;
    ///
    /// async fn wait_a_little(node: &NodeContext) {
    ///     let millis = 150 + node.rng().below(150);
    ///     node.sleep(Duration::from_millis(millis.into())).await;
    /// }
    /// ```
    pub fn rng(&self) -> Rng {
        let asked = self.0.draws.fetch_add(1, Ordering::Relaxed);
        Rng::new(self.seed().wrapping_add(asked))
    }

    pub(crate) fn state(&self) -> &Arc<State> {
        &self.0.state
    }

    pub(crate) fn links(&self) -> &Arc<Links> {
        &self.0.links
    }

    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.0.log
    }

    /// The cluster that it belongs to, if it belongs to one already.
    pub(crate) fn home(&self) -> Option<&Arc<Home>> {
        self.0.home.get()
    }

    /// Makes it a node of this cluster for good; `false` when it belongs to another one.
    pub(crate) fn join(&self, home: &Arc<Home>) -> bool {
        let own = self.0.home.get_or_init(|| home.clone());
        self.0.log.join(own.journal());
        Arc::ptr_eq(own, home)
    }

    /// Begins a run; `None` if the node is running already.
    pub(crate) fn begin(&self, private: bool, levels: Levels) -> Option<Run> {
        let run = self.0.state.lifecycle().begin(private)?;
        self.0.tasks.begin();
        self.0.state.barrier().open();
        self.0.links.forget();
        self.0.log.open(levels);
        self.0.log.note_phase(Phase::Identity);
        if let Some(home) = self.0.home.get() {
            home.deaths().forget(self.0.state.id());
            home.verdict().begun();
            *self.lock_origin() = home.mode().collector.origin(&self.0.log);
        }
        Some(run)
    }

    /// Enters a phase of the start of this run, unless it has ended.
    pub(crate) fn enter(&self, run: Run, phase: Phase) {
        if self.0.state.lifecycle().enter(run, phase) {
            self.0.log.note_phase(phase);
        }
    }

    /// The future of a task of it, which is held back while it is paused.
    pub(crate) fn behind_barrier<F>(&self, future: F) -> impl Future<Output = F::Output> + Unpin + use<F>
    where
        F: Future + Unpin,
    {
        behind(self.0.state.barrier().clone(), self.origin().scope(future))
    }

    /// Its present or last run, as the origin of what its code reports through `tracing`.
    pub(crate) fn origin(&self) -> Origin {
        self.lock_origin().clone()
    }

    /// Holds its tasks back, and resolves when none is being polled.
    pub(crate) async fn pause_tasks(&self) {
        self.0.state.barrier().close().await;
    }

    /// This run is paused from now on; `false` if it is over. Its tasks are held back no longer then.
    pub(crate) fn set_paused(&self, run: Run) -> bool {
        let was_paused = self.0.state.lifecycle().is_paused();
        let is_paused = self.0.state.lifecycle().pause(run);
        match is_paused {
            true if was_paused => {}
            true => self.0.log.note_life("paused", Compact::null()),
            false => self.0.state.barrier().open(),
        }
        is_paused
    }

    /// It is not paused any more: its tasks go on.
    pub(crate) fn set_resumed(&self) {
        self.0.state.lifecycle().resume();
        self.0.log.note_life("resumed", Compact::null());
        self.0.state.barrier().open();
    }

    /// Asks its kind to end this run at once.
    pub(crate) fn ask_to_die(&self, run: Run) {
        if self.0.state.lifecycle().ask_to_die(run) {
            self.end(End::Killed);
        }
    }

    /// Ends this run at once, unless it is over.
    pub(crate) fn abort(&self, run: Run) {
        if self.0.state.lifecycle().abort(run) {
            self.end(End::Killed);
        }
    }

    /// The node has ended. That is recorded when the last of the tasks that it has spawned has gone.
    pub(crate) fn end(&self, end: End) {
        self.0.tasks.abort();
        self.0.state.barrier().open();
        if let Some(end) = self.0.tasks.end(end) {
            self.record_end(end);
        }
    }

    fn record_end(&self, end: End) {
        self.0.state.close_sockets();
        self.0.links.forget();
        let is_unasked = self.0.state.lifecycle().end(end.clone());
        let how = self.0.state.lifecycle().last_end().unwrap_or_else(|| end.clone()).to_string();
        self.0.log.note_life("over", json!({ "how": how, "unasked": is_unasked }).into());
        match self.0.home.get().filter(|_| is_unasked && end.is_death()) {
            Some(home) => {
                // A test that is over needs no files of it.
                let log = if matches!(end, End::RuntimeGone) { self.0.log.tail() } else { self.log_tail() };
                let death = Death { node: self.0.state.name().clone(), end, log };
                home.deaths().add(self.0.state.id(), death, || {
                    self.close();
                    self.0.state.lifecycle().death().is_some()
                });
            }
            None => self.close(),
        }
    }

    /// Nothing more comes of this run: waits on it end, and it may be started again.
    fn close(&self) {
        self.0.log.close();
        self.0.state.lifecycle().over();
    }

    /// The node's end counts as expected, if it has ended.
    pub(crate) fn expect_end(&self) {
        self.0.state.lifecycle().expect_end();
        if let Some(home) = self.0.home.get() {
            home.deaths().forget(self.0.state.id());
        }
    }

    /// An error that the test is given tells of its death, if it has died: no wait and no stop tells of it again.
    pub(crate) fn death_told(&self) {
        self.0.state.lifecycle().death_told();
        if let Some(home) = self.0.home.get() {
            home.deaths().forget(self.0.state.id());
        }
    }

    /// The error of a wait on it that its deadline has ended.
    pub(crate) fn timed_out(&self, waiting_for: impl Into<String>, deadline: Deadline) -> Error {
        Error::Timeout {
            node: self.0.state.name().clone(),
            state: self.0.state.lifecycle().state(),
            waiting_for: waiting_for.into(),
            timeout: deadline.total(),
            log: self.log_tail(),
            troubles: self.troubles_of_others(),
        }
    }

    /// The same, with what blocks its thread if that does not yield. It takes another 100 ms where that is likely.
    pub(crate) async fn overdue(&self, waiting_for: impl Into<String>, deadline: Deadline) -> Error {
        let waiting_for = waiting_for.into();
        match self.blocked().await {
            Some(blocked) => self.timed_out(format!("{waiting_for} ({blocked})"), deadline),
            None => self.timed_out(waiting_for, deadline),
        }
    }

    /// What blocks its thread, if it has one of its own that does not yield.
    pub(crate) async fn blocked(&self) -> Option<Blocked> {
        let runner = self.0.state.lifecycle().runner()?;
        runner.isolated()?.blocked().await
    }

    /// The other nodes of its cluster, and the links, that are not as they should be.
    pub(crate) fn troubles_of_others(&self) -> Box<[Trouble]> {
        let mut troubles = self.0.home.get().map(|home| home.troubles()).unwrap_or_default();
        troubles.retain(|trouble| trouble.name != self.name());
        troubles.into()
    }

    /// Aborts the tasks that it has spawned, and resolves when they have ended.
    pub(crate) async fn end_tasks(&self) {
        self.0.tasks.abort();
        self.0.tasks.until_none().await;
    }

    /// Returns the output of `work`, unless a node of the cluster dies first.
    ///
    /// # Errors
    /// Those of the work, and [`Error::Died`].
    pub(crate) async fn unless_death<T>(&self, work: BoxFuture<'_, Result<T>>) -> Result<T> {
        match self.0.home.get() {
            Some(home) => home.unless_death(work).await,
            None => work.await,
        }
    }

    /// The same, but its own death does not end it.
    pub(crate) async fn unless_death_of_another<T>(&self, work: BoxFuture<'_, Result<T>>) -> Result<T> {
        match self.0.home.get() {
            Some(home) => home.unless_death_of_another(self.0.state.id(), work).await,
            None => work.await,
        }
    }

    /// What hears of a wait on it for `what`.
    pub(crate) fn watch<W: Fn() -> String + Send + 'static>(
        &self,
        what: W,
    ) -> impl FnOnce(Deadline) -> Option<BegunWait> + Send + use<W> {
        let node = self.clone();
        move |deadline| node.home()?.watch(what)(deadline)
    }

    /// Replaces its connections by those that its kind has returned.
    pub(crate) fn set_connections(&self, identities: &[Identity]) {
        let links = self.0.links.by_identity();
        let of = |identity| match links.get(identity) {
            Some(link) => Neighbour::Node(link.clone()),
            None => self.neighbour(identity),
        };
        let neighbours: Vec<_> = identities.iter().map(of).collect();
        let answer = ordered(neighbours.iter().map(|neighbour| format!("`{}`", neighbour.label()))).join(", ");
        let answer: Arc<str> = if answer.is_empty() { "nobody".into() } else { answer.into() };
        self.0.links.declared().iter().for_each(|link| link.note_answer(answer.clone()));
        for (peer, is_up) in self.0.links.replace(neighbours) {
            let name = if is_up { "connected" } else { "disconnected" };
            self.0.log.note_life(name, Compact::field("peer", &peer));
        }
    }

    /// The lines of its log for a report. They begin with the directory of the node's files, if there is one, which is kept.
    pub(crate) fn log_tail(&self) -> Vec<String> {
        let files = self.0.state.spot().files().keep().map(|directory| format!("its files are in {directory}"));
        files.into_iter().chain(self.0.log.tail()).collect()
    }

    /// Its end by a panic with this message.
    pub(crate) fn end_by_panic(&self, message: String) -> End {
        match self.0.state.is_simulated() && message.contains(NO_SOCKETS) {
            true => End::from(Error::other(OWN_SOCKET)),
            false => End::Panicked(message),
        }
    }

    /// The node has used the interface wrongly, and is ended.
    pub(crate) fn misuse(&self, how: String) {
        self.0.state.lifecycle().condemn(End::from(Error::other(how)));
    }

    fn add_connection(&self, neighbour: &Neighbour) {
        self.0.links.connected(neighbour);
        self.report_link("connected", neighbour);
    }

    fn remove_connection(&self, neighbour: &Neighbour) {
        if self.0.links.disconnected(neighbour) {
            self.report_link("disconnected", neighbour);
        }
    }

    fn report_link(&self, name: &'static str, neighbour: &Neighbour) {
        let (section, value) = ("p2p".into(), Compact::field("peer", neighbour.label()));
        self.0.log.append(Report { level: Level::Info, section, name: name.into(), value });
    }

    /// The other end of a link, which may have been declared since the start.
    fn peer(&self, link: LinkEnd) -> Peer {
        if let Some(home) = self.0.home.get() {
            home.faults().apply_to(&link);
            if let Err(error) = home.open_relays(&link) {
                self.misuse(format!("a relay of its links cannot be opened: {error}"));
            }
        }
        Peer::new(link)
    }

    /// The link to the node of this identity, or a stranger.
    fn neighbour(&self, identity: &Identity) -> Neighbour {
        let of_cluster = self.0.home.get().and_then(|home| home.identified(identity));
        let link = match of_cluster {
            Some(node) => self.link_with(&node),
            None => self.0.links.find(|peer| peer.identity().as_ref() == Some(identity)),
        };
        link.map_or_else(|| Neighbour::Stranger(identity.clone()), Neighbour::Node)
    }

    /// The link to the node of this name. Naming a node that is neither a peer nor of the cluster is a misuse.
    fn link_to(&self, name: &str) -> Option<LinkEnd> {
        let of_cluster = self.0.home.get().and_then(|home| home.named(name));
        let link = match of_cluster {
            Some(node) => self.link_with(&node),
            None => self.0.links.find(|peer| &**peer.name() == name),
        };
        if link.is_none() {
            let names: Vec<_> = self.peers().iter().map(|peer| format!("`{}`", peer.name())).collect();
            let peers = if names.is_empty() { "it has none".to_owned() } else { names.join(", ") };
            self.misuse(format!("it named `{name}`, which is not one of its peers ({peers})"));
        }
        link
    }

    /// The link with another node of the same cluster, declared or not.
    pub(super) fn link_with(&self, node: &Arc<State>) -> Option<LinkEnd> {
        if node.id() == self.0.state.id() {
            return None;
        }
        let learned = || Some(self.0.home.get()?.learned(&self.0.state, node));
        self.0.links.with(node.id()).or_else(learned)
    }

    fn lock_origin(&self) -> MutexGuard<'_, Origin> {
        lock(&self.0.origin)
    }
}

/// A task of a node, which is dropped before its node learns that it has gone.
struct OfNode<F> {
    task: F,
    guard: TaskGuard,
}

impl<F: Future<Output = Result<(), String>> + Unpin> Future for OfNode<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Err(message) = ready!(Pin::new(&mut self.task).poll(cx)) {
            let node = &self.guard.node;
            node.0.state.lifecycle().condemn(node.end_by_panic(message));
        }
        Poll::Ready(())
    }
}

/// Tells the node that a task of it has gone.
struct TaskGuard {
    node: NodeContext,
    number: u64,
}

impl Drop for TaskGuard {
    fn drop(&mut self) {
        if let Some(end) = self.node.0.tasks.gone(self.number) {
            self.node.record_end(end);
        }
    }
}

impl fmt::Debug for NodeContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NodeContext").field(&self.name()).finish()
    }
}
