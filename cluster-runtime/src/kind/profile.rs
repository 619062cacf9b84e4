use std::time::Duration;

use crate::feature::Feature;

/// What nodes of a kind need and can do, as far as it is the same for each run of a node: it is asked for once per node.
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
    /// How long a node has to end gracefully when it is stopped; 5 s by default.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// The names of the ports that a node needs beside the one of its address. By default none.
    pub fn ports(mut self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.ports.extend(names);
        self
    }

    /// Whether its nodes stay private in a public cluster. By default they do not.
    pub fn private(mut self, private: bool) -> Self {
        self.private = private;
        self
    }

    /// All its nodes are on 127.0.0.1. By default each has a host of its own on loopback (127.x.y.z), where the system has so
    /// many; but all calls come from 127.0.0.1 all the same: this is for a kind whose nodes know by the address who calls them.
    pub fn localhost(mut self) -> Self {
        self.localhost = true;
        self
    }

    /// [`Kind::connections`](crate::Kind::connections) is asked again at this interval while a start waits for connections. By
    /// default nodes report each change, and it is asked again when they have.
    pub fn connections_interval(mut self, interval: Duration) -> Self {
        self.connections_interval = Some(interval);
        self
    }

    /// Its nodes cannot do this: a test that asks for it is refused before anything runs. By default they can do everything.
    pub fn does_not_support(mut self, feature: Feature) -> Self {
        self.unsupported.push(feature);
        self
    }

    /// Why its nodes cannot run, and what to do: a start is refused with it before anything runs.
    pub fn refuse(mut self, why: impl Into<String>) -> Self {
        self.refusals.push(why.into());
        self
    }

    /// Its nodes run this program: its path, or its name in PATH. A start is refused where it is missing, with this help.
    pub fn program(mut self, program: impl Into<String>, help: Option<String>) -> Self {
        self.programs.push((program.into(), help));
        self
    }

    /// How many file descriptors of the test's process a running node takes: for itself, and for each peer. By default one
    /// and one.
    pub fn descriptors(mut self, own: usize, per_peer: usize) -> Self {
        self.own_descriptors = own;
        self.descriptors_per_peer = per_peer;
        self
    }
}
