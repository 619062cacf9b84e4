//! Where nodes run.
//!
//! A start chooses the place of its nodes by [`.on(..)`](crate::start::Start::on). Without it they run where `CLUSTER_PLACE` in the
//! environment says (`local`, `namespaces`), or on this machine, [`Local`].
#![cfg_attr(
    all(feature = "namespaces", target_os = "linux"),
    doc = "In [`Namespaces`] programs have addresses that others really see, and the kernel breaks their links."
)]
//!
//! # A place of your own
//! [`Place`] says what a place can do and whether it can be had, and is [opened](Place::open) once for a cluster. The [`Session`]
//! gives each node its [`Spot`], and puts faults in force where its place does that by itself. A spot is the only way to what a
//! node has there: its address, its directory, its programs. When session and spots are dropped, nothing of them may be left, and
//! nothing either a moment after the test was killed: hold a lease, such as a pipe whose end the kernel closes.
//!
//! [`LocalFiles`], [`LogFile`] and, with the feature `process`, `NamedPipe` are for places whose nodes have directories on this
//! machine, [`NamedPorts`] for those that have an address for each node, and [`LastProgram`] is what a spot remembers of its programs.
//! [`NftHold`], [`NftReceiver`] and [`NftCounters`] are for those whose kernel breaks links; [`Spreading`] for those that have several
//! hosts, and [`ScriptedFiles`] and [`Copies`] for those with a [`Shell`] on another.
#![allow(clippy::disallowed_methods, reason = "this is where the system is touched")]

mod ability;
mod any;
mod connection;
mod copies;
mod environment;
mod exit;
mod files;
mod launch;
mod local;
mod named_ports;
#[cfg(all(feature = "namespaces", target_os = "linux"))]
mod namespaces;
mod nft;
mod placement;
mod receiver;
#[cfg(feature = "remote")]
mod remote;
mod rule;
mod running;
mod scripted_files;
mod shell;
mod signal;
#[cfg(feature = "simulated")]
mod simulated;
mod spot;

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

pub use ability::Ability;
pub use any::AnyPlace;
pub use copies::Copies;
pub use exit::Exit;
pub use files::Files;
pub use launch::{Launch, Outlet, Sink};
#[cfg(feature = "process")]
pub use local::NamedPipe;
pub use local::{Local, LocalFiles, LogFile};
pub use named_ports::NamedPorts;
#[cfg(all(feature = "namespaces", target_os = "linux"))]
pub use namespaces::Namespaces;
pub use nft::{NftCounters, NftHold, Passages};
pub use placement::{Placement, Spreading};
pub use receiver::NftReceiver;
#[cfg(feature = "remote")]
pub use remote::Remote;
pub use rule::{Passage, Rule};
pub use running::{LastProgram, Program, Running, Watched};
pub use scripted_files::ScriptedFiles;
pub use shell::Shell;
pub use signal::Signal;
#[cfg(feature = "simulated")]
pub use simulated::Simulated;
pub use spot::Spot;

pub use crate::driver::Driver;
pub use crate::net::Block;

pub(crate) use connection::{Connection, Connections};
pub(crate) use environment::{PLACE_VARIABLE, from_environment};
pub(crate) use launch::capture;
pub(crate) use local::{
    Activity, Descriptors, LEAST_VARIABLE, LineFile, Mark, Marks, SHRINK_VARIABLE, Thread, before_termination,
    connections, descriptors, die_with_parent, has_group, is_test, is_test_target, is_watched, link_directory,
    move_file, new_report_directory, read_file, remove_file, rerun, scratch_file, write_file, write_over,
    write_uncaptured,
};

/// A future that a place returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where nodes run.
pub trait Place: fmt::Debug + Send + Sync + 'static {
    /// Its name, as in "it runs on this machine".
    fn name(&self) -> &'static str;

    /// Whether it can do this. What it cannot is refused before it is asked for.
    fn can(&self, ability: Ability) -> bool;

    /// What to change about it so that it can do this, in the words of a help; nothing where nothing makes it able to.
    fn remedy(&self, ability: Ability) -> Option<&'static str> {
        let _ = ability;
        None
    }

    /// Looks whether it can be opened, before anything is made: whether its programs are installed, and what it talks to answers.
    ///
    /// # Errors
    /// The reason why it cannot, with help.
    fn check(&self) -> BoxFuture<'_, io::Result<()>>;

    /// Looks for a program that nodes are to run, without running it.
    ///
    /// # Errors
    /// When it is missing or cannot be run, with help.
    fn check_program(&self, program: &str) -> io::Result<()>;

    /// The seed of the simulation that its nodes run in, if they do: in virtual time, with sockets of a network in memory. Such a place
    /// only gives them addresses and directories.
    fn simulation(&self) -> Option<u64> {
        None
    }

    /// Opens it for one cluster.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn open(&self) -> BoxFuture<'_, io::Result<Box<dyn Session>>>;
}

/// A place that is open for one cluster. When it is dropped with all its spots, all that it has made ends. Its futures are polled
/// on the driver of the cluster.
pub trait Session: fmt::Debug + Send + Sync {
    /// A spot for each of these nodes, in their order: those of a start, or those that are added later.
    ///
    /// # Errors
    /// When it has no room for one.
    fn admit(&self, nodes: Vec<Wanted>) -> BoxFuture<'_, io::Result<Vec<Box<dyn Spot>>>>;

    /// Puts rules in force, each in the place of the last one for its two nodes, and resolves when they are. Calls come one after
    /// the other. Only for places that can do more than [`Relays`](Ability::Relays).
    ///
    /// # Errors
    /// When one cannot be put in force.
    fn set_rules<'a>(&'a self, rules: &'a [Rule]) -> BoxFuture<'a, io::Result<()>> {
        let _ = rules;
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
    }

    /// Sends so many packets for each of these pairs, as its first node would, and returns what became of those. The pairs have
    /// rules.
    ///
    /// # Errors
    /// When none can be sent, or it cannot be told what became of them.
    fn probe<'a>(&'a self, pairs: &'a [Pair], packets: u32) -> BoxFuture<'a, io::Result<Vec<Passage>>> {
        let _ = (pairs, packets);
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
    }

    /// What each of these pairs has sent since its first rule was put in force, without probes; nothing, if it has none yet.
    ///
    /// # Errors
    /// When it cannot be told.
    fn passages<'a>(&'a self, pairs: &'a [Pair]) -> BoxFuture<'a, io::Result<Vec<Passage>>> {
        let _ = pairs;
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
    }
}

/// The name of a node that sends, and of one that receives.
pub type Pair = (Arc<str>, Arc<str>);

/// What a node needs of its spot.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Wanted {
    /// Its name, which no other node of its cluster has.
    pub name: Arc<str>,
    /// Which address it needs.
    pub hosts: Hosts,
    /// The names of the ports that it needs in addition to that of its address.
    pub ports: Vec<&'static str>,
}

impl Wanted {
    pub(crate) fn new(name: Arc<str>, hosts: Hosts, ports: &[&'static str]) -> Self {
        Self { name, hosts, ports: ports.to_vec() }
    }
}

/// The hosts of the nodes of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// One for each node, where the system has so many.
    Own,
    /// On loopback, 127.0.0.1 for all. Elsewhere a node has an address of its own, from which its connections come.
    Localhost,
}
