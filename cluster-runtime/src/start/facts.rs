//! What there is to tell of a cluster.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use super::observed::declared;
use super::report::missing_links;
use super::view::View;
use crate::clock::rounded;
use crate::error::{self, MissingLink, Trouble};
use crate::handle::AnyNode;
use crate::isolated::{Panic, last_panic};
use crate::node::InForce;
use crate::report::{Facts, Occasion, Record, Settings, Test, TroubledNode, When, Written, tell};
use crate::simulation::Simulation;
use crate::verdict::FailedWait;

/// What a cluster knows of itself.
pub(super) struct Known {
    pub(super) cluster: View,
    /// The name of the thread that has declared it.
    pub(super) thread: Option<Box<str>>,
    pub(super) seed: u64,
    /// The report that is written while it runs.
    pub(super) record: Option<Arc<Record>>,
}

/// What is to be printed of the cluster, if anything is wrong with it. Writes a report if its test fails.
pub(super) fn last_words(known: &Known, occasion: Occasion) -> Vec<String> {
    let cluster = &known.cluster;
    let home = cluster.home();
    if home.nodes().is_empty() {
        return Vec::new();
    }
    let is_stopped = home.verdict().is_stopped();
    let is_failure = thread::panicking()
        || occasion == Occasion::Terminated
        || home.verdict().failed().is_some()
        || !home.verdict().given_up().is_empty()
        || home.has_aftermath()
        || (!is_stopped && has_died(cluster));
    let is_written = match Settings::of_environment().when {
        When::Always => true,
        When::Failure => is_failure,
        When::Never => false,
    };
    let is_told = is_written || is_failure || cluster.idle_fault().is_some() || !(is_stopped || is_well(cluster));
    if !is_told {
        let outlived = home.verdict().outlived();
        let unstopped = (!is_stopped).then(|| unstopped_text(known));
        return outlived.iter().map(|failed| outlived_text(failed)).chain(unstopped).collect();
    }
    let written = match &known.record {
        _ if !is_written => Written::Nowhere,
        Some(record) => Written::Over(record),
        None => Written::Anew,
    };
    let test = known.record.as_ref().map(|record| record.test().clone());
    let test = test.unwrap_or_else(|| Test::of_thread(known.thread.as_deref()));
    let facts = facts(known, test, occasion, is_written || thread::panicking());
    let lines = tell(&facts, written);
    if is_failure || !is_stopped { lines } else { Vec::new() }
}

/// A wait has failed, and the test went on and stopped all nodes: it may have expected that, or return the error at last.
fn outlived_text(failed: &FailedWait) -> String {
    let summary = failed.summary.lines().next().unwrap_or_default();
    format!(
        "a wait failed{}: {summary}; all nodes were stopped in good order since, so no report was written; \
         CLUSTER_REPORT=always writes one",
        failed.at
    )
}

/// Nothing is wrong with the cluster, and it was not stopped: its test may have returned an error of its own.
fn unstopped_text(known: &Known) -> String {
    format!(
        "the cluster was dropped without `stop()`; if its test has failed, run it again: {}; CLUSTER_REPORT=always writes a report",
        Test::named_as(known.thread.as_deref()).command(known.seed)
    )
}

/// All that is told of the cluster. The directories of its nodes are kept where `keeps_files`.
pub(super) fn facts(known: &Known, test: Test, occasion: Occasion, keeps_files: bool) -> Facts {
    let cluster = &known.cluster;
    let home = cluster.home();
    let failed = home.verdict().failed();
    // Before the states: one is set before the event that tells of it, and what is told is to have both.
    let events = home.journal().all();
    Facts {
        settings: Settings::of_environment(),
        test,
        occasion,
        at: home.journal().now(),
        simulated: home.simulation().map(Simulation::seed),
        seed: known.seed,
        panic: thread::panicking().then(panic_text),
        troubled: troubled(cluster, failed.as_deref()),
        declared: declared(cluster.nodes()),
        missing: missing(cluster, failed.as_deref()),
        undeclared: undeclared(cluster),
        faults: home.faults().all().iter().map(|fault| fault_text(fault)).collect(),
        idle: cluster.idle_fault().map(|error| error.to_string()),
        events,
        files: if keeps_files { files(cluster) } else { Vec::new() },
        given_up: home.verdict().given_up(),
        waiting: if occasion == Occasion::Dropped { Vec::new() } else { home.verdict().waiting() },
        failed,
        is_stopped: home.verdict().is_stopped(),
    }
}

