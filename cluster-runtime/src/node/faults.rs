//! The faults that are in force in a cluster.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::link::LinkEnd;
use super::rules::NodePair;
use super::state::Control;
use crate::clock;
use crate::event::Level;
use crate::journal::{Journal, Report};
use crate::net::{Bites, Block, Counts, Effect};
use crate::place::{Passage, connections};

/// The name of a cluster in its own journal.
const CLUSTER: &str = "cluster";
/// The section of what is done to a cluster.
const SECTION: &str = "cluster.fault";

/// The faults of a cluster that are in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    in_force: Mutex<Vec<Arc<InForce>>>,
    /// Held while a fault is put in force or healed: a change of the rules would disturb the probes of another.
    change: tokio::sync::Mutex<()>,
    /// Only for tests of the proof of faults: rules have no effect.
    are_idle: AtomicBool,
}

/// A fault, from the moment at which it is asked for.
#[derive(Debug)]
pub(crate) struct InForce {
    /// As in "the cut between a and b".
    pub(crate) name: String,
    pub(crate) spans: Vec<Span>,
    pub(crate) effect: Effect,
    pub(crate) may_be_idle: bool,
    bites: Arc<Bites>,
    since: Instant,
    healed_after: Mutex<Option<Duration>>,
    /// Connections past its relays, at the moment of its proof.
    direct: AtomicUsize,
    counted: OnceLock<Counted>,
    /// Packets that have crossed it all the same.
    crossed: AtomicU64,
}

/// What the place of a cluster counts.
#[derive(Debug)]
struct Counted {
    pairs: Vec<NodePair>,
    /// What each of them had sent when the fault came in force.
    begun: Vec<Passage>,
}

/// What goes from one of these nodes to one of those, by their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Span {
    pub(crate) from: BTreeSet<u64>,
    pub(crate) to: BTreeSet<u64>,
}

impl Faults {
    /// Waits until no other fault is put in force or healed, and keeps it so as long as the guard lives.
    pub(crate) async fn change(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.change.lock().await
    }

    pub(crate) fn add(&self, fault: &Arc<InForce>) {
        self.lock().push(fault.clone());
    }

    fn remove(&self, fault: &Arc<InForce>) -> bool {
        let mut faults = self.lock();
        let before = faults.len();
        faults.retain(|other| !Arc::ptr_eq(other, fault));
        faults.len() < before
    }

