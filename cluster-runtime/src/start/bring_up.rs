use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use super::cluster::Run;
use super::{Options, preflight, report};
use crate::clock::{Deadline, pause};
use crate::error::{Error, Phase, Result, with_sources};
use crate::handle::{AnyNode, catch_panic, ended, together};
use crate::node::{End, Roster, Stage};

/// How long nodes that were stopped after a failure have to be gone.
const CLEAN_UP: Duration = Duration::from_secs(10);

/// Takes all nodes through the phases at the same time. When it fails, all of them are stopped.
pub(crate) async fn bring_up(runs: Vec<Run>, options: Options) -> Result {
    let nodes: Vec<_> = runs.iter().map(|(node, _)| node.clone()).collect();
    let deadline = Deadline::after(options.timeout);
    let outcome = deadline.bound(through_phases(&nodes, &options)).await;
    let error = match outcome {
        Some(Ok(())) => return Ok(()),
        Some(Err(error)) => error,
        None => report::timeout(&nodes, deadline.total(), options.wait_connections),
    };
    stop_all(&runs).await;
    Err(error)
}

/// Makes all nodes as new, each for a run of its own.
///
/// # Errors
/// When a node was started by someone else since it was checked; then none is.
pub(crate) fn open(nodes: &[AnyNode], options: &Options) -> Result<Vec<Run>> {
    let mut runs = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node.state().open(preflight::is_private(node, options), options.levels.clone()) {
            Some(run) => runs.push((node.clone(), run)),
            None => {
                runs.iter().for_each(|(node, run)| node.state().kill(*run));
                return Err(Error::Refused { faults: vec![preflight::started_already([node.name()])] });
            }
        }
    }
    let roster: Roster = nodes.iter().map(|node| (node.state().name().clone(), node.state().clone())).collect();
    let roster = Arc::new(roster);
    for node in nodes {
        node.context().peer_set().set_roster(roster.clone());
    }
    Ok(runs)
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
    // A report tells who is still at it.
    enter(&node, Phase::Config);
    Ok(())
}

/// The nodes that have not come to their goal.
struct Rest {
    unfinished: AtomicUsize,
    finished: Notify,
}

/// Takes a node to its goal, and watches it until all the others are there too.
async fn to_goal(node: AnyNode, wait_connections: bool, slots: Arc<Semaphore>, rest: Arc<Rest>) -> Result {
    let all_finished = rest.finished.notified();
    let slot = slots.acquire().await;
    while_alive(&node, Phase::Config, node.erased().config(node.context())).await?;
    enter(&node, Phase::Run);
    node.launch();
    while_alive(&node, Phase::Ready, node.erased().ready(node.context())).await?;
    // Its peers may need the slot before it can be connected to them.
    drop(slot);
    if wait_connections {
        while_alive(&node, Phase::Connected, connected(&node)).await?;
    }
    node.state().change(|facts| {
        if matches!(facts.stage, Stage::Starting(_)) {
            facts.stage = Stage::Started;
        }
    });
    if rest.unfinished.fetch_sub(1, Ordering::AcqRel) == 1 {
        rest.finished.notify_waiters();
    }
    let is_awaited = wait_connections && node.context().peer_set().len() > 0;
    unless_missed(&node, |end| is_awaited || end.is_death(), all_finished).await
}

/// A node that has ended meanwhile stays ended.
fn enter(node: &AnyNode, phase: Phase) {
    node.state().change(|facts| {
        if matches!(facts.stage, Stage::Starting(_)) {
            facts.stage = Stage::Starting(phase);
        }
    });
}

/// Does the work of a phase.
async fn in_phase(node: &AnyNode, phase: Phase, work: impl Future<Output = Result>) -> Result {
    enter(node, phase);
    match catch_panic(work).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(failed(node, phase, with_sources(&error))),
        Err(message) => Err(failed(node, phase, format!("it panicked: {message}"))),
    }
}

/// Like [`in_phase`], for a node that may end meanwhile: its end ends the wait.
async fn while_alive(node: &AnyNode, phase: Phase, work: impl Future<Output = Result>) -> Result {
    let mut ended = pin!(ended(node.state()));
    let mut work = pin!(in_phase(node, phase, work));
    poll_fn(|cx| {
        if let Poll::Ready(output) = work.as_mut().poll(cx) {
            return Poll::Ready(output);
        }
        ended.as_mut().poll(cx).map(|end| Err(failed(node, phase, ended_before(end, phase))))
    })
    .await
}

fn ended_before(end: Option<End>, phase: Phase) -> String {
    match (end, phase) {
        (Some(End::Returned), Phase::Ready) => {
            "it returned before it was ready\nhelp: a service calls `node.ready()`, and serves until `node.stopped().await`".to_owned()
        }
        (Some(End::Returned), _) => "it returned before it was connected to all its peers".to_owned(),
        (Some(end), _) => format!("it {end}"),
        (None, _) => "it was never started".to_owned(),
    }
}

/// Waits for all to be finished, unless this node ends first and is missed.
async fn unless_missed(
    node: &AnyNode,
    is_missed: impl Fn(&End) -> bool,
    all_finished: impl Future<Output = ()>,
) -> Result {
    let mut missed = pin!(node.state().until(|facts| match &facts.stage {
        Stage::Ended(end) if is_missed(end) => Some(end.clone()),
        _ => None,
    }));
    let mut all_finished = pin!(all_finished);
    poll_fn(|cx| {
        if let Poll::Ready(end) = missed.as_mut().poll(cx) {
            let cause =
                if end.is_death() { format!("it {end}") } else { format!("it {end} before all were connected") };
            return Poll::Ready(Err(failed(node, Phase::Run, cause)));
        }
        all_finished.as_mut().poll(cx).map(Ok)
    })
    .await
}

/// Resolves when the node is connected to all its declared peers, each counted once, by identity.
async fn connected(node: &AnyNode) -> Result {
    let peers: Vec<_> = node.context().peer_set().all().into_iter().map(|(peer, _)| peer).collect();
    let interval = node.erased().connections_interval();
    loop {
        let relinked = node.state().next_link_change();
        if interval.is_some() {
            let reported = node.neighbours().await?;
            node.state().facts().connected = reported.into_iter().map(|identity| (identity, 1)).collect();
        }
        if report::is_connected(node, &peers) {
            return Ok(());
        }
        match interval {
            Some(interval) => pause(interval).await,
            None => relinked.await,
        }
    }
}

fn failed(node: &AnyNode, phase: Phase, cause: String) -> Error {
    Error::Failed(Box::new(crate::error::Failed {
        node: node.state().name().clone(),
        phase,
        cause,
        log: node.state().log_tail(),
        seed: None,
    }))
}

async fn stop_all(runs: &[Run]) {
    for (node, run) in runs {
        node.state().kill(*run);
    }
    let gone = async {
        for (node, _) in runs {
            ended(node.state()).await;
        }
    };
    // A node that blocks its thread cannot be waited for; the error about to be returned matters more.
    let _ = Deadline::after(CLEAN_UP).bound(gone).await;
}
