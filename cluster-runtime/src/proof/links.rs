//! Proofs by probes along the links of nodes.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::placed;
use crate::clock::Deadline;
use crate::error::{FaultError, Result};
use crate::handle::together;
use crate::net::{Block, Conditions, Effect, LATE, Probe, Sign};
use crate::node::{Home, InForce, LinkEnd};
use crate::place::connections;

/// How many paths are probed at the same time: each probe has a few sockets.
const AT_A_TIME: usize = 64;
/// How many links are probed at the same time of which conditions are declared.
const DECLARED_AT_A_TIME: usize = 256;
/// File descriptors of the probe of one link: a listener and both ends of a connection, with both sockets of a relay.
const DESCRIPTORS: usize = 5;
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
pub(crate) async fn prove(home: &Arc<Home>, fault: &Arc<InForce>, ends: &[LinkEnd], deadline: Deadline) -> Result {
    for some in ends.chunks(AT_A_TIME) {
        let proofs = some.iter().map(|end| Proof::of_fault(home, fault, end, deadline));
        together(proofs.map(|proof| async move { proof.prove(proof.under_fault()).await })).await?;
    }
    match fault.effect {
        Effect::Block(_) => Ok(prove_no_bypass(fault, ends)?),
        Effect::Conditions(_) => Ok(()),
    }
}

/// Probes those of these links whose declared conditions were not proved yet, both ways. Nothing shows on a link that has a fault:
/// it is left for later.
///
/// # Errors
/// When a probe is not affected as it should be.
pub(crate) async fn prove_declared(home: &Arc<Home>, ends: Vec<LinkEnd>, deadline: Deadline) -> Result {
    let mut ends: Vec<_> = ends.into_iter().filter(|end| end.dials() && end.has_unproved_conditions()).collect();
    if ends.is_empty() {
        return Ok(());
    }
    // A fault that comes meanwhile would disturb the probes.
    let Some(_change) = deadline.bound(home.faults().change()).await else { return Ok(()) };
    ends.retain(|end| !home.faults().concern(end));
    if home.is_ruled() {
        placed::prove_declared(home, &ends, deadline).await?;
        ends.iter().for_each(LinkEnd::conditions_are_proved);
        return Ok(());
    }
    for some in ends.chunks(DECLARED_AT_A_TIME) {
        let proofs = some.iter().map(|end| Proof::of_declaration(home, end, deadline));
        together(proofs.map(|proof| async move { proof.prove(proof.as_declared()).await })).await?;
        some.iter().for_each(LinkEnd::conditions_are_proved);
    }
    Ok(())
}

