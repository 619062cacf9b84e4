//! The faults that are in force in a cluster.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::slice;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::link::LinkEnd;
use super::state::{Control, NodePair};
use crate::clock;
use crate::driver::Background;
use crate::event::Level;
use crate::journal::{Journal, Report};
use crate::lock::lock;
use crate::net::{Bites, Counts, Effect, OWN_HOST};
use crate::ordered::ordered;
use crate::place::{Passage, connections};

/// The name of a cluster in its own journal.
const CLUSTER: &str = "cluster";
/// The section of what is done to a cluster.
const SECTION: &str = "cluster.fault";
/// How often to look for dials that relays leave unanswered.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

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
    /// As in "the cut between `a` and `b`".
    pub(crate) name: String,
    pub(crate) spans: Vec<Span>,
    pub(crate) effect: Effect,
    pub(crate) may_be_idle: bool,
    bites: Arc<Bites>,
    since: Instant,
    healed_after: Mutex<Option<Duration>>,
    /// Connections past its relays, at the moment of its proof.
    direct: AtomicUsize,
    /// What it blocks, by the ids of both ends.
    blocked: Mutex<HashMap<(u64, u64), LinkEnd>>,
    /// Where the dials come from that relays leave unanswered.
    unanswered: Mutex<HashSet<SocketAddr>>,
    counted: OnceLock<Counted>,
    /// Packets that have crossed it all the same.
    crossed: AtomicU64,
}

/// What the place of a cluster counts.
#[derive(Debug)]
struct Counted {
    pairs: Vec<NodePair>,
    /// What each of them had sent before the fault came in force: what has not passed since then has run into it.
    before: Vec<Passage>,
    /// What each of them had sent when it was in force: what has passed since then has crossed it.
    after: Vec<Passage>,
}

/// What goes from one of these nodes to one of those, by their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Span {
    pub(crate) from: Ids,
    pub(crate) to: Ids,
}

/// The ids of some nodes, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids(Vec<u64>);

impl Ids {
    pub(crate) fn new(ids: impl Iterator<Item = u64>) -> Self {
        Self(ordered(ids))
    }

    pub(crate) fn contains(&self, id: u64) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    pub(crate) fn iter(&self) -> slice::Iter<'_, u64> {
        self.0.iter()
    }
}

impl Faults {
    /// Waits until no other fault is put in force or healed, and keeps it so as long as the guard lives.
    pub(crate) async fn change(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.change.lock().await
    }

    pub(crate) fn add(&self, fault: &Arc<InForce>) {
        lock(&self.in_force).push(fault.clone());
    }

    /// Takes a fault from those in force; `false` if it is none of them. Links that are made from now on do not have it, so that
    /// all that have it are known afterwards.
    pub(crate) fn remove(&self, fault: &Arc<InForce>) -> bool {
        let mut faults = lock(&self.in_force);
        let before = faults.len();
        faults.retain(|other| !Arc::ptr_eq(other, fault));
        faults.len() < before
    }

