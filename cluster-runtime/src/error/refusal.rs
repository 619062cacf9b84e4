use std::sync::Arc;

use cluster_topology::{ShapeError, Unmet};

use super::text::some_of;
use crate::feature::Feature;
use crate::seed::draw_again;

/// A reason to refuse a start, or a restart or an addition, which make the checks of a start.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// An environment variable has an invalid value.
    #[error("the environment variable {variable} cannot be read: {why}")]
    Environment {
        /// The variable.
        variable: &'static str,
        /// What is wrong with its value.
        why: String,
    },
    /// The option `concurrency` is 0.
    #[error("no node can be brought up with `.concurrency(0)`\nhelp: allow at least one")]
    NoConcurrency,
    /// A mistake in the declaration that is only known at run time.
    #[error("`{written}` at {location}: {mistake}{}", seed_help(*.seed))]
    Declaration {
        /// The part of the declaration.
        written: String,
        /// Its file and line.
        location: String,
        /// The mistake.
        mistake: Mistake,
        /// The seed, if its links were drawn from it.
        seed: Option<u64>,
    },
    /// A shape that was called by hand does not fit its nodes.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A node is linked to itself.
    #[error("node `{node}` is linked to itself\nhelp: remove it from one of the two sides")]
    SelfLink {
        /// The node.
        node: Arc<str>,
    },
    /// A star that was called by hand has no hub or several.
    #[error("a star has one hub, found {hubs}\nhelp: pick one with `[i]`, or use `connect`")]
    Hubs {
        /// Their number.
        hubs: usize,
    },
    /// Two nodes that were linked as `AnyNode`s do not speak the same protocol.
    #[error(
        "nodes `{a}` and `{b}` are linked, and speak `{a_speaks}` and `{b_speaks}`\n\
         help: link nodes of one protocol; where two protocols understand each other, link typed nodes, `Node<K>`"
    )]
    Protocols {
        /// One node.
        a: Arc<str>,
        /// Its protocol.
        a_speaks: &'static str,
        /// The other node.
        b: Arc<str>,
        /// Its protocol.
        b_speaks: &'static str,
    },
    /// A link is declared with two values of one condition.
    #[error("nodes `{a}` and `{b}` are linked with {first}, and with {second}\nhelp: remove one of the two")]
    Conditions {
        /// One node.
        a: Arc<str>,
        /// The other node.
        b: Arc<str>,
        /// One value, with its file and line.
        first: String,
        /// The other value, with its file and line.
        second: String,
    },
    /// A node is started twice by one start.
    #[error("node `{node}` is started twice\nhelp: remove it from one of the sets")]
    NodeTwice {
        /// The node.
        node: Arc<str>,
    },
    /// Two nodes have the same name.
    #[error("two nodes are called `{name}`\nhelp: give each node a name of its own")]
    NameTwice {
        /// The name.
        name: Arc<str>,
    },
    /// Nodes are running already.
    #[error("{} started already\nhelp: stop a node before it is started again", names_are(.nodes))]
    Running {
        /// The nodes.
        nodes: Vec<Arc<str>>,
    },
    /// The nodes belong to different clusters.
    #[error(
        "nodes `{a}` and `{b}` belong to different clusters\n\
         help: take nodes of one cluster only; links between the two stay as they are"
    )]
    TwoClusters {
        /// A node of one cluster.
        a: Arc<str>,
        /// A node of another.
        b: Arc<str>,
    },
    /// A cluster is asked to do something to a node of another one.
    #[error("node `{node}` is of another cluster{}\nhelp: ask that one, or name nodes of this cluster", with_others(.with))]
    OtherCluster {
        /// The node.
        node: Arc<str>,
        /// The other nodes of its cluster that were started.
        with: Vec<Arc<str>>,
    },
    /// A cluster is asked to do something to a node that is of none.
    #[error("node `{node}` is of no cluster\nhelp: add it first, with `net.add(..)`")]
    NoCluster {
        /// The node.
        node: Arc<str>,
    },
    /// No address could be reserved for a node.
    #[error("no address could be reserved for node `{node}`: {why}")]
    NoAddress {
        /// The node.
        node: Arc<str>,
        /// The error of the operating system.
        why: String,
    },
    /// A node has its address or its directory at another place.
    #[error(
        "node `{node}` is to run {place}, and has its address or its directory {at}\n\
         help: ask for the addresses and directories of nodes after their first start, and start them at one place"
    )]
    Elsewhere {
        /// The node.
        node: Arc<str>,
        /// Where it is, as in "on this machine".
        at: &'static str,
        /// Where it is to run.
        place: &'static str,
    },
    /// Nodes cannot run in simulated time.
    #[error("{} to run in simulated time, and cannot: {why}", names_are(.nodes))]
    NotSimulated {
        /// The nodes.
        nodes: Vec<Arc<str>>,
        /// The reason, with help.
        why: &'static str,
    },
    /// A place could not be opened, or has no room for the nodes.
    #[error("no node can run {place}: {why}")]
    NoPlace {
        /// The place, as in "on this machine".
        place: &'static str,
        /// The reason.
        why: String,
    },
    /// Nodes of the test's process are to run elsewhere.
    #[error(
        "{} in the test's process, and cannot run {place}\n\
         help: start them on this machine, or describe them as programs, with `Process`", names_are(.nodes)
    )]
    InProcess {
        /// The nodes.
        nodes: Vec<Arc<str>>,
        /// The place, as in "in network namespaces".
        place: &'static str,
    },
    /// A node is linked to one of another cluster, which is not at the same place.
    #[error(
        "node `{node}` is linked to `{peer}`, which is not of its cluster, and does not reach it {place}\n\
         help: start both in one cluster, or add one to that of the other with `net.add(..)`"
    )]
    Unreachable {
        /// The node.
        node: Arc<str>,
        /// The other one.
        peer: Arc<str>,
        /// The place, as in "in network namespaces".
        place: &'static str,
    },
    /// The start asks for what a place cannot do.
    #[error("{what} cannot be done {place}\nhelp: {}", .remedy.unwrap_or("leave it out, or start the cluster on this machine"))]
    Unable {
        /// The place, as in "in network namespaces".
        place: &'static str,
        /// What it cannot do.
        what: String,
        /// What makes the place able to, if something does.
        remedy: Option<&'static str>,
    },
    /// A kind refuses to run, or its program is missing.
    #[error("{} of a kind that cannot run: {fault}", names_are(.nodes))]
    Kind {
        /// The nodes.
        nodes: Vec<Arc<str>>,
        /// The reason.
        fault: String,
    },
    /// A kind does not form such a network.
    #[error("{} of kind `{kind}`, which forms {required} only: {found}\nhelp: link them otherwise", names_are(.nodes))]
    Form {
        /// The nodes of one network.
        nodes: Vec<Arc<str>>,
        /// Their kind.
        kind: &'static str,
        /// What is required.
        required: &'static str,
        /// What was found instead.
        found: String,
    },
    /// The start asks for a feature that a kind does not support.
    #[error(
        "{} of kind `{kind}`, which does not support {}\nhelp: {}",
        names_are(.nodes), .feature.description(), .feature.help()
    )]
    Unsupported {
        /// The nodes.
        nodes: Vec<Arc<str>>,
        /// Their kind.
        kind: &'static str,
        /// The feature.
        feature: Feature,
    },
    /// Public nodes have links with relays.
    #[error(
        "{} in public mode, with relays on the links: public nodes tell each other their own addresses, past all relays\n\
         help: start without `.public(true)`, or without `.link_control(true)` and conditions of links", names_are(.nodes)
    )]
    PublicRelays {
        /// The nodes.
        nodes: Vec<Arc<str>>,
    },
    /// The test has paused tokio's clock, and nodes have runtimes of their own.
    #[error(
        "{} isolated, each with a runtime and a clock of its own, and the test has paused tokio's clock\n\
         help: let them run on the test's runtime by `.shared()`", names_are(.nodes)
    )]
    PausedClock {
        /// The nodes.
        nodes: Vec<Arc<str>>,
    },
    /// Events are to be sent to the test's `tracing` subscriber, and it has none.
    #[error(
        "events cannot be sent to a subscriber: the test has none\n\
         help: install one before the start, or leave out `.forward_events(true)`"
    )]
    NoSubscriber,
    /// The nodes need more file descriptors than the system allows this process.
    #[error(
        "{nodes} nodes with {links} ends of links need about {needed} file descriptors, {open} are open, {spare} are kept \
         for the test itself, and the limit is {limit}\n\
         help: declare fewer links, or raise the hard limit (`ulimit -Hn`)"
    )]
    Descriptors {
        /// The number of nodes.
        nodes: usize,
        /// The number of ends of links.
        links: usize,
        /// The number of descriptors that they need, estimated.
        needed: u64,
        /// The number of open ones.
        open: u64,
        /// The number that is kept free for the test itself.
        spare: u64,
        /// The limit.
        limit: u64,
    },
    /// It was awaited outside of a tokio runtime.
    #[error(
        "no tokio runtime runs it\n\
         help: await it in a `#[tokio::test]`, or call `.blocking()` in a test that is not async"
    )]
    NoRuntime,
    /// The thread of the cluster could not be started.
    #[error("no thread could be started for the cluster: {why}")]
    NoDriver {
        /// The error of the operating system.
        why: String,
    },
}

