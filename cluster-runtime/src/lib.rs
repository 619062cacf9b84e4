//! Declare a network of nodes in a test: the compiler checks it, and the runtime creates, wires and starts the nodes.
//!
//! ```
//! use cluster_runtime::{Result, cluster};
//!
//! # /*
//! #[tokio::test]
//! # */
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result { everyone_is_wired().await }
//! async fn everyone_is_wired() -> Result {
//!     let net = cluster! {
//!         center;
//!         leaves[5]: star(center);
//!         k[4]: clique;
//!         connect(center, k)
//!     }
//!     .start()
//!     .wait_connections(true)
//!     .await?;
//!
//!     assert_eq!(net.center.connections().await?.len(), 9);
//!     assert_eq!(net.leaves[0].name(), "leaves.1");
//!     assert_eq!(net.k[3].connections().await?.len(), 4);
//!     net.stop().await
//! }
//! ```
//!
//! A mistake in the declaration is a compile error at its token. Every wait has a deadline. A cluster that is dropped stops
//! all its nodes. An [`Error`] names the node, the phase and the cause; its `{:?}` is a report with the node's log.
//!
//! # Overview
//! | to | see |
//! |---|---|
//! | declare nodes and links | [`cluster!`]; its page describes the whole language |
//! | start them | [`.start()`](start::Start) and its options; the module [`start`](mod@start) |
//! | choose where they run | [`.on(..)`](start::Start::on); the module [`place`] |
//! | handle a failed start | [`Error`]; the module [`error`] |
//! | ask a node | [`Node`] and [`AnyNode`]: [`addr`](AnyNode::addr), [`peers`](AnyNode::peers), [`connections`](AnyNode::connections), [`provided`](AnyNode::provided); the module [`handle`] |
//! | read events and set levels | [`events`](AnyNode::events), [`Cluster::journal`]; the module [`event`] |
//! | wait | [`wait_for`](AnyNode::wait_for) an event, [`wait_ended`](AnyNode::wait_ended), [`Cluster::wait_until`], [`Cluster::eventually`]; the module [`wait`] |
//! | break it | [`kill`](AnyNode::kill), [`restart`](AnyNode::restart), [`pause`](AnyNode::pause) and [`resume`](AnyNode::resume); of a set, [`Cluster::kill`] and others; [`Cluster::add`], [`Cluster::remove`] |
//! | break it by a schedule | [`Cluster::run`] a [`Plan`](fault::Plan); the module [`fault`] |
//! | note what a workload does | [`Cluster::operation`]; the module [`history`] |
//! | stop | [`AnyNode::stop`], [`Cluster::stop`] |
//! | test without async | [`.blocking()`](start::Start::blocking) of a start, and of every [wait](wait::Wait::blocking) |
//! | share a network between tests | [`Shared`](shared::Shared); the module [`shared`] |
//! | run a server of your own | [`Service`], which is given a [`NodeContext`]; its sockets are in the module [`net`] |
#![cfg_attr(
    feature = "process",
    doc = "| run a program | [`Process`], which describes it; [`Node::signal`], to break it; the module [`process`] |"
)]
#![cfg_attr(not(feature = "process"), doc = "| run a program | `Process`, with the feature `process` |")]
//! | write a kind | the trait [`Kind`]; the module [`kind`], and [`kinds`] for those of this crate |
//! | inspect the network | [`Cluster::topology`] as declared, [`Cluster::observed`] as it is now, [`Cluster::draw`] for a picture of both; the crate [`topology`] |
//! | do without the macro | [`create`], [`connect`], [`clique`] and others; the module [`wiring`] |
//!
//! # Systems
//! Linux. On macOS and BSD it compiles, which CI checks for macOS, and nobody has run it: all nodes have 127.0.0.1 there, each with
//! ports of its own; a server that binds its address itself, and not by [`listen`](NodeContext::listen) or
//! [`listener`](NodeContext::listener), finds it in use; descendants of a program that have left its process group are not found;
//! and no node can be in a network namespace.
//!
//! # Features
//! - `namespaces`: nodes in network namespaces, on Linux.
//! - `process`: nodes that are programs.
//! - `remote`: nodes on other hosts.
//! - `rt-multi-thread`: services with several threads, by `Service::worker_threads`.
//! - `simulated`: nodes in simulated time.
//! - `tracing`: what the code of nodes says through the crate `tracing` becomes events of these nodes; see the module
//!   [`event`].
//!
//! # Environment
//! - `CLUSTER_TIMEOUT_FACTOR=4` multiplies all timeouts, for a slow machine.
//! - `CLUSTER_SEED=7` sets the [seed](Cluster::seed) of the random links.
//! - `CLUSTER_SIMULATED=7`, with the feature `simulated`, runs in [simulated time](place), with this seed, every cluster that can;
//!   `CLUSTER_SIMULATED=check` runs each test of one twice, which fails where the two differ.
//! - `CLUSTER_SEEDS=1000` runs each test with the seeds from 1 to 1000, as many at a time as there are cores, and prints those with which
//!   it fails and what repeats each; the seeds are those of `CLUSTER_SEED`, and of `CLUSTER_SIMULATED` where that is set.
//! - `CLUSTER_SHRINK=1` makes a test that fails after a [plan](fault::Plan) run again with fewer acts.
//! - `CLUSTER_REPORT=always`, `failure` (the default) or `never` says when a [report](error#when-a-test-fails) is written, and
//!   `CLUSTER_REPORT_DIR` where.
//! - `CLUSTER_LOG=all` prints all events as they come, and `CLUSTER_LOG=leaves.2=debug,p2p=info` those of nodes, groups or sections
//!   from a level on.
//! - `CLUSTER_WRAP="k.2=strace -f -o {dir}/trace"` has `strace` run the program of the node `k.2`; `{dir}` is its directory, and `;`
//!   separates several nodes. In a test without such a node it does nothing.

