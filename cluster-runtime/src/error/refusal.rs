use std::sync::Arc;

use cluster_topology::{ShapeError, Unmet};

use crate::feature::Feature;
use crate::seed::draw_again;

/// Why a start was refused.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// An environment variable has no value that can be read.
    #[error("the environment variable {variable} cannot be read: {why}")]
    Environment {
        /// The variable.
        variable: &'static str,
        /// What is wrong with its value.
        why: String,
    },
    /// An option of the start allows no node to be brought up.
    #[error("no node can be brought up with `.concurrency(0)`\nhelp: allow one at least")]
    NoConcurrency,
    /// Something in the declaration does not fit, and was only known at run time.
    #[error("`{written}` at {location}: {mistake}{}", seed_help(*.seed))]
    Declaration {
        /// The part of the declaration.
        written: String,
        /// Its file and line.
        location: String,
        /// What does not fit.
        mistake: Mistake,
        /// What its random links follow from, if they do.
        seed: Option<u64>,
    },
    /// A shape by hand does not fit its nodes.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A node is linked to itself.
    #[error("node `{node}` is linked to itself\nhelp: take it out of one of the two sides")]
    SelfLink {
        /// The node.
        node: Arc<str>,
    },
    /// A star by hand has not one node in its middle.
    #[error("a star has one node in its middle, and here are {hubs}\nhelp: pick one with `[i]`, or use `connect`")]
    Hubs {
        /// How many there are.
        hubs: usize,
    },
    /// Two linked nodes, whose kinds were not known to the compiler, do not speak one protocol.
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
    /// A node is there twice.
    #[error("node `{node}` is there twice\nhelp: take it out of one of the sets")]
    NodeTwice {
        /// The node.
        node: Arc<str>,
    },
    /// Two nodes have one name.
    #[error("two nodes are called `{name}`\nhelp: give each node a name of its own")]
    NameTwice {
        /// The name.
        name: Arc<str>,
    },
    /// Nodes run already.
    #[error("{} started already\nhelp: stop a node before it is started again", names_are(.nodes))]
    Running {
        /// The nodes.
        nodes: Vec<Arc<str>>,
    },
    /// The nodes belong to different clusters.
    #[error(
        "nodes `{a}` and `{b}` belong to different clusters\n\
         help: start each in its own; links between the two stay as they are"
    )]
    TwoClusters {
        /// A node of one cluster.
        a: Arc<str>,
        /// A node of another.
        b: Arc<str>,
    },
    /// A node has no address.
    #[error("no address could be reserved for node `{node}`: {why}")]
    NoAddress {
        /// The node.
        node: Arc<str>,
        /// What the operating system said.
        why: String,
    },
    /// The kind of nodes says that it cannot run.
    #[error("{} of a kind that cannot run: {fault}", names_are(.nodes))]
    Kind {
        /// The nodes.
        nodes: Vec<Arc<str>>,
        /// What the kind says.
        fault: String,
    },
    /// The kind of nodes cannot do what the start asks for.
    #[error(
        "{} of kind `{kind}`, which does not support {}\nhelp: {}",
        names_are(.nodes), .feature.description(), .feature.help()
    )]
    Unsupported {
        /// The nodes.
        nodes: Vec<Arc<str>>,
        /// Their kind.
        kind: &'static str,
        /// What it cannot do.
        feature: Feature,
    },
    /// The nodes need more file descriptors than the system allows this process.
    #[error(
        "{nodes} nodes with {links} ends of links need about {needed} file descriptors, {open} are open, {spare} are kept \
         for the test itself, and the limit is {limit}\n\
         help: declare fewer links, or raise the hard limit (`ulimit -Hn`)"
    )]
    Descriptors {
        /// How many nodes there are.
        nodes: usize,
        /// How many ends of links they have.
        links: usize,
        /// How many descriptors they need, about.
        needed: u64,
        /// How many are open.
        open: u64,
        /// How many are kept for the test itself.
        spare: u64,
        /// How many may be open.
        limit: u64,
    },
    /// A thread of the cluster could not be started.
    #[error("no thread could be started for the cluster: {why}")]
    NoDriver {
        /// What the operating system said.
        why: String,
    },
}

/// What does not fit in a declaration.
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
        /// The greatest number.
        most: usize,
    },
    /// A group has too few nodes for its shape.
    #[error("a {shape} has at least {least} nodes")]
    TooFewNodes {
        /// The shape.
        shape: String,
        /// The least number.
        least: usize,
    },
    /// A parameter is no number that it may be.
    #[error("the `{parameter}` is negative or too large")]
    Parameter {
        /// The parameter.
        parameter: String,
    },
    /// A number of a requirement is none that it may be.
    #[error("{number} is negative or too large")]
    Number {
        /// The number.
        number: String,
    },
    /// An index or a range names nodes that a group does not have.
    #[error("no such nodes; `{group}` has {count}, at 0 to {}", .count - 1)]
    OutOfBounds {
        /// The group.
        group: String,
        /// How many nodes it has: one at least.
        count: usize,
    },
    /// A shape does not fit its nodes.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The network is not as it is required to be.
    #[error(transparent)]
    Unmet(#[from] Unmet),
}

fn seed_help(seed: Option<u64>) -> String {
    seed.map(|seed| format!("\n{}", draw_again(seed))).unwrap_or_default()
}

/// How many names an error lists.
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
