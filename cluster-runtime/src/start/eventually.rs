use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::cluster::Cluster;
use super::trouble::not_reached;
use crate::clock::pause;
use crate::kept::Kept;
use crate::place;
use crate::wait::{Outcome, Wait};

/// Of real time, this is more than a test is likely to mean.
const LONG: Duration = Duration::from_secs(30);
/// The first pause between two attempts; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// One evaluation of a condition; the error is what there is in place of its value.
type Attempt<'a> = Pin<Box<dyn Future<Output = Result<(), Cow<'static, str>>> + Send + 'a>>;

impl Cluster {
    /// Waits for this duration: in [simulated time](crate::place), of that time. There a `tokio::time::sleep` in the
    /// test's own code lets no time pass for the nodes. Elsewhere more than 30 s are told of at once, past what a harness captures:
    /// they may have been meant for simulated time.
    ///
    /// # Errors
    /// When simulated time stands still.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    /// net.sleep(Duration::from_millis(5)).await?;
    /// assert_eq!(net.a.connections().await?.len(), 1);
    /// # net.stop().await
    /// # }
    /// ```
    pub fn sleep(&self, duration: Duration) -> Wait<'static, ()> {
        let home = self.view().home().clone();
        let watch = home.watch(move || format!("{duration:?} to pass"));
        Wait::of(watch, move |_| async move {
            if duration > LONG && home.simulation().is_none() {
                place::write_uncaptured(&[
                    format!("`sleep({duration:?})` of a cluster lets that much real time pass: it is not simulated"),
                    "help: `.start().simulated(seed)`, or `CLUSTER_SIMULATED=1` in the environment".to_owned(),
                ]);
            }
            pause(duration).await;
            Ok(())
        })
    }

    /// Waits until a condition holds: it is evaluated again and again until it returns `true`, `Some` or `Ok`. Use it for what
    /// no event reports; [`wait_for`](crate::AnyNode::wait_for) is told of an event at once.
    ///
    /// # Errors
    /// When it does not hold within 30 s (or [`timeout`](Wait::timeout)), with what it last returned; when a node dies.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { a; b: connect(a) }.start().await?;
    /// net.eventually(async || net.a.connections().await.is_ok_and(|connections| connections.len() == 1)).await?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn eventually<'a, F, R>(&self, mut condition: F) -> Wait<'a, <R::Output as Outcome>::Value>
    where
        F: FnMut() -> R + Send + 'a,
        R: Future<Output: Outcome> + Send + 'a,
        <R::Output as Outcome>::Value: 'a,
    {
        let value = Kept::nothing();
        let kept = value.clone();
        let attempt = move || -> Attempt<'a> {
            let (outcome, kept) = (condition(), kept.clone());
            Box::pin(async move { outcome.await.reached().map(|value| kept.keep(value)) })
        };
        self.wait_for_success(Box::new(attempt)).map(move |()| value.last())
    }

    fn wait_for_success<'a>(&self, mut attempt: Box<dyn FnMut() -> Attempt<'a> + Send + 'a>) -> Wait<'a, ()> {
        let cluster = self.view();
        Wait::of(cluster.home().watch(|| "a condition that holds".to_owned()), move |deadline| async move {
            let mut last = "it did not return once".to_owned();
            let evaluating = async {
                let mut wait = FIRST_PAUSE;
                loop {
                    match attempt().await {
                        Ok(()) => return Ok(()),
                        Err(instead) => last = format!("it last returned {instead}"),
                    }
                    pause(wait).await;
                    wait = (wait * 2).min(LONGEST_PAUSE);
                }
            };
            match deadline.bound(cluster.home().unless_death(Box::pin(evaluating))).await {
                Some(outcome) => outcome,
                None => Err(not_reached(&cluster, "the condition did not hold", last, deadline)),
            }
        })
    }
}