/// A mistake in a declaration that is only known at run time.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Mistake {
    /// A count is negative.
    #[error("a count cannot be negative")]
    NegativeCount,
    /// A group has no node.
    #[error("a group has at least one node")]
    EmptyGroup,
    /// A group has too many nodes.
    #[error("a group has at most {most} nodes")]
    TooManyNodes {
        /// The largest number.
        most: usize,
    },
    /// A group has too few nodes for its shape.
    #[error("a {shape} has at least {least} nodes")]
    TooFewNodes {
        /// The shape.
        shape: String,
        /// The smallest number.
        least: usize,
    },
    /// A parameter of a topology is out of range.
    #[error("the `{parameter}` is negative or too large")]
    Parameter {
        /// The parameter.
        parameter: String,
    },
    /// A probability is none.
    #[error("a probability is a number from 0 to 1")]
    Probability,
    /// A probability is so small that no probe would show it.
    #[error("no probe would see a probability of {probability}\nhelp: declare {least} or more, which is proved")]
    SmallProbability {
        /// The probability.
        probability: f64,
        /// The least that is proved.
        least: f64,
    },
    /// A number in a requirement is out of range.
    #[error("{number} is negative or too large")]
    Number {
        /// The number.
        number: String,
    },
    /// An index or a range is out of the bounds of a group.
    #[error("no such nodes; `{group}` has {count}, at 0 to {}", .count - 1)]
    OutOfBounds {
        /// The group.
        group: String,
        /// The number of its nodes, at least one.
        count: usize,
    },
    /// A shape does not fit its nodes.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A requirement is not met.
    #[error(transparent)]
    Unmet(#[from] Unmet),
}

fn seed_help(seed: Option<u64>) -> String {
    seed.map(|seed| format!("\n{}", draw_again(seed))).unwrap_or_default()
}

fn with_others(names: &[Arc<str>]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!(", that of {}", some_of(&names, ", ")) }
}

/// The number of names that an error lists.
const NAMES: usize = 3;

/// "nodes `a`, `b` and 3 more are", or "node `a` is".
fn names_are(names: &[Arc<str>]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match &*names {
        [name] => format!("node {name} is"),
        [first @ .., last] if names.len() <= NAMES => format!("nodes {} and {last} are", first.join(", ")),
        _ => format!("nodes {} and {} more are", names[..NAMES].join(", "), names.len() - NAMES),
    }
}
