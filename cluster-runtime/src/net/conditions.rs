use std::fmt;
use std::time::Duration;

use super::Rate;

/// What a link does to what crosses it, each way: latency, jitter and rate; of datagrams also loss, duplicates and reordering.
/// What is not set is as the system has it.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use cluster_runtime::net::{Conditions, Rate};
///
/// let slow = Conditions::default().latency(Duration::from_millis(40)).rate(Rate::mbit(1));
/// assert_eq!(slow.to_string(), "latency = 40ms, rate = 1mbit");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
#[must_use = "conditions do nothing until they are set on links"]
pub struct Conditions {
    /// How long everything takes at least, each way.
    pub latency: Option<Duration>,
    /// Up to how much longer it takes, at random.
    pub jitter: Option<Duration>,
    /// How much it carries, each way.
    pub rate: Option<Rate>,
    /// The probability that a datagram is dropped.
    pub loss: Option<f64>,
    /// The probability that a datagram arrives twice.
    pub duplicate: Option<f64>,
    /// The probability that a datagram arrives after the next one.
    pub reorder: Option<f64>,
}

impl Conditions {
    /// Sets how long everything takes at least, each way.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = Some(latency);
        self
    }

    /// Sets up to how much longer than the latency it takes, at random. Streams keep their order.
    pub fn jitter(mut self, jitter: Duration) -> Self {
        self.jitter = Some(jitter);
        self
    }

    /// Sets how much it carries, each way.
    pub fn rate(mut self, rate: Rate) -> Self {
        self.rate = Some(rate);
        self
    }

    /// Sets the probability, from 0 to 1, that a datagram is dropped. Streams lose nothing.
    pub fn loss(mut self, probability: f64) -> Self {
        self.loss = Some(probability);
        self
    }

    /// Sets the probability, from 0 to 1, that a datagram arrives twice.
    pub fn duplicate(mut self, probability: f64) -> Self {
        self.duplicate = Some(probability);
        self
    }

    /// Sets the probability, from 0 to 1, that a datagram arrives after the one that was sent after it.
    pub fn reorder(mut self, probability: f64) -> Self {
        self.reorder = Some(probability);
        self
    }

    pub(crate) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether they make anything arrive later.
    pub(crate) fn delay(&self) -> bool {
        self.latency.is_some() || self.jitter.is_some() || self.rate.is_some()
    }

    /// These conditions, with those of `other` in the place of their own.
    pub(crate) fn overruled_by(self, other: Self) -> Self {
        Self {
            latency: other.latency.or(self.latency),
            jitter: other.jitter.or(self.jitter),
            rate: other.rate.or(self.rate),
            loss: other.loss.or(self.loss),
            duplicate: other.duplicate.or(self.duplicate),
            reorder: other.reorder.or(self.reorder),
        }
    }
}

/// As in a declaration.
impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = [("latency", self.latency), ("jitter", self.jitter)];
        let probabilities = [("loss", self.loss), ("duplicate", self.duplicate), ("reorder", self.reorder)];
        let times = times.iter().filter_map(|(name, time)| time.map(|time| format!("{name} = {time:?}")));
        let rate = self.rate.map(|rate| format!("rate = {rate}"));
        let probabilities = probabilities.iter().filter_map(|(name, p)| p.map(|p| format!("{name} = {p}")));
        f.write_str(&times.chain(rate).chain(probabilities).collect::<Vec<_>>().join(", "))
    }
}
