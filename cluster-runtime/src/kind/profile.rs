use std::time::Duration;

use crate::feature::Feature;

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
}