#![cfg_attr(not(feature = "process"), allow(dead_code, unused_imports, reason = "only programs need all of a place"))]

#[cfg(not(unix))]
compile_error!("cluster-runtime needs Linux or another Unix\nhelp: on Windows, run the tests in WSL");

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod blocking;
mod clock;
#[cfg_attr(not(feature = "tracing"), path = "collector/off.rs")]
mod collector;
mod driver;
pub mod error;
pub mod event;
pub mod fault;
mod feature;
pub mod handle;
pub mod history;
mod isolated;
mod journal;
mod kept;
pub mod kind;
pub mod kinds;
mod lock;
pub mod net;
mod node;
mod ordered;
pub mod place;
mod proof;
mod report;
mod seed;
pub mod shared;
#[cfg_attr(not(feature = "simulated"), path = "simulation/off.rs")]
mod simulation;
pub mod start;
mod verdict;
pub mod wait;
pub mod wiring;

pub use cluster_topology as topology;

pub use error::{Error, Result};
pub use event::{DefaultLevel, Level};
pub use handle::{AnyNode, Node, Nodes};
pub use kind::{Feature, Form, Identity, Kind, NodeContext, Peer, Profile, Speaks};
#[cfg(feature = "process")]
pub use kinds::process::{self, Process, Ready};
pub use kinds::{Loopback, Service};
pub use start::{Cluster, start};
pub use wiring::{add_peer, clique, connect, create, line, ring, star};

/// Declares a network. The value has one public field for each declaration, and the methods of [`Cluster`].
///
#[doc = include_str!("../LANGUAGE.md")]
///
/// # Pictures
/// As [`to_svg`](topology::Topology::to_svg) draws them.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/all.html"))]
#[macro_export]
macro_rules! cluster {
    ($($t:tt)*) => { $crate::__private::cluster_impl! { $crate $($t)* } };
}