/// The place and the message of the panic of this thread.
fn panic_text() -> String {
    match last_panic() {
        Some(Panic { message, location: Some(location) }) => format!("{location}: {message}"),
        Some(Panic { message, location: None }) => message,
        None => "no message was seen".to_owned(),
    }
}

fn has_died(cluster: &View) -> bool {
    cluster.nodes().iter().any(is_dead)
}

/// Whether it has ended, and nobody had asked it to.
fn is_dead(node: &AnyNode) -> bool {
    node.state().lifecycle().death().is_some()
}

fn is_well(cluster: &View) -> bool {
    let home = cluster.home();
    let ended = |node: &AnyNode| {
        let lifecycle = node.state().lifecycle();
        matches!(lifecycle.last_end(), Some(error::End::Returned)) && !lifecycle.is_ending()
    };
    !home.journal().has_warned() && !cluster.nodes().iter().any(ended) && unasked_missing(cluster).is_empty()
}

/// The links that are missing between nodes that run.
fn unasked_missing(cluster: &View) -> Vec<MissingLink> {
    if !cluster.home().mode().wait_connections {
        return Vec::new();
    }
    let runs = |name: &str| cluster.home().named(name).is_some_and(|node| node.lifecycle().is_alive());
    let mut missing = missing_links(cluster.nodes());
    missing.retain(|link| runs(&link.dialler) && runs(&link.listener));
    missing
}

/// Whether a start has failed, and so nothing runs any more but what blocks its thread.
fn of_start(cluster: &View, failed: Option<&FailedWait>) -> bool {
    let runs_on = |node: &AnyNode| {
        let lifecycle = node.state().lifecycle();
        lifecycle.is_alive() && !lifecycle.is_ending()
    };
    failed.is_some_and(|failed| failed.start.is_some()) && !cluster.nodes().iter().any(runs_on)
}

fn troubled(cluster: &View, failed: Option<&FailedWait>) -> Vec<TroubledNode> {
    let home = cluster.home();
    let start = failed.and_then(|failed| failed.start.as_ref()).filter(|_| of_start(cluster, failed));
    let troubles = start.map_or_else(|| home.troubles(), |start| start.troubles.clone());
    let troubled = |Trouble { name, state, .. }: Trouble| {
        let node = cluster.nodes().iter().find(|node| node.name() == name);
        let lines = node.map(|node| node.context().log().tail()).unwrap_or_default();
        TroubledNode { is_dead: node.is_some_and(is_dead), name, state, lines }
    };
    let (mut troubled, others): (Vec<_>, Vec<_>) = troubles.into_iter().map(troubled).partition(|node| node.is_dead);
    troubled.extend(others);
    troubled
}

fn missing(cluster: &View, failed: Option<&FailedWait>) -> Vec<MissingLink> {
    let start = failed.and_then(|failed| failed.start.as_ref()).filter(|_| of_start(cluster, failed));
    match start {
        Some(start) => start.missing.clone(),
        None if cluster.home().mode().wait_connections && !cluster.home().verdict().is_stopped() => {
            missing_links(cluster.nodes())
        }
        None => Vec::new(),
    }
}

fn undeclared(cluster: &View) -> Vec<String> {
    let ends = cluster.home().learned_links().into_iter();
    let up = ends
        .filter(|end| !end.is_declared() && end.own().id() < end.other().id() && end.is_up() && end.reversed().is_up());
    up.map(|end| format!("{} - {}", end.own().name(), end.other().name())).collect()
}

fn fault_text(fault: &InForce) -> String {
    format!("{}, for {:?}: {} ran into it", fault.name, rounded(fault.lasted()), fault.counts())
}

/// Keeps the files of all nodes.
fn files(cluster: &View) -> Vec<(Arc<str>, PathBuf)> {
    let files = |node: &AnyNode| Some((node.state().name().clone(), node.state().spot().files().keep()?.into()));
    cluster.nodes().iter().filter_map(files).collect()
}
