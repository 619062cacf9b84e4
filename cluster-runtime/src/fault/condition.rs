use std::time::Duration;

use super::control::check_own;
use super::handle::Fault;
use super::impose::{Asked, impose};
use super::span::{names, span};
use crate::error::FaultError;
use crate::handle::{Nodes, collect};
use crate::net::{Conditions, Effect, LEAST_PROBABILITY, Rate};
use crate::start::Cluster;
use crate::wait::Wait;

/// The options of a condition that is set while the cluster runs.
#[derive(Debug, Default)]
pub struct Condition {
    conditions: Conditions,
    may_be_idle: bool,
}

impl<T> Wait<'_, T, Condition> {
    /// Sets how long everything takes at least, each way.
    pub fn latency(self, latency: Duration) -> Self {
        self.change(|options| options.conditions.latency = Some(latency))
    }

    /// Sets up to how much longer than the latency it takes, at random. Streams keep their order.
    pub fn jitter(self, jitter: Duration) -> Self {
        self.change(|options| options.conditions.jitter = Some(jitter))
    }

    /// Sets how much each link carries, each way.
    pub fn rate(self, rate: Rate) -> Self {
        self.change(|options| options.conditions.rate = Some(rate))
    }

    /// Sets the probability, from 0 to 1, that a datagram is dropped. Streams lose nothing.
    pub fn loss(self, probability: f64) -> Self {
        self.change(|options| options.conditions.loss = Some(probability))
    }

    /// Sets the probability, from 0 to 1, that a datagram arrives twice.
    pub fn duplicate(self, probability: f64) -> Self {
        self.change(|options| options.conditions.duplicate = Some(probability))
    }

    /// Sets the probability, from 0 to 1, that a datagram arrives after the one that was sent after it.
    pub fn reorder(self, probability: f64) -> Self {
        self.change(|options| options.conditions.reorder = Some(probability))
    }

    /// It is no error if no traffic of nodes runs into it.
    pub fn may_be_idle(self) -> Self {
        self.change(|options| options.may_be_idle = true)
    }
}

impl Cluster {
    /// Sets conditions of all links between the nodes of two sets, both ways. They take the place of those that are declared
    /// until they are healed; of two that set the same, the later one counts.
    ///
    /// # Errors
    /// [`Error::Fault`](crate::Error::Fault) when it is refused, or a probe shows no effect.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use cluster_runtime::{Result, cluster};
    /// use cluster_runtime::net::Rate;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    /// let slow = net.condition(&net.a, &net.b).latency(Duration::from_millis(20)).rate(Rate::mbit(1)).await?;
    /// net.a.publish("late").await?;
    /// net.b.wait_for("message", |_| Some(())).await?;
    /// slow.heal().await?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn condition(&self, a: impl Nodes, b: impl Nodes) -> Wait<'static, Fault, Condition> {
        let (a, b, cluster) = (collect(a), collect(b), self.view());
        let what = format!("the conditions between {} and {}", names(&a), names(&b));
        let watch = cluster.home().watch(move || what.clone());
        Wait::with_options(
            watch,
            Condition::default(),
            move |Condition { conditions, may_be_idle }, deadline| async move {
                let name = format!("the condition ({conditions}) between {} and {}", names(&a), names(&b));
                check(&name, &conditions)?;
                check_own(&cluster, &name, &[a.clone(), b.clone()].concat())?;
                let (spans, effect) = (vec![span(&a, &b), span(&b, &a)], Effect::Conditions(conditions));
                impose(&cluster, Asked { name, spans, effect, may_be_idle }, deadline).await
            },
        )
    }
}

fn check(name: &str, conditions: &Conditions) -> Result<(), FaultError> {
    let probabilities = [conditions.loss, conditions.duplicate, conditions.reorder];
    let why = if conditions.is_none() {
        "it sets nothing\nhelp: say `.latency(..)`, `.rate(..)`, `.loss(..)` or another condition".to_owned()
    } else if let Some(wrong) = probabilities.into_iter().flatten().find(|p| !(0.0..=1.0).contains(p)) {
        format!("{wrong} is no probability\nhelp: a probability is a number from 0 to 1")
    } else if let Some(small) = conditions.unprovable() {
        format!(
            "no probe would see a probability of {small}\nhelp: ask for {LEAST_PROBABILITY} or more, which is proved"
        )
    } else {
        return Ok(());
    };
    Err(FaultError::Refused { fault: name.to_owned(), why })
}
