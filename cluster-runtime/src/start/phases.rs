//! All nodes go through the phases of a start at the same time.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::begin::Begun;
use super::cluster::NodeRun;
use super::meeting::Meeting;
use super::options::Options;
use super::progress::Progress;
use super::report;
use super::steps::Steps;
use crate::clock::{Deadline, pause};
use crate::error::{End, Error, Failure, Phase, Refusal, Result, Trouble};
use crate::handle::{AnyNode, together, together_on};
use crate::node::{Home, LinkEnd, NodeContext, Run, catch_panic};
use crate::place::BoxFuture;
use crate::proof::prove_declared;

/// How long to wait for the end of nodes that were stopped after a failure.
const CLEAN_UP: Duration = Duration::from_secs(10);
/// The pause before a peer is asked again whether it reports a link.
const ASK_INTERVAL: Duration = Duration::from_millis(50);

/// How often to look whether one of them does not yield.
const BLOCKED_INTERVAL: Duration = Duration::from_millis(100);

/// Takes all nodes through the phases, on the runtime of their cluster, while the conditions that are declared of their links are
/// proved. When it fails, or another node dies meanwhile, all of them are stopped, and the error tells of those that have died.
pub(super) async fn bring_up(
    home: &Arc<Home>,
    nodes: &[AnyNode],
    begun: &Begun,
    options: &Options,
    steps: Steps,
    deadline: Deadline,
) -> Result {
    // Nobody looks on for that long where time is virtual.
    let driver = home.driver().filter(|_| home.simulation().is_none());
    let _progress = driver.and_then(|driver| Progress::new(driver, nodes, options));
    let up = async {
        match deadline.bound(through_phases(home, nodes, begun, options, Arc::new(steps))).await {
            Some(outcome) => outcome,
            None => {
                note_blocked(nodes).await;
                Err(report::timeout(nodes, deadline.total(), options.wait_connections))
            }
        }
    };
    let links = nodes.iter().flat_map(|node| node.context().links().declared()).collect();
    let proved = async { tokio::try_join!(biased; up, prove_declared(home, links, deadline)) };
    let is_other = |dead| nodes.iter().all(|node| node.state().id() != dead);
    let Err(error) = home.unless_new_death(&is_other, Box::pin(proved)).await else { return Ok(()) };
    home.verdict().start_fails(home.journal());
    abort_all(begun.runs()).await;
    nodes.iter().for_each(|node| node.context().death_told());
    Err(error.with_troubles(troubles_of_others(home, nodes)))
}

/// What is not as it should be in the cluster apart from these nodes, which are stopped.
fn troubles_of_others(home: &Home, nodes: &[AnyNode]) -> Vec<Trouble> {
    let names: HashSet<_> = nodes.iter().map(AnyNode::name).collect();
    let mut troubles = home.troubles();
    troubles.retain(|trouble| !names.contains(&*trouble.name));
    troubles
}

async fn through_phases(home: &Home, nodes: &[AnyNode], begun: &Begun, options: &Options, steps: Arc<Steps>) -> Result {
    let Some(runtime) = home.runtime() else { return Err(Error::refused(Refusal::NoRuntime)) };
    let runs: Vec<_> = nodes.iter().cloned().zip(begun.runs().iter().map(|(_, run)| *run)).collect();
    let most = options.concurrency.unwrap_or(Semaphore::MAX_PERMITS);
    let slots = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
    let meetings = Arc::new(Meetings { identified: Meeting::of(nodes.len()), at_goal: Meeting::of(nodes.len()) });
    let (wait_connections, all_steps) = (options.wait_connections, steps.clone());
    let to_goal = move |run| to_goal(run, wait_connections, slots.clone(), all_steps.clone(), meetings.clone());
    together_on(&runtime, runs.into_iter().map(to_goal)).await?;
    if let ([], Some(step)) = (nodes, steps.after_ready()) {
        step.take_own().await?;
    }
    Ok(())
}

/// Where the nodes of a start wait for each other.
struct Meetings {
    /// Identities come first, for all nodes: a configuration may hold those of peers.
    identified: Meeting,
    at_goal: Meeting,
}

/// Takes a node to its goal, and watches it until all others have reached theirs.
async fn to_goal(
    (node, run): (AnyNode, Run),
    wait_connections: bool,
    slots: Arc<Semaphore>,
    steps: Arc<Steps>,
    meetings: Arc<Meetings>,
) -> Result {
    // Large, and gone when the node only has to be watched.
    Box::pin(start_one((&node, run), wait_connections, &slots, &steps, &meetings.identified)).await?;
    let is_awaited = wait_connections && node.context().links().count() > 0;
    tokio::select! {
        biased;
        end = missed((&node, run), is_awaited) => Err(failure(&node, Phase::Run, end)),
        () = meetings.at_goal.attend() => Ok(()),
    }
}

