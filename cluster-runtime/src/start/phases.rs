//! All nodes go through the phases of a start at the same time.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use super::begin::Begun;
use super::cluster::NodeRun;
use super::options::Options;
use super::report;
use super::watch::Watch;
use crate::clock::{Deadline, pause};
use crate::error::{End, Error, Failure, Phase, Result};
use crate::handle::{AnyNode, together};
use crate::node::{Reporting, Runner, catch_panic};

/// How long to wait for the end of nodes that were stopped after a failure.
const CLEAN_UP: Duration = Duration::from_secs(10);

/// Takes all nodes through the phases. When it fails, all of them are stopped.
pub(super) async fn bring_up(nodes: &[AnyNode], begun: &Begun, options: &Options, deadline: Deadline) -> Result {
    let driver = nodes.first().and_then(|node| node.context().driver().ok());
    let _watch = driver.map(|driver| Watch::new(driver, nodes, options, deadline));
    let error = match deadline.bound(through_phases(nodes, options)).await {
        Some(Ok(())) => return Ok(()),
        Some(Err(error)) => error,
        None => {
            note_blocked(nodes).await;
            report::timeout(nodes, deadline.total(), options.wait_connections)
        }
    };
    abort_all(begun.runs()).await;
    Err(error)
}

async fn through_phases(nodes: &[AnyNode], options: &Options) -> Result {
    let most = options.concurrency.unwrap_or(Semaphore::MAX_PERMITS);
    let slots = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
    together(nodes.iter().cloned().map(|node| identify(node, slots.clone()))).await?;
    let rest = Arc::new(Rest { unfinished: AtomicUsize::new(nodes.len()), finished: Notify::new() });
    let to_goal = |node| to_goal(node, options.wait_connections, slots.clone(), rest.clone());
    together(nodes.iter().cloned().map(to_goal)).await?;
    Ok(())
}

/// Identities come first, for all nodes: a configuration may hold those of peers.
async fn identify(node: AnyNode, slots: Arc<Semaphore>) -> Result {
    let _slot = slots.acquire().await;
    in_phase(&node, Phase::Identity, node.erased().identity(node.context())).await?;
    // The node is no longer listed in the phase identity.
    node.context().enter(Phase::Config);
    Ok(())
}

/// The nodes that have not come to their options.
struct Rest {
    unfinished: AtomicUsize,
    finished: Notify,
}

/// Takes a node to its goal, and watches it until all others have reached theirs.
async fn to_goal(node: AnyNode, wait_connections: bool, slots: Arc<Semaphore>, rest: Arc<Rest>) -> Result {
    let all_finished = rest.finished.notified();
    let slot = slots.acquire().await;
    while_alive(&node, Phase::Config, node.erased().config(node.context())).await?;
    node.context().enter(Phase::Run);
    node.launch();
    while_alive(&node, Phase::Ready, node.erased().ready(node.context())).await?;
    // Its peers may need the slot before it can be connected to them.
    drop(slot);
    if wait_connections {
        while_alive(&node, Phase::Connected, connected(&node)).await?;
    }
    node.state().lifecycle().started();
    if rest.unfinished.fetch_sub(1, Ordering::AcqRel) == 1 {
        rest.finished.notify_waiters();
    }
    let is_awaited = wait_connections && node.context().links().count() > 0;
    tokio::select! {
        biased;
        end = missed(&node, is_awaited) => Err(failure(&node, Phase::Run, end)),
        () = all_finished => Ok(()),
    }
}

/// Does the work of a phase.
async fn in_phase(node: &AnyNode, phase: Phase, work: impl Future<Output = Result>) -> Result {
    node.context().enter(phase);
    let end = match catch_panic(node.context().origin().scope(work)).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => End::from(error),
        Err(message) => End::Panicked(message),
    };
    Err(Error::Failed(Box::new(Failure { node_ended: false, ..failure_of(node, phase, end) })))
}

/// Like [`in_phase`], but fails when the node ends.
async fn while_alive(node: &AnyNode, phase: Phase, work: impl Future<Output = Result>) -> Result {
    tokio::select! {
        biased;
        outcome = in_phase(node, phase, work) => outcome,
        end = node.state().lifecycle().until_ended() => Err(failure(node, phase, end.unwrap_or(End::Killed))),
    }
}

/// Resolves when the node ends and is needed: it has died, or others wait for its links.
async fn missed(node: &AnyNode, is_awaited: bool) -> End {
    match node.state().lifecycle().until_ended().await {
        Some(end) if is_awaited || end.is_death() => end,
        _ => std::future::pending().await,
    }
}

/// Resolves when the node reports all its declared links, and so do the other ends that report by themselves.
pub(super) async fn connected_at_both_ends(node: AnyNode) -> Result {
    connected(&node).await?;
    for link in node.context().links().declared() {
        let other = link.reversed();
        loop {
            let changed = link.other().relinked();
            if other.is_up() || !link.is_awaited() || link.other().reporting() == Reporting::WhenAsked {
                break;
            }
            changed.await;
        }
    }
    Ok(())
}

/// Resolves when the node reports all its declared links.
async fn connected(node: &AnyNode) -> Result {
    let interval = node.profile().connections_interval;
    loop {
        let changed = node.state().relinked();
        if interval.is_some() {
            node.neighbours().await?;
        }
        if node.context().links().are_up() {
            return Ok(());
        }
        match interval {
            Some(interval) => pause(interval).await,
            None => changed.await,
        }
    }
}

fn failure(node: &AnyNode, phase: Phase, end: End) -> Error {
    Error::Failed(Box::new(failure_of(node, phase, end)))
}

/// A node that has ended.
fn failure_of(node: &AnyNode, phase: Phase, end: End) -> Failure {
    let (name, log) = (node.state().name().clone(), node.context().log_tail());
    Failure { node: name, phase, end, node_ended: true, log, seed: None }
}

/// A node that is not ready because its thread does not yield says so in the report.
async fn note_blocked(nodes: &[AnyNode]) {
    for node in nodes {
        let runner = node.state().lifecycle().runner();
        let Some(isolated) = runner.as_ref().and_then(Runner::isolated) else { continue };
        if let Some(blocked) = isolated.blocked().await {
            node.context().waiting_for(&blocked.to_string());
        }
    }
}

async fn abort_all(runs: &[NodeRun]) {
    for (node, run) in runs {
        node.abort(*run);
    }
    let gone = async {
        for (node, run) in runs {
            node.state().lifecycle().until_over(*run).await;
        }
    };
    // A node that blocks its thread cannot be waited for; the error about to be returned matters more.
    let _ = Deadline::after(CLEAN_UP).bound(gone).await;
}
