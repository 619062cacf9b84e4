use std::future::{Future, IntoFuture};
use std::io;
use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::Handle;

use super::begin::{Begun, begin};
use super::cluster::Cluster;
use super::forms;
use super::options::Options;
use super::overdue::look_for_overdue;
use super::phases::bring_up;
use super::placing::{declare_conditions, give_spots, place_for};
use super::preflight;
use super::recorded;
use super::search::end_with_search;
use super::simulate::simulate;
use super::steps::{OwnStep, Steps};
use super::terminated;
use super::watched_start::WatchedStart;
use crate::blocking::check_thread;
use crate::clock::Deadline;
use crate::collector::Collector;
#[cfg(feature = "tracing")]
use crate::collector::present_subscriber;
use crate::error::{BoxError, Error, Refusal, Result};
use crate::event::{DefaultLevel, Level};
use crate::handle::{AnyNode, Nodes};
use crate::node::Mode;
use crate::place::{AnyPlace, BoxFuture};
use crate::simulation::Simulation;
use crate::verdict::CallSite;

/// Starts a set of nodes, all at the same time.
///
/// A node always belongs to the cluster that declares it, or to that of its first start. So `start(&net.a)` runs a node of
/// `net` again within `net`: dropping the value that it returns stops nothing, dropping `net` does.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, Node, Result, create, star, start};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let center = Node::new(&Loopback::new(), "center");
/// let leaves = create(&Loopback::new(), "leaves", 5);
/// star(&center, &leaves);
/// let net = start((&center, &leaves)).wait_connections(true).await?;
/// assert_eq!(center.connections().await?.len(), 5);
/// net.stop().await
/// # }
/// ```
pub fn start(nodes: impl Nodes) -> Start<Cluster> {
    Start::new(Cluster::of(nodes))
}

/// The start of a cluster. It does nothing until it is awaited, and then returns the running cluster.
///
/// It takes all nodes at the same time through the phases identity, config, run and ready, and through connected with
/// [`wait_connections`](Self::wait_connections). If the future is dropped, all nodes that it started are stopped.
///
/// # Errors
/// [`Refused`](crate::Error::Refused) before anything runs; [`Failed`](crate::Error::Failed) when a node fails, or
/// [`StartTimeout`](crate::Error::StartTimeout); [`Fault`](crate::Error::Fault) when a probe shows nothing of a condition that is
/// declared. All of them after all nodes were stopped.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use cluster_runtime::{DefaultLevel, Level, Result, cluster};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! { k[4]: clique }
///     .start()
///     .public(true)
///     .event_level(DefaultLevel::Debug)
///     .event_sections_levels([("p2p", Level::Debug), ("gossip", Level::Fatal)])
///     .wait_connections(true)
///     .timeout(Duration::from_secs(20))
///     .await?;
/// net.stop().await
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a start does nothing unless it is awaited: `.start().await?`"]
pub struct Start<C> {
    cluster: C,
    options: Options,
    once: Vec<OwnStep>,
}

impl<C: AsRef<Cluster>> Start<C> {
    /// The start of a cluster, or of whatever holds one.
    #[doc(hidden)]
    pub fn new(cluster: C) -> Self {
        Self { cluster, options: Options::default(), once: Vec::new() }
    }

    /// Sets where its nodes run: where `CLUSTER_PLACE` in the environment says, or on [this machine](crate::place::Local). The nodes
    /// get their addresses there, so none may have been asked for its address or its directory before. What the place cannot do is
    /// refused; one from the environment that cannot carry the nodes leaves them on this machine, and says so in one line.
    pub fn on(mut self, place: impl Into<AnyPlace>) -> Self {
        self.options.place = Some(place.into().into_inner());
        self
    }

    /// Runs its nodes in [simulated time](crate::place::Simulated), whose random choices follow from this seed.
    #[cfg(feature = "simulated")]
    pub fn simulated(self, seed: u64) -> Self {
        self.on(crate::place::Simulated::new(seed))
    }

    /// Sets whether nodes are in public mode, in which they also learn of other nodes. By default they are in private mode, in
    /// which they dial and admit their declared peers only.
    pub fn public(mut self, public: bool) -> Self {
        self.options.public = public;
        self
    }

    /// Sets the lowest level of the events that are shown; [`DefaultLevel::Info`] by default.
    pub fn event_level(mut self, level: DefaultLevel) -> Self {
        self.options.levels.default = level;
        self
    }

    /// Sets the lowest level of the events that are shown, by section. `p2p` includes `p2p.dial`; the longest match counts.
    pub fn event_sections_levels<S: Into<String>>(mut self, levels: impl IntoIterator<Item = (S, Level)>) -> Self {
        self.options.levels.sections.extend(levels.into_iter().map(|(section, level)| (section.into(), level)));
        self
    }

