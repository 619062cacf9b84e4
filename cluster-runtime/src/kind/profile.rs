use std::time::Duration;

use super::form::Form;
use super::isolation::Isolation;
use crate::feature::Feature;
use crate::isolated::Options;
use crate::node::Control;

/// File descriptors that a runtime takes.
const RUNTIME_DESCRIPTORS: usize = 4;

const WORKERS: &str = "it has worker threads, which cannot be paused\nhelp: leave out `.worker_threads(..)`";

const SHARED_WORKERS: &str = "it is to share the runtime of the test, and to have worker threads of its own\n\
                              help: leave out `.shared()` or `.worker_threads(..)`";

const SHARED_TASKS: &str = "it shares the test's runtime, and may have tasks that it has not spawned by `node.spawn(..)`\n\
                            help: leave out `.shared()`; a kind that spawns all of its tasks so says `Profile::pausable`";

const PROGRAM: &str = "a program has the clock and the network of the system\n\
                       help: leave it where it is, or let a service stand in for it";

const OWN_SOCKETS: &str = "a service that does not say otherwise may have sockets of its own, and those are of the system\n\
                           help: let it use `node.listen`, `node.connect`, `node.dial` and `node.datagram` only, and say so by \
                           `.gated()`";

const OWN_WORKERS: &str = "worker threads have the clock of the system\nhelp: leave out `.worker_threads(..)`";

/// What the nodes of a kind need and support, for all runs of a node.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use cluster_runtime::{Feature, Profile};
///
/// let profile = Profile::default()
///     .grace(Duration::from_secs(1))
///     .ports(["rpc", "metrics"])
///     .does_not_support(Feature::Public);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a profile is what `Kind::profile` returns"]
pub struct Profile {
    pub(crate) grace: Duration,
    pub(crate) ports: Vec<&'static str>,
    pub(crate) private: bool,
    pub(crate) localhost: bool,
    pub(crate) connections_interval: Option<Duration>,
    pub(crate) unsupported: Vec<Feature>,
    pub(crate) refusals: Vec<String>,
    pub(crate) programs: Vec<(String, Option<String>)>,
    pub(crate) isolation: Isolation,
    pub(crate) form: Option<Form>,
    pub(crate) has_once: bool,
    pub(crate) is_outside: bool,
    pub(crate) is_pausable: bool,
    pub(crate) control: Control,
    pub(crate) own_descriptors: usize,
    pub(crate) descriptors_per_peer: usize,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(5),
            ports: Vec::new(),
            private: false,
            localhost: false,
            connections_interval: None,
            unsupported: Vec::new(),
            refusals: Vec::new(),
            programs: Vec::new(),
            isolation: Isolation::default(),
            form: None,
            has_once: false,
            is_outside: false,
            is_pausable: false,
            control: Control::Relays,
            own_descriptors: 1,
            descriptors_per_peer: 1,
        }
    }
}

impl Profile {
    /// Sets how long a node has to end gracefully when it is stopped; 5 s by default.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Adds named ports, which are reserved for each node in addition to that of its address. By default there are none.
    pub fn ports(mut self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.ports.extend(names);
        self
    }

    /// Sets whether its nodes stay private in a public cluster. By default they do not.
    pub fn private(mut self, private: bool) -> Self {
        self.private = private;
        self
    }

    /// Puts all its nodes on 127.0.0.1. By default each has an address of its own on loopback (127.x.y.z), where the system has
    /// so many. As connections still come from 127.0.0.1, use this for a kind whose nodes identify peers by their source address.
    pub fn localhost(mut self) -> Self {
        self.localhost = true;
        self
    }

    /// Sets the interval at which [`Kind::connections`](crate::Kind::connections) is called while a start waits for
    /// connections. By default a start waits for what nodes report, and does not call it.
    pub fn connections_interval(mut self, interval: Duration) -> Self {
        self.connections_interval = Some(interval);
        self
    }

    /// Declares that its nodes do not support a feature: a start that asks for it is refused. By default they support all.
    pub fn does_not_support(mut self, feature: Feature) -> Self {
        self.unsupported.push(feature);
        self
    }

    /// Refuses every start of its nodes with this reason, which should say what to do.
    pub fn refuse(mut self, why: impl Into<String>) -> Self {
        self.refusals.push(why.into());
        self
    }

