//! Waits on several nodes at once.

use std::future::IntoFuture;
use std::time::Duration;

use cluster_topology::Topology;
use serde_json::Value;

use super::cluster::Cluster;
use super::observed::observed;
use super::phases::connected_at_both_ends;
use super::trouble::{links_missing, not_reached};
use super::view::View;
use crate::clock::{Deadline, pause};
use crate::error::{Error, Result, some_of};
use crate::event::Event;
use crate::handle::{AnyNode, Filter, Mark, Nodes, Since, collect, named, other_names};
use crate::kept::Kept;
use crate::proof::prove_declared;
use crate::wait::{Outcome, Wait};

/// The pause between two looks at the observed topology.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

impl Cluster {
    /// The present moment, for [`since`](Wait::since).
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    /// net.b.publish("one").await?;
    /// net.a.wait_for("message", |_| Some(())).await?;
    /// let mark = net.mark();
    /// net.b.publish("two").await?;
    /// let text = net.a.wait_for("message", |value| value["text"].as_str().map(str::to_owned)).since(mark).await?;
    /// assert_eq!(text, "two");
    /// # net.stop().await
    /// # }
    /// ```
    pub fn mark(&self) -> Mark {
        self.home().journal().mark()
    }

    /// Waits until each node of a set has reported an event of this name for whose value `filter` returns `true`, `Some` or
    /// `Ok`, and returns what is within, in the order of the nodes.
    ///
    /// # Errors
    /// Those of [`wait_for`](crate::AnyNode::wait_for); after 30 s (or [`timeout`](Wait::timeout)) with the nodes that have not.
    pub fn wait_for_all<'a, R: Outcome<Value: 'a>>(
        &self,
        set: impl Nodes,
        name: &'a str,
        mut filter: impl FnMut(&Value) -> R + Send + 'a,
    ) -> Wait<'a, Vec<R::Value>, Since> {
        let found = Kept::nothing();
        let kept = found.clone();
        let accepts = move |event: &Event| filter(&event.value).reached().map(|value| kept.keep(value)).is_ok();
        self.wait_for_accepted(collect(set), name, Box::new(accepts)).map(move |()| found.all())
    }

    fn wait_for_accepted<'a>(
        &self,
        nodes: Vec<AnyNode>,
        name: &'a str,
        mut accepts: Filter<'a>,
    ) -> Wait<'a, (), Since> {
        let cluster = self.view();
        let what = format!("`{name}` of all of {}", named(&nodes));
        let watch = cluster.home().watch(move || what.clone());
        Wait::with_options(watch, Since::default(), move |since: Since, deadline| async move {
            let mut without = Vec::new();
            for node in &nodes {
                let wait = node.wait_for_accepted(name.to_owned(), Box::new(&mut accepts));
                match wait.change(|options| *options = since).until(deadline).into_future().await {
                    Ok(()) => {}
                    // The others may have reported it in time.
                    Err(error @ Error::Timeout { .. }) => without.push((node, error)),
                    Err(error) => return Err(error),
                }
            }
            match without.len() {
                0 => Ok(()),
                1 => without.pop().map_or(Ok(()), |(_, error)| Err(error)),
                _ => {
                    let names: Vec<_> = without.iter().map(|(node, _)| format!("`{}`", node.name())).collect();
                    let missed = format!("the event `{name}` that the filter accepts did not come from all nodes");
                    let (of, found) = (nodes.len(), nodes.len() - names.len());
                    let places: Vec<_> = nodes.iter().map(|node| (node, since.place_in_log(node))).collect();
                    let others = other_names(name, &places).map_or_else(String::new, |others| format!(" ({others})"));
                    let last = format!("{found} of {of} have reported it, not {}{others}", some_of(&names, ", "));
                    Err(not_reached(&cluster, &missed, last, deadline))
                }
            }
        })
    }

    /// Waits until both ends of all declared links report them, as a start with
    /// [`wait_connections`](crate::start::Start::wait_connections) does.
    ///
    /// # Errors
    /// When links are missing after 30 s (or [`timeout`](Wait::timeout)), each with its progress; when a node dies.
    pub fn wait_connections(&self) -> Wait<'static, ()> {
        let cluster = self.view();
        let watch = cluster.home().watch(|| "the declared links".to_owned());
        Wait::of(watch, move |deadline| async move { wait_connected(&cluster, deadline).await })
    }

    /// Waits until the topology that the nodes report is one that `holds` accepts.
    ///
    /// # Errors
    /// When it is not within 30 s (or [`timeout`](Wait::timeout)), with the links that were last observed; when a node dies.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { k[4]: line }.start().public(true).await?;
    /// net.wait_until(|observed| observed.diameter() == Some(1)).await?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn wait_until<'a>(&self, holds: impl FnMut(&Topology) -> bool + Send + 'a) -> Wait<'a, ()> {
        self.wait_until_accepted(Box::new(holds))
    }

    fn wait_until_accepted<'a>(&self, mut holds: Box<dyn FnMut(&Topology) -> bool + Send + 'a>) -> Wait<'a, ()> {
        let cluster = self.view();
        let watch = cluster.home().watch(|| "a topology that is accepted".to_owned());
        Wait::of(watch, move |deadline| async move {
            let mut last = "nothing was observed".to_owned();
            let looking = async {
                loop {
                    let topology = observed(cluster.nodes().to_vec()).until(deadline).into_future().await?;
                    if holds(&topology) {
                        return Ok(());
                    }
                    last = format!("it was last\n{}", topology.to_string().trim_end());
                    pause(LOOK_INTERVAL).await;
                }
            };
            match deadline.bound(cluster.home().unless_death(Box::pin(looking))).await {
                Some(held) => held,
                None => Err(not_reached(&cluster, "the observed topology was not accepted", last, deadline)),
            }
        })
    }
}

/// Waits until both ends of all declared links of these nodes report them.
pub(super) async fn wait_connected(nodes: &View, deadline: Deadline) -> Result {
    let connected = deadline.bound(nodes.home().unless_death(Box::pin(connected_at_both_ends(nodes.nodes())))).await;
    connected.unwrap_or_else(|| Err(links_missing(nodes, deadline)))?;
    // Links may have been declared since the start.
    prove_declared(nodes.home(), nodes.link_ends(), deadline).await
}
