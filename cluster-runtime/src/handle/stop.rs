use std::time::Duration;

use serde_json::json;

use super::any_node::AnyNode;
use super::grouped::grouped;
use super::watch::watch;
use crate::clock::{Deadline, pause, rounded};
use crate::error::{Death, End, Error, Result};
use crate::event::Level;
use crate::node::{Run, Runner};
use crate::place::Marks;
use crate::wait::Wait;

/// The part of a stop's timeout in which nodes have to end gracefully. The rest is for aborting them.
const GRACEFUL_PART: f64 = 0.9;
/// The pause before the threads that nodes have started are looked at again.
const THREADS_INTERVAL: Duration = Duration::from_millis(2);

impl AnyNode {
    /// Stops the node gracefully, and aborts it after its [grace time](crate::Profile::grace). Succeeds if the node was never
    /// started or has ended already.
    ///
    /// # Errors
    /// When the node has died, or does not end within 30 s (or [`timeout`](Wait::timeout)). If its grace time is
    /// longer than that, it is aborted after nine tenths of the timeout.
    pub fn stop(&self) -> Wait<'static, ()> {
        stop(vec![self.clone()])
    }

    /// Waits until the node has ended, without asking it to stop.
    ///
    /// # Errors
    /// When the node has died, or has not ended within 30 s (or [`timeout`](Wait::timeout)).
    pub fn wait_stopped(&self) -> Wait<'static, ()> {
        wait_stopped(vec![self.clone()])
    }

    /// Waits until the node has ended in any way, and returns its [`End`]. After that the end counts as expected: no later wait or
    /// stop reports it as a death.
    ///
    /// # Errors
    /// When it has not ended within 30 s (or [`timeout`](Wait::timeout)), or was never started; when another node dies first. A test
    /// that expects several deaths starts with [`tolerate_deaths`](crate::start::Start::tolerate_deaths).
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use cluster_runtime::error::End;
    /// use cluster_runtime::{NodeContext, Result, Service, cluster};
    /// use tokio::sync::Notify;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let exhausted = Arc::new(Notify::new());
    /// let exhaust = exhausted.clone();
    /// let db = Service::new(move |node: NodeContext| {
    ///     let exhausted = exhausted.clone();
    ///     async move {
    ///         node.ready();
    ///         exhausted.notified().await;
    ///         Err("out of memory")
    ///     }
    /// });
    /// let net = cluster! { db = db }.start().await?;
    /// exhaust.notify_one();
    /// let End::Failed(error) = net.db.wait_ended().await? else { panic!("it fails") };
    /// assert_eq!(error.to_string(), "out of memory");
    /// net.stop().await
    /// # }
    /// ```
    pub fn wait_ended(&self) -> Wait<'static, End> {
        let node = self.clone();
        Wait::of(watch(std::slice::from_ref(self), "the end"), move |deadline| async move {
            let ending = async {
                let end = node.state().lifecycle().until_ended().await.ok_or_else(|| node.not_running("end"))?;
                node.context().expect_end();
                Ok(end)
            };
            match deadline.bound(node.context().unless_death_of_another(Box::pin(ending))).await {
                Some(ended) => ended,
                None => Err(node.context().overdue("its end", deadline).await),
            }
        })
    }
}

/// Stops nodes at the same time.
pub(crate) fn stop(nodes: Vec<AnyNode>) -> Wait<'static, ()> {
    Wait::of(watch(&nodes, "the stop"), move |deadline| async move {
        let stopped = stop_gracefully(&nodes, deadline).await;
        no_deaths(&nodes)?;
        stopped
    })
}

/// Waits until nodes have ended.
pub(crate) fn wait_stopped(nodes: Vec<AnyNode>) -> Wait<'static, ()> {
    Wait::of(watch(&nodes, "the end"), move |deadline| async move {
        for node in &nodes {
            let ended = async {
                node.state().lifecycle().until_ended().await;
                Ok(())
            };
            match deadline.bound(node.context().unless_death(Box::pin(ended))).await {
                Some(ended) => ended?,
                None => {
                    // The deaths of others explain more.
                    no_deaths(&nodes)?;
                    return Err(node.context().overdue("its end", deadline).await);
                }
            }
        }
        no_deaths(&nodes)
    })
}