    /// Adds a program that its nodes run: its path, or its name in PATH. A start is refused where it is missing, with this help.
    pub fn program(mut self, program: impl Into<String>, help: Option<String>) -> Self {
        self.programs.push((program.into(), help));
        self
    }

    /// Sets how many file descriptors of the test's process a running node takes, for itself and for each peer. By default one
    /// and one.
    pub fn descriptors(mut self, own: usize, per_peer: usize) -> Self {
        self.own_descriptors = own;
        self.descriptors_per_peer = per_peer;
        self
    }

    /// Declares which networks its nodes can form. A start of others is refused, with the reason. By default all can be formed.
    pub fn forms(mut self, form: Form) -> Self {
        self.form = Some(form);
        self
    }

    /// The nodes of a start take a step together when all of them are ready: [`Kind::once`](crate::Kind::once).
    pub fn once(mut self) -> Self {
        self.has_once = true;
        self
    }

    /// Its nodes are outside the test's process, such as programs: the kind ends them when
    /// [`NodeContext::killed`](crate::NodeContext::killed) resolves, and [pauses](crate::Kind::pause) them.
    pub fn outside(mut self) -> Self {
        self.is_outside = true;
        self
    }

    /// All tasks of a node are its run and what that spawns by [`NodeContext::spawn`](crate::NodeContext::spawn), so that it
    /// can be paused by polling none of them.
    pub fn pausable(mut self) -> Self {
        self.is_pausable = true;
        self
    }

    /// Its nodes reach others by [`NodeContext::connect`](crate::NodeContext::connect), [`dial`](crate::NodeContext::dial) and
    /// [`datagram`](crate::NodeContext::datagram) only. So their links can be cut without relays: see [`fault`](crate::fault).
    pub fn gated(mut self) -> Self {
        self.control = Control::Gates;
        self
    }

    /// Its nodes run as tasks of the test's runtime. By default each runs on a thread and a runtime of its own, so that a kill
    /// ends all that it has spawned, a panic in any of its tasks is its death, and one that blocks its thread delays nobody else.
    /// Share the test's runtime for serial latency, for thousands of nodes, and where the test pauses tokio's clock.
    pub fn shared(mut self) -> Self {
        let has_workers = matches!(self.isolation, Isolation::Own(Options { workers: Some(_), .. }));
        self.isolation = Isolation::Shared;
        if has_workers { self.refuse(SHARED_WORKERS) } else { self }
    }

    /// How many worker threads the runtime of an isolated node has; by default none but its own thread. For code that needs
    /// `block_in_place`. Such a node cannot be paused.
    #[cfg(feature = "rt-multi-thread")]
    pub fn worker_threads(mut self, threads: std::num::NonZeroUsize) -> Self {
        self.isolation = self.isolation.with(|options| options.workers = Some(threads));
        if matches!(self.isolation, Isolation::Shared) { self.refuse(SHARED_WORKERS) } else { self }
    }

    /// A panic in a task of an isolated node is not its death: for a node that catches or joins the panics of its tasks. One in
    /// its run still is.
    pub fn tolerate_panics(mut self) -> Self {
        self.isolation = self.isolation.with(|options| options.tolerates_panics = true);
        self
    }

    /// Why its nodes cannot be paused, as far as it is known before they run.
    pub(crate) fn unpausable(&self) -> Option<&'static str> {
        match self.isolation {
            _ if self.is_outside => None,
            Isolation::Own(Options { workers: Some(_), .. }) => Some(WORKERS),
            Isolation::Shared if !self.is_pausable => Some(SHARED_TASKS),
            _ => None,
        }
    }

    /// Why its nodes cannot run in simulated time, as far as it is known before they run.
    pub(crate) fn unsimulable(&self) -> Option<&'static str> {
        match self.isolation {
            _ if self.is_outside || !self.programs.is_empty() => Some(PROGRAM),
            _ if self.control != Control::Gates => Some(OWN_SOCKETS),
            Isolation::Own(Options { workers: Some(_), .. }) => Some(OWN_WORKERS),
            _ => None,
        }
    }

    /// How many file descriptors a running node with so many peers takes.
    pub(crate) fn descriptors_with(&self, peers: usize) -> usize {
        let of_runtime = if matches!(self.isolation, Isolation::Own(_)) { RUNTIME_DESCRIPTORS } else { 0 };
        self.own_descriptors + of_runtime + peers * self.descriptors_per_peer
    }
}