/// The most file descriptors that the proof of the conditions of so many links needs at the same time.
pub(crate) fn descriptors(links: usize) -> usize {
    links.min(DECLARED_AT_A_TIME) * DESCRIPTORS
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
pub(crate) async fn passes(home: &Arc<Home>, fault: &Arc<InForce>, ends: &[LinkEnd], deadline: Deadline) -> Result {
    for some in ends.chunks(AT_A_TIME) {
        let proofs = some.iter().map(|end| Proof::of_fault(home, fault, end, deadline));
        together(proofs.map(|proof| async move { proof.passes().await })).await?;
    }
    Ok(())
}

/// The proof of a fault along one path, or of what is declared of both paths of a link.
struct Proof {
    home: Arc<Home>,
    /// The name of what is proved.
    fault: String,
    effect: Effect,
    end: LinkEnd,
    deadline: Deadline,
}

impl Proof {
    fn of_fault(home: &Arc<Home>, fault: &InForce, end: &LinkEnd, deadline: Deadline) -> Self {
        Self { home: home.clone(), fault: fault.name.clone(), effect: fault.effect, end: end.clone(), deadline }
    }

    fn of_declaration(home: &Arc<Home>, end: &LinkEnd, deadline: Deadline) -> Self {
        let (conditions, a, b) = (end.conditions(), end.own().name(), end.other().name());
        let fault = format!("the condition ({conditions}) that is declared between `{a}` and `{b}`");
        Self { home: home.clone(), fault, effect: Effect::Conditions(conditions), end: end.clone(), deadline }
    }

    /// The same of the path from the other end.
    fn reversed(&self) -> Self {
        let (home, fault, end) = (self.home.clone(), self.fault.clone(), self.end.reversed());
        Self { home, fault, effect: self.effect, end, deadline: self.deadline }
    }

    async fn prove(&self, proof: impl Future<Output = Result<(), FaultError>>) -> Result {
        let proved = self.deadline.bound(proof).await;
        let late = || Err(self.unproved(format!("did not arrive within {:?}", self.deadline.total())));
        Ok(proved.unwrap_or_else(late)?)
    }

    async fn under_fault(&self) -> Result<(), FaultError> {
        match self.effect {
            Effect::Block(block) => self.prove_block(block).await,
            // Nothing shows on a path that is cut.
            Effect::Conditions(_) if self.end.is_blocked() => Ok(()),
            Effect::Conditions(conditions) => {
                self.prove_delay(conditions).await?;
                self.prove_signs(conditions).await
            }
        }
    }

    async fn as_declared(&self) -> Result<(), FaultError> {
        let Effect::Conditions(conditions) = self.effect else { return Ok(()) };
        let back = self.reversed();
        self.prove_delays(conditions, &back).await?;
        self.prove_signs(conditions).await?;
        back.prove_signs(conditions).await
    }

    async fn prove_block(&self, block: Block) -> Result<(), FaultError> {
        // Another fault may block it in a way that counts more.
        let expected = self.end.paths().out().block().unwrap_or(block).max(block);
        match self.run(move |probe| async move { probe.is_blocked(expected).await }).await? {
            true => Ok(()),
            false => Err(FaultError::BlockedNothing { fault: self.name(), from: self.from(), to: self.to() }),
        }
    }

    /// What is written at either end of a connection is probed.
    async fn prove_delay(&self, conditions: Conditions) -> Result<(), FaultError> {
        let Delay { bytes, probes, expected } = Delay::of(conditions);
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
        self.expect(took.await?, expected)
    }

    /// Both paths are probed by one connection, as the nodes have it.
    async fn prove_delays(&self, conditions: Conditions, back: &Self) -> Result<(), FaultError> {
        let Delay { bytes, probes, expected } = Delay::of(conditions);
        if expected.is_zero() {
            return Ok(());
        }
        let took = self.run(move |probe| async move { probe.delays(bytes, probes).await }).await?;
        self.expect(took[0], expected)?;
        back.expect(took[1], expected)
    }

    fn expect(&self, took: Duration, expected: Duration) -> Result<(), FaultError> {
        match took < expected {
            false => Ok(()),
            true => {
                let (fault, from, to) = (self.name(), self.from(), self.to());
                Err(FaultError::DelayedNothing { fault, from, to, took, expected })
            }
        }
    }

    async fn prove_signs(&self, conditions: Conditions) -> Result<(), FaultError> {
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
        self.fault.clone()
    }

    fn from(&self) -> Arc<str> {
        self.end.own().name().clone()
    }

    fn to(&self) -> Arc<str> {
        self.end.other().name().clone()
    }
}

/// How a delay is probed: this often by so many bytes, which take at least so long.
struct Delay {
    bytes: usize,
    probes: u32,
    expected: Duration,
}

impl Delay {
    fn of(conditions: Conditions) -> Self {
        let bytes = conditions.rate.map_or(1, |rate| rate.bytes_in(RATE_PROBE));
        let sending = conditions.rate.map_or(Duration::ZERO, |rate| rate.time_for(bytes).saturating_sub(LATE));
        let least = conditions.latency.unwrap_or_default() + sending;
        let (probes, expected) = match conditions.jitter {
            // That eight are so early together has a chance of about 1 in 40,000.
            Some(jitter) if least.is_zero() => (JITTER_PROBES, jitter),
            _ => (1, least),
        };
        Self { bytes, probes, expected }
    }
}
