//! A fault is believed when a probe has run into it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Deadline;
use crate::error::{FaultError, Result};
use crate::handle::together;
use crate::net::{Block, Conditions, Effect, LATE, Probe, Sign};
use crate::node::{Home, InForce, LinkEnd};
use crate::place::connections;

/// How many links are probed at the same time: each probe has a few sockets.
const AT_A_TIME: usize = 64;
/// How long a probe of a rate takes about.
const RATE_PROBE: Duration = Duration::from_millis(30);
/// The number of probes of a jitter without a latency.
const JITTER_PROBES: u32 = 8;
/// The most datagrams that are sent to see one lost, doubled or overtaken.
const MOST_DATAGRAMS: u32 = 40_000;

/// Probes what leaves these ends.
///
/// # Errors
/// When a probe is not affected as it should be.
pub(super) async fn prove(home: &Arc<Home>, fault: &Arc<InForce>, ends: &[LinkEnd], deadline: Deadline) -> Result {
    for some in ends.chunks(AT_A_TIME) {
        let proofs = some.iter().map(|end| Proof::new(home, fault, end, deadline));
        together(proofs.map(|proof| async move { proof.prove().await })).await?;
    }
    match fault.effect {
        Effect::Block(_) => Ok(prove_no_bypass(fault, ends)?),
        Effect::Conditions(_) => Ok(()),
    }
}

/// A relay holds what comes to it: a program may have another way.
fn prove_no_bypass(fault: &InForce, ends: &[LinkEnd]) -> Result<(), FaultError> {
    let relayed: Vec<_> = ends.iter().filter(|end| end.relays().is_some()).collect();
    if relayed.is_empty() {
        return Ok(());
    }
    let connections = connections();
    for end in relayed {
        fault.count_direct(end.past_relays(&connections).len());
        if let Some(bypass) = end.bypass(&connections) {
            let (from, to) = (end.own().name().clone(), end.other().name().clone());
            let connection = format!("{} to {}", bypass.local, bypass.remote);
            return Err(FaultError::Bypassed { fault: fault.name.clone(), from, to, connection });
        }
    }
    Ok(())
}

/// Sees probes of what leaves these ends get through, where no other fault blocks them.
///
/// # Errors
/// When one does not before the deadline.
pub(super) async fn passes(home: &Arc<Home>, fault: &Arc<InForce>, ends: &[LinkEnd], deadline: Deadline) -> Result {
    for some in ends.chunks(AT_A_TIME) {
        let proofs = some.iter().map(|end| Proof::new(home, fault, end, deadline));
        together(proofs.map(|proof| async move { proof.passes().await })).await?;
    }
    Ok(())
}

/// The proof of a fault along one path.
struct Proof {
    home: Arc<Home>,
    fault: Arc<InForce>,
    end: LinkEnd,
    deadline: Deadline,
}

impl Proof {
    fn new(home: &Arc<Home>, fault: &Arc<InForce>, end: &LinkEnd, deadline: Deadline) -> Self {
        Self { home: home.clone(), fault: fault.clone(), end: end.clone(), deadline }
    }

    async fn prove(&self) -> Result {
        let proved = match self.fault.effect {
            Effect::Block(block) => self.deadline.bound(self.prove_block(block)).await,
            // Nothing shows on a path that is cut.
            Effect::Conditions(_) if self.end.is_blocked() => return Ok(()),
            Effect::Conditions(conditions) => self.deadline.bound(self.prove_conditions(conditions)).await,
        };
        let late = || Err(self.unproved(format!("did not arrive within {:?}", self.deadline.total())));
        Ok(proved.unwrap_or_else(late)?)
    }

    async fn prove_block(&self, block: Block) -> Result<(), FaultError> {
        // Another fault may block it in a way that counts more.
        let expected = self.end.paths().out().block().unwrap_or(block).max(block);
        match self.run(move |probe| async move { probe.is_blocked(expected).await }).await? {
            true => Ok(()),
            false => Err(FaultError::BlockedNothing { fault: self.name(), from: self.from(), to: self.to() }),
        }
    }