    /// Sets whether to wait until each node is connected to all its declared peers. By default it does not wait.
    pub fn wait_connections(mut self, wait: bool) -> Self {
        self.options.wait_connections = wait;
        self
    }

    /// Sets whether all links can be [cut](crate::fault) and given conditions while the cluster runs. By default that can be done
    /// of the links of nodes that use the sockets of their [`NodeContext`](crate::NodeContext) only, such as
    /// [`Loopback`](struct@crate::Loopback), and of links that are declared with conditions. With it, nodes that have sockets of their
    /// own, such as programs, reach each other over relays: [`Peer::addr`](crate::Peer::addr) is that of a relay.
    ///
    /// A relay accepts before the other node has. So a dial of a node that does not listen yet is not refused, but reset.
    pub fn link_control(mut self, control: bool) -> Self {
        self.options.link_control = control;
        self
    }

    /// Holds nodes back: they are not started, and their links are not waited for, until they are
    /// [added](Cluster::add). It may be called several times.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { k[3]: clique; late: connect(k) }
    ///     .start()
    ///     .hold(|net| &net.late)
    ///     .wait_connections(true)
    ///     .await?;
    /// net.add(&net.late).await?;
    /// net.wait_connections().await?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn hold<S: Nodes + ?Sized>(self, held: impl FnOnce(&C) -> &S) -> Self {
        held(&self.cluster).for_each_node(&mut |node| node.state().hold(true));
        self
    }

    /// Adds a step that is taken once when all nodes are ready, and before it is waited for their connections: for servers that run
    /// alone until they are made one cluster. It gets all nodes that are started, in the order of their creation, and comes after
    /// the steps of kinds ([`Kind::once`](crate::Kind::once)). Its error is that of the start. It may be called several times.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Error, Level, NodeContext, Result, Service, cluster};
    /// # async fn serve(node: NodeContext) -> Result { node.ready(); node.stopped().await; Ok(()) }
    /// # async fn invite(_: std::net::SocketAddr, _: Vec<std::net::SocketAddr>) -> Result { Ok(()) }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { use Service::new(serve); k[3]: clique }
    ///     .start()
    ///     .once(async |nodes| {
    ///         let others = nodes[1..].iter().map(|node| node.addr()).collect();
    ///         invite(nodes[0].addr(), others).await
    ///     })
    ///     .await?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn once<F, R, E>(mut self, step: F) -> Self
    where
        F: FnOnce(Vec<AnyNode>) -> R + Send + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.once.push(OwnStep::new(step));
        self
    }

    /// Whether waits go on when a node dies. By default a death ends every wait on any node of the cluster, until the node runs
    /// again or the test has taken its end by [`wait_ended`](crate::AnyNode::wait_ended).
    pub fn tolerate_deaths(mut self, tolerate: bool) -> Self {
        self.options.tolerate_deaths = tolerate;
        self
    }

    /// Sets whether all events of the cluster, including those that the levels hide, are sent to the `tracing` subscriber that
    /// the test has at the start: with the target `cluster` and the fields `node`, `section`, `name` and `value`. By default they
    /// are not. What nodes say through `tracing` reaches that subscriber anyway, as it is.
    ///
    /// Notices are sent as `INFO`, fatal events as `ERROR`. Without a subscriber the start is refused.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # async fn forwarding() -> Result {
    /// // after `tracing_subscriber::fmt::init()`, which prints them:
    /// let net = cluster! { a; b: connect(a) }.start().forward_events(true).await?;
    /// # net.stop().await
    /// # }
    /// ```
    #[cfg(feature = "tracing")]
    pub fn forward_events(mut self, forward: bool) -> Self {
        self.options.forward_events = forward;
        self
    }

    /// Sets the timeout of the whole start; 30 s by default. `CLUSTER_TIMEOUT_FACTOR` in the environment multiplies it.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// Limits how many nodes are brought up at the same time: while they get their identities, and then from their
    /// configuration until they are ready. By default there is no limit. A node that waits for its connections does not count.
    pub fn concurrency(mut self, nodes: usize) -> Self {
        self.options.concurrency = Some(nodes);
        self
    }
}