async fn start_one(
    (node, run): (&AnyNode, Run),
    wait_connections: bool,
    slots: &Semaphore,
    steps: &Steps,
    identified: &Meeting,
) -> Result {
    let slot = slots.acquire().await;
    while_alive((node, run), Phase::Identity, node.erased().identity(node.context())).await?;
    // The node is no longer listed in the phase identity.
    node.context().enter(run, Phase::Config);
    drop(slot);
    identified.attend().await;
    let slot = slots.acquire().await;
    while_alive((node, run), Phase::Config, node.erased().config(node.context())).await?;
    node.context().enter(run, Phase::Run);
    if node.state().lifecycle().launching(run) {
        node.launch();
    }
    while_alive((node, run), Phase::Ready, node.erased().ready(node.context())).await?;
    // Its peers may need the slot before it can be connected to them.
    drop(slot);
    if let Some(step) = steps.after_ready() {
        tokio::select! {
            biased;
            taken = step.take(node.context()) => taken?,
            end = node.state().lifecycle().until_over(run) => return Err(failure(node, Phase::Ready, end)),
        }
    }
    if wait_connections {
        while_alive((node, run), Phase::Connected, Box::pin(connected(node))).await?;
    }
    node.state().lifecycle().started(run);
    Ok(())
}

/// Does the work of a phase.
async fn in_phase((node, run): (&AnyNode, Run), phase: Phase, work: BoxFuture<'_, Result>) -> Result {
    node.context().enter(run, phase);
    let end = match node.context().origin().scope(catch_panic(work)).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => End::from(error),
        Err(message) => End::Panicked(message),
    };
    Err(Error::Failed(Box::new(Failure { node_ended: false, ..failure_of(node, phase, end) })))
}

/// Like [`in_phase`], but fails when the node ends.
async fn while_alive((node, run): (&AnyNode, Run), phase: Phase, work: BoxFuture<'_, Result>) -> Result {
    tokio::select! {
        biased;
        outcome = in_phase((node, run), phase, work) => outcome,
        end = node.state().lifecycle().until_over(run) => Err(failure(node, phase, end)),
    }
}

/// Resolves when the node ends and is needed: it has died, or others wait for its links.
async fn missed((node, run): (&AnyNode, Run), is_awaited: bool) -> End {
    match node.state().lifecycle().until_over(run).await {
        end if is_awaited || end.is_death() => end,
        _ => std::future::pending().await,
    }
}

/// Resolves when these nodes report all their declared links, and so do the other ends.
pub(super) async fn connected_at_both_ends(nodes: &[AnyNode]) -> Result {
    let ids: Arc<HashSet<u64>> = Arc::new(nodes.iter().map(|node| node.state().id()).collect());
    loop {
        together(nodes.iter().cloned().map(|node| node_connected_at_both_ends(node, ids.clone()))).await?;
        // While one still waited, another may have lost a link, or have learned that it had.
        if nodes.iter().all(|node| node.context().links().are_up()) {
            return Ok(());
        }
    }
}

async fn node_connected_at_both_ends(node: AnyNode, waited_for: Arc<HashSet<u64>>) -> Result {
    connected(&node).await?;
    // The others do so by themselves.
    let links = node.context().links().declared().into_iter();
    for link in links.filter(|link| !waited_for.contains(&link.other().id())) {
        other_end_reports(&link).await;
    }
    Ok(())
}

async fn other_end_reports(link: &LinkEnd) {
    loop {
        let changed = link.other().relinked();
        // What it has returned before may be of a connection that is gone.
        let asked = link.other().ask_connections();
        let is_asked = asked.is_some();
        if let Some(asking) = asked {
            asking.await;
        }
        if link.reversed().is_up() || !link.is_awaited() {
            return;
        }
        if is_asked { pause(ASK_INTERVAL).await } else { changed.await }
    }
}

/// Resolves when the node reports all its declared links.
async fn connected(node: &AnyNode) -> Result {
    let interval = node.profile().connections_interval;
    loop {
        let changed = node.state().relinked();
        if interval.is_some() && node.state().lifecycle().is_alive() {
            match node.neighbours().await {
                // It ended while it was asked.
                Ok(_) | Err(Error::NotRunning { .. }) => {}
                Err(error) => return Err(error),
            }
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
    Failure { node: name, phase, end, node_ended: true, log, troubles: Vec::new(), seed: None }
}

/// A node that is not ready because its thread does not yield says so in the report.
async fn note_blocked(nodes: &[AnyNode]) {
    for node in nodes {
        if let Some(blocked) = node.context().blocked().await {
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
            over_or_blocked(node, *run).await;
        }
    };
    // The error about to be returned matters more than a node that does not end.
    let _ = Deadline::after(CLEAN_UP).bound(gone).await;
}

/// Resolves when a run that was aborted is over, or cannot be since its thread does not yield.
async fn over_or_blocked(node: &NodeContext, run: Run) {
    let blocked = async {
        while node.blocked().await.is_none() {
            pause(BLOCKED_INTERVAL).await;
        }
    };
    tokio::select! {
        biased;
        _ = node.state().lifecycle().until_over(run) => {}
        () = blocked => {}
    }
}
