//! One direction between two nodes, and what the test has done to it.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cluster_topology::Rng;
use tokio::sync::Notify;

use super::{Bites, Conditions};
use crate::clock;
use crate::lock::lock;

/// How late bytes of one transfer may come, without a loss of rate.
pub(crate) const LATE: Duration = Duration::from_millis(10);

/// How traffic is blocked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Block {
    /// Streams are held, datagrams are dropped, and dials are not answered.
    #[default]
    BlackHole,
    /// Streams are reset, and dials are refused.
    Refuse,
    /// Streams are reset, and dials are accepted and then reset.
    Reset,
}

/// What a fault does to a path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    Block(Block),
    Conditions(Conditions),
}

impl Effect {
    pub(crate) fn is_black_hole(self) -> bool {
        matches!(self, Self::Block(Block::BlackHole))
    }
}

/// Whose traffic it is: that of probes is no bite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Traffic {
    OfNodes,
    OfProbe,
}

/// What happens to one datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Dropped,
    /// Each copy is sent at its moment, which may have passed. One that is overtaken waits for the next datagram.
    Sent {
        copies: Vec<Instant>,
        is_overtaken: bool,
    },
}

/// One direction between two nodes.
#[derive(Debug, Default)]
pub(crate) struct Path {
    /// Whether there are rules that what crosses it has to look at.
    is_controlled: AtomicBool,
    /// Whether they block it.
    is_blocked: AtomicBool,
    /// How many reads and writes are under way that have seen no rules.
    passing: AtomicUsize,
    rules: Mutex<Option<Box<Rules>>>,
    changed: Notify,
}

#[derive(Debug)]
struct Rules {
    declared: Conditions,
    faults: Vec<(Arc<Bites>, Effect)>,
    /// Only for tests of the proof of faults: the rules have no effect.
    is_idle: bool,
    seed: u64,
    rng: Rng,
    /// When all that was sent before has left, at the rate.
    free_at: Option<Instant>,
}

/// A read or a write that is under way, and was begun when there were no rules.
pub(super) struct Passing<'a>(&'a Path);

impl Path {
    /// Sets the conditions that the link is declared with. Where there are none, no seed is made.
    pub(crate) fn declare(&self, conditions: Conditions, seed: impl FnOnce() -> u64) {
        let mut rules = lock(&self.rules);
        if conditions.is_none() && rules.is_none() {
            return;
        }
        let seed = seed();
        let rules = rules.get_or_insert_with(|| Rules::new(seed));
        rules.declared = conditions;
        // The place of a link, and with it the seed, is known at the start.
        if rules.seed != seed {
            (rules.seed, rules.rng) = (seed, Rng::new(seed));
        }
        self.note(rules);
    }

    /// Puts a fault in force.
    pub(crate) fn add(&self, fault: &Arc<Bites>, effect: Effect, seed: u64) {
        let mut rules = lock(&self.rules);
        let rules = rules.get_or_insert_with(|| Rules::new(seed));
        if !rules.faults.iter().any(|(other, _)| Arc::ptr_eq(other, fault)) {
            rules.faults.push((fault.clone(), effect));
        }
        self.note(rules);
    }

    /// Ends the effect of a fault.
    pub(crate) fn remove(&self, fault: &Arc<Bites>) {
        if let Some(rules) = &mut *lock(&self.rules) {
            rules.faults.retain(|(other, _)| !Arc::ptr_eq(other, fault));
            self.note(rules);
        }
    }

    /// Makes all its rules be without effect, to test that their proofs notice.
    pub(crate) fn make_idle(&self) {
        let mut rules = lock(&self.rules);
        let rules = rules.get_or_insert_with(|| Rules::new(0));
        rules.is_idle = true;
        self.note(rules);
    }

    /// Whether it has rules that have an effect.
    pub(crate) fn is_controlled(&self) -> bool {
        self.is_controlled.load(Ordering::SeqCst)
    }

    /// How traffic is blocked, if it is.
    pub(crate) fn block(&self) -> Option<Block> {
        let is_blocked = self.is_blocked.load(Ordering::SeqCst);
        is_blocked.then(|| lock(&self.rules).as_ref()?.block()).flatten()
    }

    /// The conditions in force.
    pub(crate) fn conditions(&self) -> Conditions {
        if !self.is_controlled() {
            return Conditions::default();
        }
        lock(&self.rules).as_ref().map(|rules| rules.conditions()).unwrap_or_default()
    }