impl<C: AsRef<Cluster> + Send + 'static> Start<C> {
    /// Starts it on the calling thread, in a test that is not async. [`Loopback`](struct@crate::Loopback) nodes,
    /// [shared](crate::Service::shared) services and the supervision of programs, which otherwise run on the test's runtime,
    /// run on a thread and a runtime that the cluster has for that, and that live as long as it.
    ///
    /// # Errors
    /// Those of the start; [`Error::Blocking`] within an async runtime.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::{Result, cluster};
    ///
    /// # /*
    /// #[test]
    /// # */
    /// # fn main() -> Result { a_message_arrives() }
    /// fn a_message_arrives() -> Result {
    ///     let net = cluster! { k[3]: clique }.start().wait_connections(true).blocking()?;
    ///     net.k[0].publish("hello").blocking()?;
    ///     net.k[2].wait_for("message", |value| value["text"] == "hello").blocking()?;
    ///     net.stop().blocking()
    /// }
    /// ```
    #[track_caller]
    pub fn blocking(self) -> Result<C> {
        check_thread()?;
        let cluster = self.cluster.as_ref();
        cluster.settle().map_err(Error::refused)?;
        let home = cluster.home();
        let driver = home.driver_of_nodes().map_err(no_driver)?;
        driver.block_on(self.into_future())
    }
}

impl<C: AsRef<Cluster> + Send + 'static> IntoFuture for Start<C> {
    type Output = Result<C>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<C>> + Send>>;

    #[track_caller]
    fn into_future(self) -> Self::IntoFuture {
        let at = CallSite::of_caller();
        let Self { cluster, options, once } = self;
        Box::pin(async move {
            run(cluster.as_ref(), options, once, at).await?;
            Ok(cluster)
        })
    }
}

/// Starts the nodes of a cluster. It has no type parameter: rustc makes it once, and not for each declaration.
fn run(cluster: &Cluster, mut options: Options, once: Vec<OwnStep>, at: CallSite) -> BoxFuture<'_, Result> {
    Box::pin(async move {
        end_with_search();
        cluster.settle().map_err(Error::refused)?;
        match simulate(&cluster.home(), &cluster.nodes(), &mut options)? {
            Some(simulation) => {
                let started = simulation.drive(Box::pin(run_nodes(cluster, options, once, at))).await;
                started.unwrap_or_else(|halt| Err(Error::other(halt)))
            }
            None => run_nodes(cluster, options, once, at).await,
        }
    })
}

async fn run_nodes(cluster: &Cluster, options: Options, once: Vec<OwnStep>, at: CallSite) -> Result {
    let (nodes, begun) = begin_all(cluster, &options).await?;
    let home = cluster.home();
    let steps = Steps::of(&nodes, once);
    let deadline = Deadline::after(options.timeout);
    let watched = WatchedStart::new(&home, &nodes, options.wait_connections, deadline, at);
    let brought_up = watched.attend(bring_up(&home, &nodes, &begun, &options, steps, deadline)).await;
    let brought_up = brought_up.map_err(|error| error.with_seed(cluster.drawn_seed()));
    watched.end(brought_up.as_ref().err());
    brought_up?;
    cluster.own(begun.into_runs());
    Ok(())
}

fn no_driver(error: io::Error) -> Error {
    Error::refused(Refusal::NoDriver { why: error.to_string() })
}

/// Begins a run of each node that is not held back, unless something cannot work.
async fn begin_all(cluster: &Cluster, options: &Options) -> Result<(Vec<AnyNode>, Begun)> {
    let nodes = cluster.nodes();
    let home = cluster.home();
    let (place, unfit) = place_for(&home, &nodes, options).await?;
    let refusals = [cluster.refusals(), forms::check(&nodes), unfit].concat();
    preflight::check(&nodes, refusals, options, &*place)?;
    terminated::watch(cluster);
    let runtime = Handle::try_current().map_err(|_| Error::refused(Refusal::NoRuntime))?;
    if let Some(driver) = home.start_driver().map_err(no_driver)? {
        look_for_overdue(&home, driver);
    }
    give_spots(&home, &nodes, &place).await?;
    home.deaths().tolerate(options.tolerate_deaths);
    home.set_mode(Mode {
        seed: home.simulation().map_or_else(|| cluster.seed(), Simulation::seed),
        public: options.public,
        levels: options.levels.clone(),
        wait_connections: options.wait_connections,
        link_control: options.link_control,
        collector: Collector::new(),
        runtime: Some(runtime),
    });
    #[cfg(feature = "tracing")]
    home.journal().forward_to(options.forward_events.then(present_subscriber).flatten());
    let nodes: Vec<_> = nodes.into_iter().filter(|node| !node.state().is_held()).collect();
    let begun = begin(&home, &nodes, options)?;
    recorded::begin(cluster);
    declare_conditions(&home, &nodes).await?;
    Ok((nodes, begun))
}
