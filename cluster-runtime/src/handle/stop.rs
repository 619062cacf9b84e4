use std::collections::BTreeMap;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::AnyNode;
use crate::clock::{DEFAULT_TIMEOUT, Deadline};
use crate::error::{Died, Error, Result};
use crate::event::Level;
use crate::node::{End, Stage, State};

/// A stop of nodes, all at the same time; see [`AnyNode::stop`].
#[derive(Debug)]
#[must_use = "a stop does nothing unless it is awaited"]
pub struct Stop {
    nodes: Vec<AnyNode>,
    timeout: Duration,
}

impl Stop {
    pub(crate) fn new(nodes: Vec<AnyNode>) -> Self {
        Self { nodes, timeout: DEFAULT_TIMEOUT }
    }

    /// How long the stop may take at most; 30 s by default. A node whose grace time is longer is stopped hard in time for this.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl IntoFuture for Stop {
    type Output = Result;
    type IntoFuture = Pin<Box<dyn Future<Output = Result> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let runs: Vec<_> = self.nodes.iter().filter_map(|node| Some((node, ask_to_stop(node.state())?))).collect();
            let stopped = all_ended(&runs, self.timeout).await;
            died(the_dead(&self.nodes))?;
            stopped
        })
    }
}

/// Asks a node to stop, and gives the number of the run that is to end; `None` when it does not run.
fn ask_to_stop(state: &State) -> Option<u64> {
    state.change(|facts| {
        let runs = matches!(facts.stage, Stage::Starting(_) | Stage::Started);
        facts.stop_asked |= runs;
        runs.then_some(facts.run)
    })
}

/// Waits until runs that were asked to stop have ended: in good order within their grace time, or hard.
async fn all_ended(runs: &[(&AnyNode, u64)], timeout: Duration) -> Result {
    let deadline = Deadline::after(timeout);
    // A tenth of the time is kept for the hard stop.
    let most_grace = timeout.mul_f64(0.9);
    let mut by_grace: BTreeMap<Duration, (Deadline, Vec<_>)> = BTreeMap::new();
    for (node, run) in runs {
        let grace = node.erased().grace().min(most_grace);
        by_grace.entry(grace).or_insert_with(|| (Deadline::after(grace), Vec::new())).1.push((node, *run));
    }
    for (grace, (until, runs)) in by_grace {
        for (node, run) in runs {
            if until.bound(run_ended(node.state(), run)).await.is_none() {
                let after = json!({ "after": format!("{grace:?}") });
                node.context().event(Level::Warning, "node", "stopped_hard", after);
                node.state().kill(run);
            }
        }
    }
    for (node, run) in runs {
        if deadline.bound(run_ended(node.state(), *run)).await.is_none() {
            return Err(node.timeout("its end", deadline));
        }
    }
    Ok(())
}

/// Resolves when this run is over, whether or not the node was started again.
async fn run_ended(state: &State, run: u64) {
    state.until(|facts| (facts.run != run || matches!(facts.stage, Stage::Ended(_))).then_some(())).await;
}

/// A wait for the end of nodes; see [`AnyNode::wait_stopped`].
#[derive(Debug)]
#[must_use = "a wait does nothing unless it is awaited"]
pub struct WaitStopped {
    nodes: Vec<AnyNode>,
    timeout: Duration,
}

impl WaitStopped {
    pub(crate) fn new(nodes: Vec<AnyNode>) -> Self {
        Self { nodes, timeout: DEFAULT_TIMEOUT }
    }

    /// How long to wait at most; 30 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl IntoFuture for WaitStopped {
    type Output = Result;
    type IntoFuture = Pin<Box<dyn Future<Output = Result> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let deadline = Deadline::after(self.timeout);
            for node in &self.nodes {
                if deadline.bound(ended(node.state())).await.is_none() {
                    // That others died says more.
                    died(the_dead(&self.nodes))?;
                    return Err(node.timeout("its end", deadline));
                }
            }
            died(the_dead(&self.nodes))
        })
    }
}

/// Resolves when the node does not run: it has ended, or was never started.
pub(crate) async fn ended(state: &Arc<State>) -> Option<End> {
    state
        .until(|facts| match &facts.stage {
            Stage::Ended(end) => Some(Some(end.clone())),
            Stage::Created => Some(None),
            Stage::Starting(_) | Stage::Started => None,
        })
        .await
}

fn the_dead(nodes: &[AnyNode]) -> Vec<Died> {
    nodes.iter().filter_map(|node| dead(node.state())).collect()
}

fn dead(state: &State) -> Option<Died> {
    match state.stage() {
        Stage::Ended(end) if end.is_death() => {
            Some(Died { node: state.name().clone(), end: end.to_string(), log: state.log_tail() })
        }
        _ => None,
    }
}

fn died(nodes: Vec<Died>) -> Result {
    if nodes.is_empty() { Ok(()) } else { Err(Error::Died { nodes }) }
}