    /// Waits for the next change of the rules after the moment of the call.
    pub(crate) fn changed(&self) -> impl Future<Output = ()> + Send + '_ {
        self.changed.notified()
    }

    /// Resolves when nothing blocks it.
    pub(crate) async fn until_unblocked(&self) {
        loop {
            let changed = self.changed();
            if self.block().is_none() {
                return;
            }
            changed.await;
        }
    }

    /// Resolves when all that crosses it has seen the present rules.
    pub(crate) async fn until_seen(&self) {
        // A read or a write that is under way does not block: it is over in microseconds.
        while self.passing.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Lets a read or a write through that need not look at rules, as there are none.
    pub(super) fn pass(&self) -> Option<Passing<'_>> {
        // Counted before the rules are looked at: who sets them looks in the other order.
        self.passing.fetch_add(1, Ordering::SeqCst);
        let passing = Passing(self);
        (!self.is_controlled()).then_some(passing)
    }

    /// Lets a write through that has looked at the rules, unless it is blocked.
    pub(super) fn pass_unblocked(&self) -> Option<Passing<'_>> {
        self.passing.fetch_add(1, Ordering::SeqCst);
        let passing = Passing(self);
        self.block().is_none().then_some(passing)
    }

    /// Counts bytes of a stream that enter it, or its end, and returns when they arrive if nothing blocks them.
    pub(super) fn enter(&self, bytes: usize, traffic: Traffic) -> Instant {
        let now = clock::instant();
        lock(&self.rules).as_mut().map_or(now, |rules| rules.enter(bytes, now, traffic))
    }

    /// Decides what happens to a datagram.
    pub(crate) fn fate(&self, bytes: usize, traffic: Traffic) -> Fate {
        let now = clock::instant();
        let as_it_is = Fate::Sent { copies: vec![now], is_overtaken: false };
        lock(&self.rules).as_mut().map_or(as_it_is, |rules| rules.fate(bytes, now, traffic))
    }

    /// The faults that block it.
    pub(super) fn blocking(&self) -> Vec<Arc<Bites>> {
        lock(&self.rules)
            .as_ref()
            .map(|rules| rules.blocks().map(|(fault, _)| fault.clone()).collect())
            .unwrap_or_default()
    }

    /// The faults that delay a dial.
    pub(super) fn delaying(&self) -> Vec<Arc<Bites>> {
        let rules = lock(&self.rules);
        let set = rules.iter().flat_map(|rules| rules.set_conditions());
        set.filter(|(_, set)| set.latency.is_some()).map(|(fault, _)| fault.clone()).collect()
    }

    fn note(&self, rules: &Rules) {
        self.is_controlled.store(rules.have_effect(), Ordering::SeqCst);
        self.is_blocked.store(rules.block().is_some(), Ordering::SeqCst);
        self.changed.notify_waiters();
    }
}

impl Drop for Passing<'_> {
    fn drop(&mut self) {
        self.0.passing.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Rules {
    fn new(seed: u64) -> Box<Self> {
        let declared = Conditions::default();
        Box::new(Self { declared, faults: Vec::new(), is_idle: false, seed, rng: Rng::new(seed), free_at: None })
    }

    fn have_effect(&self) -> bool {
        let is_empty = self.faults.is_empty() && self.declared.is_none();
        !self.is_idle && !is_empty
    }

    fn blocks(&self) -> impl Iterator<Item = (&Arc<Bites>, Block)> {
        self.faults.iter().filter_map(|(fault, effect)| match effect {
            Effect::Block(block) => Some((fault, *block)),
            Effect::Conditions(_) => None,
        })
    }

    fn block(&self) -> Option<Block> {
        if self.is_idle {
            return None;
        }
        self.blocks().map(|(_, block)| block).max()
    }

    /// Of two faults that set the same condition the later one counts.
    fn conditions(&self) -> Conditions {
        if self.is_idle {
            return Conditions::default();
        }
        self.set_conditions().fold(self.declared, |all, (_, conditions)| all.overruled_by(conditions))
    }

    fn set_conditions(&self) -> impl Iterator<Item = (&Arc<Bites>, Conditions)> {
        self.faults.iter().filter_map(|(fault, effect)| match effect {
            Effect::Block(_) => None,
            Effect::Conditions(conditions) => Some((fault, *conditions)),
        })
    }

    fn enter(&mut self, bytes: usize, now: Instant, traffic: Traffic) -> Instant {
        if traffic == Traffic::OfNodes {
            self.blocks().for_each(|(fault, _)| fault.bytes(bytes));
            let delaying = self.set_conditions().filter(|(_, conditions)| conditions.delay());
            delaying.for_each(|(fault, _)| fault.bytes(bytes));
        }
        let conditions = self.conditions();
        self.arrival(bytes, now, &conditions)
    }

    fn fate(&mut self, bytes: usize, now: Instant, traffic: Traffic) -> Fate {
        let counts = traffic == Traffic::OfNodes;
        if self.block().is_some() {
            if counts {
                self.blocks().for_each(|(fault, _)| fault.datagram());
            }
            return Fate::Dropped;
        }
        let conditions = self.conditions();
        let is_lost = self.draws(conditions.loss);
        let is_doubled = self.draws(conditions.duplicate);
        let is_overtaken = self.draws(conditions.reorder);
        if counts {
            let bitten = self.set_conditions().filter(|(_, set)| {
                set.delay()
                    || (is_lost && set.loss.is_some())
                    || (is_doubled && set.duplicate.is_some())
                    || (is_overtaken && set.reorder.is_some())
            });
            bitten.for_each(|(fault, _)| fault.datagram());
        }
        if is_lost {
            return Fate::Dropped;
        }
        let copies = (0..=usize::from(is_doubled)).map(|_| self.arrival(bytes, now, &conditions)).collect();
        Fate::Sent { copies, is_overtaken }
    }

    /// When so many bytes arrive that are sent now.
    fn arrival(&mut self, bytes: usize, now: Instant, conditions: &Conditions) -> Instant {
        let sent = match conditions.rate {
            Some(rate) => {
                // What comes late because threads were busy goes on where the last has ended.
                let continues = self.free_at.filter(|free| now.saturating_duration_since(*free) < LATE);
                let sent = continues.unwrap_or(now) + rate.time_for(bytes);
                self.free_at = Some(sent);
                sent
            }
            None => now,
        };
        let jitter = conditions.jitter.map_or(Duration::ZERO, |most| most.mul_f64(self.draw()));
        sent + conditions.latency.unwrap_or_default() + jitter
    }

    fn draws(&mut self, probability: Option<f64>) -> bool {
        probability.is_some_and(|probability| self.draw() < probability)
    }

    /// The next random number from 0 to 1.
    fn draw(&mut self) -> f64 {
        (self.rng.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