    async fn prove_conditions(&self, conditions: Conditions) -> Result<(), FaultError> {
        self.prove_delay(conditions).await?;
        for (probability, sign, effect) in [
            (conditions.loss, Sign::Lost, "lost"),
            (conditions.duplicate, Sign::Doubled, "duplicated"),
            (conditions.reorder, Sign::Overtaken, "reordered"),
        ] {
            if let Some(probability) = probability.filter(|probability| *probability > 0.0) {
                self.prove_sign(probability, sign, effect).await?;
            }
        }
        Ok(())
    }

    async fn prove_delay(&self, conditions: Conditions) -> Result<(), FaultError> {
        let bytes = conditions.rate.map_or(1, |rate| rate.bytes_in(RATE_PROBE));
        let sending = conditions.rate.map_or(Duration::ZERO, |rate| rate.time_for(bytes).saturating_sub(LATE));
        let least = conditions.latency.unwrap_or_default() + sending;
        let (probes, expected) = match conditions.jitter {
            // That eight are so early together has a chance of about 1 in 40,000.
            Some(jitter) if least.is_zero() => (JITTER_PROBES, jitter),
            _ => (1, least),
        };
        if expected.is_zero() {
            return Ok(());
        }
        let took = self.run(move |probe| async move {
            let mut took = Duration::ZERO;
            for _ in 0..probes {
                took += probe.delay(bytes).await?;
            }
            Ok(took)
        });
        let took = took.await?;
        match took < expected {
            false => Ok(()),
            true => {
                let (fault, from, to) = (self.name(), self.from(), self.to());
                Err(FaultError::DelayedNothing { fault, from, to, took, expected })
            }
        }
    }

    async fn prove_sign(&self, probability: f64, sign: Sign, effect: &'static str) -> Result<(), FaultError> {
        // That none of so many shows it has a chance of about 2 in 10^9.
        let probes = ((20.0 / probability).ceil() as u32).min(MOST_DATAGRAMS);
        match self.run(move |probe| async move { probe.shows(sign, probes).await }).await? {
            true => Ok(()),
            false => {
                let (fault, from, to) = (self.name(), self.from(), self.to());
                Err(FaultError::ChangedNothing { fault, effect, probes, from, to })
            }
        }
    }

    async fn passes(&self) -> Result {
        if self.end.is_blocked() {
            return Ok(());
        }
        let crossed = self.deadline.bound(self.run(|probe| async move { probe.delay(1).await })).await;
        let late =
            || Err(self.unproved(format!("did not arrive within {:?} after it was healed", self.deadline.total())));
        crossed.unwrap_or_else(late)?;
        Ok(())
    }

    /// Runs a probe along the path, on the driver: the threads of the test may be busy.
    async fn run<T, F>(&self, work: impl FnOnce(Probe) -> F + Send + 'static) -> Result<T, FaultError>
    where
        T: Send + 'static,
        F: Future<Output = io::Result<T>> + Send,
    {
        let Some(driver) = self.home.driver() else {
            return Err(self.unproved("cannot be sent: the cluster was never started".to_owned()));
        };
        let probe = self.end.probe(driver.background());
        let probed = driver.run(async move { work(probe).await }).await;
        probed.map_err(|error| self.unproved(format!("failed: {error}")))
    }

    fn unproved(&self, problem: String) -> FaultError {
        FaultError::Unproved { fault: self.name(), from: self.from(), to: self.to(), problem }
    }

    fn name(&self) -> String {
        self.fault.name.clone()
    }

    fn from(&self) -> Arc<str> {
        self.end.own().name().clone()
    }

    fn to(&self) -> Arc<str> {
        self.end.other().name().clone()
    }
}