    /// Those in force, oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<InForce>> {
        self.lock().clone()
    }

    pub(super) fn are_in_force(&self, fault: &Arc<InForce>) -> bool {
        self.lock().iter().any(|other| Arc::ptr_eq(other, fault))
    }

    /// Puts those in force that concern a link, before the first connection is made over it, unless its place does so.
    pub(crate) fn apply_to(&self, link: &LinkEnd) {
        let faults = if link.own().control() == Control::Place { Vec::new() } else { self.all() };
        for end in [link.clone(), link.reversed()] {
            faults.iter().filter(|fault| fault.concerns(&end)).for_each(|fault| self.apply(fault, &end));
        }
    }

    /// Puts a fault in force on what leaves this end of a link.
    pub(crate) fn apply(&self, fault: &InForce, end: &LinkEnd) {
        let paths = end.paths();
        paths.out().add(&fault.bites, fault.effect, end.seed());
        if self.are_idle.load(Ordering::Relaxed) {
            paths.out().make_idle();
        }
    }

    /// Ends a fault and its effect on these ends of links; `false` if it is not in force.
    pub(crate) fn end(&self, fault: &Arc<InForce>, ends: &[LinkEnd], journal: &Journal) -> bool {
        if !self.remove(fault) {
            return false;
        }
        if let Effect::Block(Block::BlackHole) = fault.effect {
            fault.bites.dials(unanswered_dials(ends.iter().filter(|end| fault.concerns(end))));
        }
        // Before anything gets through again.
        fault.note_healed(journal);
        for end in ends.iter().filter(|end| fault.concerns(end)) {
            end.paths().out().remove(&fault.bites);
            end.wake();
        }
        true
    }

    /// Makes all faults be without effect from now on.
    pub(crate) fn make_idle(&self) {
        self.are_idle.store(true, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<InForce>>> {
        self.in_force.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InForce {
    /// A fault that is asked for. It is noted in the journal, as is its first bite.
    pub(crate) fn new(
        name: String,
        spans: Vec<Span>,
        effect: Effect,
        may_be_idle: bool,
        journal: &Arc<Journal>,
    ) -> Arc<Self> {
        note(journal, Level::Notice, "fault_asked", json!({ "fault": name }));
        let (noted, journal) = (name.clone(), journal.clone());
        let bites = Bites::new(move || note(&journal, Level::Notice, "fault_bit", json!({ "fault": noted })));
        let (since, healed_after) = (clock::instant(), Mutex::default());
        let (bites, direct) = (Arc::new(bites), AtomicUsize::new(0));
        let (counted, crossed) = (OnceLock::new(), AtomicU64::new(0));
        Arc::new(Self { name, spans, effect, may_be_idle, bites, since, healed_after, direct, counted, crossed })
    }

    /// Whether it concerns what leaves this end of a link.
    pub(crate) fn concerns(&self, end: &LinkEnd) -> bool {
        self.concerns_pair(end.own().id(), end.other().id())
    }

    /// Whether it concerns what one of these nodes sends to the other.
    pub(crate) fn concerns_pair(&self, from: u64, to: u64) -> bool {
        self.spans.iter().any(|span| span.from.contains(&from) && span.to.contains(&to))
    }

    /// Resolves when traffic of nodes has run into it.
    pub(crate) async fn until_bitten(&self) {
        self.bites.until_bitten().await;
    }

    pub(crate) fn counts(&self) -> Counts {
        self.bites.counts()
    }

    /// For how long it has been, or was, in force.
    pub(crate) fn lasted(&self) -> Duration {
        let healed_after = *self.healed_after.lock().unwrap_or_else(PoisonError::into_inner);
        healed_after.unwrap_or_else(|| clock::instant().saturating_duration_since(self.since))
    }

    /// Counts from what these pairs have sent so far.
    pub(super) fn begin_to_count(&self, pairs: Vec<NodePair>, begun: Vec<Passage>) {
        // It comes in force once.
        let _ = self.counted.set(Counted { pairs, begun });
    }

    /// The pairs that its place has put it in force for.
    pub(crate) fn counted_pairs(&self) -> Option<&[NodePair]> {
        self.counted.get().map(|counted| &*counted.pairs)
    }

    /// What its pairs have sent until now.
    pub(super) fn count(&self, now: &[Passage]) {
        let Some(Counted { begun, .. }) = self.counted.get() else { return };
        let since = begun.iter().zip(now).map(|(begun, now)| now.since(*begun));
        let Passage { sent, passed } = since.fold(Passage::default(), Passage::and);
        let held = match self.effect {
            Effect::Conditions(conditions) if conditions.delay() => sent,
            _ => sent.saturating_sub(passed),
        };
        self.crossed.store(passed, Ordering::Relaxed);
        self.bites.packets(held);
    }

    /// How many packets have crossed it all the same.
    pub(crate) fn crossed(&self) -> u64 {
        self.crossed.load(Ordering::Relaxed)
    }

    /// Whether it has bitten nothing although it should have.
    pub(crate) fn is_idle(&self) -> bool {
        !self.may_be_idle && !self.bites.has_bitten()
    }

    /// How many connections went past its relays when it was proved.
    pub(crate) fn direct(&self) -> usize {
        self.direct.load(Ordering::Relaxed)
    }

    pub(crate) fn count_direct(&self, connections: usize) {
        self.direct.fetch_add(connections, Ordering::Relaxed);
    }

    pub(crate) fn note_in_force(&self, journal: &Journal, ends: &[LinkEnd]) {
        let mut value = json!({ "fault": self.name, "paths": ends.len() });
        if matches!(self.effect, Effect::Block(_)) {
            let names: HashMap<_, _> =
                ends.iter().flat_map(|end| [end.own(), end.other()]).map(|node| (node.id(), &**node.name())).collect();
            let named = |ids: &BTreeSet<u64>| -> Vec<_> { ids.iter().filter_map(|id| names.get(id)).collect() };
            let cut: Vec<_> = self.spans.iter().map(|span| json!([named(&span.from), named(&span.to)])).collect();
            value["cut"] = cut.into();
        }
        note(journal, Level::Notice, "fault_in_force", value);
    }

    fn note_healed(&self, journal: &Journal) {
        *self.healed_after.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.lasted());
        let Counts { connections, dials, bytes, ends, datagrams, packets } = self.counts();
        let value = json!({
            "fault": self.name, "connections": connections, "dials": dials, "bytes": bytes, "ends": ends, "datagrams": datagrams,
            "packets": packets,
        });
        note(journal, Level::Notice, "fault_healed", value);
    }
}

/// How many dials of these ends are not answered by their relays.
fn unanswered_dials<'a>(ends: impl Iterator<Item = &'a LinkEnd>) -> usize {
    let relayed: Vec<_> = ends.filter(|end| end.relays().is_some()).collect();
    if relayed.is_empty() {
        return 0;
    }
    let connections = connections();
    relayed.iter().map(|end| end.unanswered_dials(&connections)).sum()
}

/// Notes what is done to a cluster on purpose.
pub(crate) fn note(journal: &Journal, level: Level, name: &'static str, value: Value) {
    journal.note(&CLUSTER.into(), Report { level, section: SECTION.into(), name: name.into(), value });
}