    /// Those in force, oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<InForce>> {
        lock(&self.in_force).clone()
    }

    pub(super) fn are_in_force(&self, fault: &Arc<InForce>) -> bool {
        lock(&self.in_force).iter().any(|other| Arc::ptr_eq(other, fault))
    }

    /// Puts those in force that concern a link, before the first connection is made over it, unless its place does so.
    pub(crate) fn apply_to(&self, link: &LinkEnd) {
        // Held, so that none is put in force again that ends meanwhile.
        let faults = lock(&self.in_force);
        let are_none = faults.is_empty() && !self.are_idle();
        if are_none || link.own().control() == Control::Place {
            return;
        }
        for end in [link.clone(), link.reversed()] {
            if self.are_idle() {
                end.paths().out().make_idle();
            }
            faults.iter().filter(|fault| fault.concerns(&end)).for_each(|fault| self.apply(fault, &end));
        }
    }

    /// Whether one of them concerns a link, in either direction.
    pub(crate) fn concern(&self, link: &LinkEnd) -> bool {
        let ends = [link.clone(), link.reversed()];
        self.all().iter().any(|fault| ends.iter().any(|end| fault.concerns(end)))
    }

    /// Puts a fault in force on what leaves this end of a link.
    pub(crate) fn apply(&self, fault: &InForce, end: &LinkEnd) {
        let paths = end.paths();
        fault.note_blocked(end);
        paths.out().add(&fault.bites, fault.effect, end.seed());
        if self.are_idle() {
            paths.out().make_idle();
        }
    }

    /// Ends the effect on these ends of links of a fault that was removed.
    pub(crate) fn lift(&self, fault: &InForce, ends: &[LinkEnd], journal: &Journal) {
        fault.look_for_dials();
        // Before anything gets through again.
        fault.note_healed(journal);
        for end in ends.iter().filter(|end| fault.concerns(end)) {
            end.paths().out().remove(&fault.bites);
            end.wake();
        }
    }

    /// Makes all faults be without effect from now on.
    pub(crate) fn make_idle(&self) {
        self.are_idle.store(true, Ordering::Relaxed);
    }

    pub(super) fn are_idle(&self) -> bool {
        self.are_idle.load(Ordering::Relaxed)
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
        let (blocked, unanswered) = Default::default();
        let (counted, crossed) = (OnceLock::new(), AtomicU64::new(0));
        Arc::new(Self {
            name,
            spans,
            effect,
            may_be_idle,
            bites,
            since,
            healed_after,
            direct,
            blocked,
            unanswered,
            counted,
            crossed,
        })
    }

    /// Whether it concerns what leaves this end of a link.
    pub(crate) fn concerns(&self, end: &LinkEnd) -> bool {
        self.concerns_pair(end.own().id(), end.other().id())
    }

    /// Whether it concerns what one of these nodes sends to the other.
    pub(crate) fn concerns_pair(&self, from: u64, to: u64) -> bool {
        self.spans.iter().any(|span| span.from.contains(from) && span.to.contains(to))
    }

    /// Resolves when traffic of nodes has run into it.
    pub(crate) async fn until_bitten(&self) {
        self.bites.until_bitten().await;
    }

    fn note_blocked(&self, end: &LinkEnd) {
        if self.effect.is_black_hole() {
            let mut blocked = lock(&self.blocked);
            blocked.entry((end.own().id(), end.other().id())).or_insert_with(|| end.clone());
        }
    }

    /// Counts the dials that relays leave unanswered now, each once. The system accepts none of them, so that no relay sees them.
    pub(crate) fn look_for_dials(&self) {
        let blocked = lock(&self.blocked);
        let is_relayed = blocked.values().any(|end| end.relays().is_some());
        if !is_relayed || !self.is_in_force() {
            return;
        }
        let connections = connections();
        // A connection needs both ways: of a link that is cut one way, the dials of both ends are held.
        let relays = blocked.values().flat_map(LinkEnd::relay_addrs).collect();
        // Probes do not count.
        let sources = connections.unanswered(&relays).map(|dial| dial.local).filter(|source| source.ip() != OWN_HOST);
        let mut unanswered = lock(&self.unanswered);
        self.bites.dials(sources.filter(|source| unanswered.insert(*source)).count());
    }

    /// Looks for such dials from time to time, as long as it is in force: nothing else tells of them. Most of the time it does not
    /// look.
    pub(crate) fn watch_dials(self: &Arc<Self>, background: &Background) {
        if self.effect.is_black_hole() {
            let fault = Arc::downgrade(self);
            background.spawn(async move {
                while let Some(fault) = fault.upgrade().filter(|fault| fault.is_in_force()) {
                    let begun = clock::instant();
                    fault.look_for_dials();
                    drop(fault);
                    clock::pause(LOOK_INTERVAL.max(20 * (clock::instant() - begun))).await;
                }
            });
        }
    }

    /// Whether it is not healed yet.
    pub(crate) fn is_in_force(&self) -> bool {
        lock(&self.healed_after).is_none()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.bites.counts()
    }

    /// For how long it has been, or was, in force.
    pub(crate) fn lasted(&self) -> Duration {
        let healed_after = *lock(&self.healed_after);
        healed_after.unwrap_or_else(|| clock::instant().saturating_duration_since(self.since))
    }

    /// Counts from what these pairs had sent before it came in force, and after that.
    pub(super) fn begin_to_count(&self, pairs: Vec<NodePair>, before: Vec<Passage>, after: Vec<Passage>) {
        // It comes in force once.
        let _ = self.counted.set(Counted { pairs, before, after });
    }

    /// The pairs that its place has put it in force for.
    pub(crate) fn counted_pairs(&self) -> Option<&[NodePair]> {
        self.counted.get().map(|counted| &*counted.pairs)
    }

    /// What its pairs have sent until now. What was read when it was healed meanwhile is no matter of it.
    pub(super) fn count(&self, now: &[Passage]) {
        if !self.is_in_force() {
            return;
        }
        let Some(Counted { before, after, .. }) = self.counted.get() else { return };
        let since = |begun: &[Passage]| {
            begun.iter().zip(now).map(|(begun, now)| now.since(*begun)).fold(Passage::default(), Passage::and)
        };
        let (before, after) = (since(before), since(after));
        let held = match self.effect {
            Effect::Conditions(conditions) if conditions.delay() => after.sent,
            _ => before.sent.saturating_sub(before.passed),
        };
        self.crossed.store(after.passed, Ordering::Relaxed);
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
        if let Effect::Block(_) = self.effect {
            let nodes = ends.iter().flat_map(|end| [end.own(), end.other()]);
            let names = ordered(nodes.map(|node| (node.id(), &**node.name())));
            let named = |ids: &Ids| -> Vec<_> {
                names.iter().filter(|(id, _)| ids.contains(*id)).map(|(_, name)| *name).collect()
            };
            let cut: Vec<_> = self.spans.iter().map(|span| json!([named(&span.from), named(&span.to)])).collect();
            value["cut"] = cut.into();
        }
        note(journal, Level::Notice, "fault_in_force", value);
    }

    fn note_healed(&self, journal: &Journal) {
        *lock(&self.healed_after) = Some(self.lasted());
        let Counts { connections, dials, bytes, ends, datagrams, packets } = self.counts();
        let value = json!({
            "fault": self.name, "connections": connections, "dials": dials, "bytes": bytes, "ends": ends, "datagrams": datagrams,
            "packets": packets,
        });
        note(journal, Level::Notice, "fault_healed", value);
    }
}

/// Notes what is done to a cluster on purpose.
pub(crate) fn note(journal: &Journal, level: Level, name: &'static str, value: Value) {
    journal.note(&CLUSTER.into(), Report { level, section: SECTION.into(), name: name.into(), value: value.into() });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Block;

    #[test]
    fn what_passes_after_the_healing_has_not_crossed() {
        let journal = Arc::default();
        let fault = InForce::new("the cut".to_owned(), Vec::new(), Effect::Block(Block::BlackHole), false, &journal);
        fault.begin_to_count(Vec::new(), vec![Passage::default()], vec![Passage::default()]);
        fault.count(&[Passage { sent: 3, passed: 0 }]);
        fault.note_healed(&journal);
        // Read a moment later than the rules were lifted, by who counts from time to time.
        fault.count(&[Passage { sent: 4, passed: 1 }]);
        assert_eq!((fault.counts().packets, fault.crossed()), (3, 0));
    }
}