/// Asks nodes to stop, waits until they have ended, and aborts those that exceed their grace time.
pub(crate) async fn stop_gracefully(nodes: &[AnyNode], deadline: Deadline) -> Result {
    let runs = nodes.iter().filter_map(|node| {
        let lifecycle = node.state().lifecycle();
        // A node may have it no longer once it is asked, or not before.
        let runner = lifecycle.runner();
        let run = lifecycle.ask_to_stop()?;
        Some(((node, run), runner.or_else(|| lifecycle.runner())))
    });
    let (runs, runners): (Vec<_>, Vec<_>) = runs.unzip();
    for (node, _) in &runs {
        // A paused node cannot end gracefully. One that ends meanwhile cannot be resumed, and need not.
        let _ = node.resume_paused().await;
    }
    let most_grace = deadline.left().mul_f64(GRACEFUL_PART);
    let with_grace = runs.iter().map(|(node, run)| {
        let until = Deadline::after(node.profile().grace).no_longer_than(most_grace);
        (until.total(), (node, *run, until))
    });
    for (node, run, until) in grouped(with_grace).into_iter().flat_map(|(_, runs)| runs) {
        node.abort_after(run, until).await;
    }
    for ((node, run), runner) in runs.iter().zip(&runners) {
        node.wait_gone(*run, runner.as_ref(), deadline).await?;
    }
    wait_for_threads(runs.iter().map(|(node, _)| *node).zip(&runners), deadline).await
}

/// Waits until nothing is left of the threads that nodes which are gone have started themselves.
///
/// # Errors
/// At the deadline, with the first node that has some left.
pub(crate) async fn wait_for_threads<'a>(
    nodes: impl Iterator<Item = (&'a AnyNode, &'a Option<Runner>)>,
    deadline: Deadline,
) -> Result {
    let mut left: Vec<_> =
        nodes.filter_map(|(node, runner)| Some((node, runner.as_ref().and_then(Runner::isolated)?))).collect();
    while !left.is_empty() {
        let marks = Marks::now();
        left.retain(|(_, isolated)| isolated.started(&marks) > 0);
        // The end of such a thread sends no signal.
        if let [(node, isolated), ..] = &*left
            && deadline.bound(pause(THREADS_INTERVAL)).await.is_none()
        {
            return Err(node.not_gone(isolated.leftovers(), deadline));
        }
    }
    Ok(())
}

impl AnyNode {
    /// Aborts a run that was asked to end, and is not over when its grace time is.
    async fn abort_after(&self, run: Run, grace: Deadline) {
        if grace.bound(self.state().lifecycle().until_over(run)).await.is_none() {
            let grace = format!("{:?}", rounded(grace.total()));
            eprintln!("node `{}` did not end within its grace time of {grace}, and was stopped hard", self.name());
            self.context().event(Level::Warning, "node", "stopped_hard", json!({ "after": grace }));
            self.context().abort(run);
        }
    }

    /// Waits until a run that was asked to end is over and nothing of it is left.
    ///
    /// # Errors
    /// At the deadline, with what keeps it.
    pub(crate) async fn wait_gone(&self, run: Run, runner: Option<&Runner>, deadline: Deadline) -> Result {
        let isolated = runner.and_then(Runner::isolated);
        let gone = async {
            self.state().lifecycle().until_over(run).await;
            if let Some(isolated) = isolated {
                isolated.gone().await;
            }
        };
        if deadline.bound(gone).await.is_some() {
            return Ok(());
        }
        Err(self.not_gone(isolated.and_then(|isolated| isolated.leftovers()), deadline))
    }

    fn not_gone(&self, leftovers: Option<String>, deadline: Deadline) -> Error {
        self.timed_out(leftovers.map_or("its end".to_owned(), |what| format!("its end ({what})")), deadline)
    }
}

/// # Errors
/// When nodes have died.
pub(crate) fn no_deaths<'a>(nodes: impl IntoIterator<Item = &'a AnyNode>) -> Result {
    let dead = nodes.into_iter().filter_map(|node| Some((node.context().home(), death_of(node)?)));
    let (homes, deaths): (Vec<_>, Vec<_>) = dead.unzip();
    if deaths.is_empty() {
        return Ok(());
    }
    let troubles = homes.into_iter().flatten().next().map(|home| home.troubles());
    Err(Error::died(deaths).with_troubles(troubles.unwrap_or_default()))
}

fn death_of(node: &AnyNode) -> Option<Death> {
    let end = node.state().lifecycle().death()?;
    Some(Death { node: node.state().name().clone(), end, log: node.context().log_tail() })
}
