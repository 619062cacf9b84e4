use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use serde_json::Value;

use super::echo::echo;
use super::tail::{FIRST_LINES, is_of_program};
use crate::clock::{VirtualTime, now};
#[cfg(feature = "tracing")]
use crate::event::forward;
use crate::event::{Event, Level, Levels};

/// The limit of the shown events of a node.
const MOST_SHOWN: Limit = Limit { events: 8192, bytes: 4 << 20 };
/// The limit of the hidden events of a node.
const MOST_HIDDEN: Limit = Limit { events: 1024, bytes: 1 << 20 };
/// The limit of the size of a journal, in bytes.
const MOST_BYTES: usize = 256 << 20;

/// The journal of one cluster. Each entry has a number and a time, which are given under one lock.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: Mutex<Entries>,
    /// Of nodes in simulated time.
    time: OnceLock<VirtualTime>,
    /// Where they are sent too.
    #[cfg(feature = "tracing")]
    subscriber: Mutex<Option<tracing::Dispatch>>,
}

#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) next: u64,
    bytes: usize,
    /// Whether one was a warning or worse.
    has_warned: bool,
    pub(super) by_number: BTreeMap<u64, Arc<Event>>,
    /// By the id of the node. Boxed, as a table has more places than it uses.
    pub(super) logs: HashMap<u64, Box<NodeLog>>,
    recorder: Option<Recorder>,
}

/// What is told of each event, in their order.
struct Recorder(Box<dyn FnMut(&Event) + Send>);

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

/// What belongs to one node.
#[derive(Debug, Default)]
pub(super) struct NodeLog {
    pub(super) levels: Levels,
    pub(super) shown: Queue,
    pub(super) hidden: Queue,
    /// The number of the first event of its present or last run.
    pub(super) run: u64,
    /// The position in `hidden` at which that run begins.
    pub(super) hidden_of_run: u64,
    /// The same in `shown`.
    pub(super) shown_of_run: u64,
    /// The command and the first lines of output of that run.
    pub(super) first_lines: Vec<Arc<Event>>,
    pub(super) closed: bool,
}

/// The numbers of events, oldest first; the oldest are dropped.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) numbers: VecDeque<u64>,
    bytes: usize,
    /// How many were dropped: the position of the first.
    pub(super) dropped: u64,
}

#[derive(Clone, Copy, Debug)]
struct Limit {
    events: usize,
    bytes: usize,
}

/// A moment in the journal of a cluster; see [`Cluster::mark`](crate::Cluster::mark).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(pub(crate) u64);

/// An event that has no number and no time yet.
pub(crate) struct Report {
    pub(crate) level: Level,
    pub(crate) section: Cow<'static, str>,
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: Value,
}

impl Journal {
    /// Its entries have this time from now on.
    pub(crate) fn set_time(&self, time: VirtualTime) {
        // A cluster has one.
        let _ = self.time.set(time);
    }

    /// The time that an entry would have now.
    pub(crate) fn now(&self) -> SystemTime {
        self.time.get().map_or_else(now, VirtualTime::system)
    }

    /// The present moment.
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.entries().next)
    }

    /// Whether an entry was a warning or worse.
    pub(crate) fn has_warned(&self) -> bool {
        self.entries().has_warned
    }

    /// All entries, in their order: also those that the levels of their nodes hide.
    pub(crate) fn all(&self) -> Vec<Arc<Event>> {
        self.entries().by_number.values().cloned().collect()
    }

    /// Tells `record` of all events: of those so far, and of each later one before whoever reports it goes on.
    pub(crate) fn record(&self, mut record: impl FnMut(&Event) + Send + 'static) {
        let mut entries = self.entries();
        entries.by_number.values().for_each(|event| record(event));
        entries.recorder = Some(Recorder(Box::new(record)));
    }

    /// Adds what the cluster itself does with a node. The node's own log does not show it.
    pub(crate) fn note(&self, node: &Arc<str>, report: Report) -> Arc<Event> {
        let mut entries = self.entries();
        let event = entries.insert(self.now(), node, report);
        entries.drop_oldest();
        drop(entries);
        echo(&event);
        self.forward(&event);
        event
    }

    pub(super) fn append(&self, id: u64, node: &Arc<str>, report: Report) {
        let (event, _) = self.file(id, node, report);
        self.forward(&event);
    }

    /// Adds an event of a node, and returns whether it is shown.
    pub(super) fn file(&self, id: u64, node: &Arc<str>, report: Report) -> (Arc<Event>, bool) {
        let mut entries = self.entries();
        let event = entries.insert(self.now(), node, report);
        let is_shown = entries.file(id, &event);
        entries.drop_oldest();
        drop(entries);
        echo(&event);
        (event, is_shown)
    }

    /// Sends events to this subscriber from now on.
    #[cfg(feature = "tracing")]
    pub(crate) fn forward_to(&self, subscriber: Option<tracing::Dispatch>) {
        *self.subscriber.lock().unwrap_or_else(PoisonError::into_inner) = subscriber;
    }

    #[cfg(feature = "tracing")]
    fn forward(&self, event: &Event) {
        // Not held while the subscriber works: that is code of others.
        let subscriber = self.subscriber.lock().unwrap_or_else(PoisonError::into_inner).clone();
        subscriber.iter().for_each(|subscriber| forward(event, subscriber));
    }

    #[cfg(not(feature = "tracing"))]
    fn forward(&self, _: &Event) {}

    pub(super) fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn insert(&mut self, time: SystemTime, node: &Arc<str>, report: Report) -> Arc<Event> {
        let Report { level, section, name, value } = report;
        let event = Arc::new(Event { number: self.next, time, node: node.clone(), level, section, name, value });
        self.next += 1;
        self.bytes += event.size();
        self.has_warned |= event.level >= Level::Warning;
        self.by_number.insert(event.number, event.clone());
        if let Some(Recorder(record)) = &mut self.recorder {
            record(&event);
        }
        event
    }

    /// Adds an event to the log of its node, and drops the oldest events that exceed the limit. Whether it is shown.
    fn file(&mut self, id: u64, event: &Arc<Event>) -> bool {
        let log = self.logs.entry(id).or_default();
        if is_of_program(event) {
            log.keep_first(event);
        }
        let is_shown = event.level >= log.levels.of(&event.section);
        let (queue, most) = if is_shown { (&mut log.shown, MOST_SHOWN) } else { (&mut log.hidden, MOST_HIDDEN) };
        queue.push(event);
        while queue.numbers.len() > most.events || (queue.bytes > most.bytes && queue.numbers.len() > 1) {
            let Some(oldest) = queue.numbers.front().and_then(|number| self.by_number.get(number)).cloned() else {
                break;
            };
            queue.pop(&oldest);
            if !is_of_state(&oldest) {
                self.by_number.remove(&oldest.number);
                self.bytes -= oldest.size();
            }
        }
        is_shown
    }

    /// Drops the oldest events of all nodes that exceed the limit of the journal.
    fn drop_oldest(&mut self) {
        while self.bytes > MOST_BYTES {
            let Some((number, oldest)) = self.by_number.pop_first() else { break };
            self.bytes -= oldest.size();
            let mut queues = self.logs.values_mut().flat_map(|log| [&mut log.shown, &mut log.hidden]);
            if let Some(queue) = queues.find(|queue| queue.numbers.front() == Some(&number)) {
                queue.pop(&oldest);
            }
        }
    }
}

/// Whether the event tells in which state its node or a link of it is from then on: the journal keeps those that a log drops.
fn is_of_state(event: &Event) -> bool {
    matches!((&*event.section, &*event.name), ("node", "ready") | ("p2p", "connected" | "disconnected"))
}

impl NodeLog {
    fn keep_first(&mut self, event: &Arc<Event>) {
        let of_section = self.first_lines.iter().filter(|first| first.section == event.section);
        if of_section.count() < FIRST_LINES {
            self.first_lines.push(event.clone());
        }
    }
}

impl Queue {
    fn push(&mut self, event: &Event) {
        self.numbers.push_back(event.number);
        self.bytes += event.size();
    }

    fn pop(&mut self, oldest: &Event) {
        self.numbers.pop_front();
        self.bytes -= oldest.size();
        self.dropped += 1;
    }

    /// The number of the event at this position.
    pub(super) fn at(&self, place: u64) -> Option<u64> {
        let index = usize::try_from(place.checked_sub(self.dropped)?).ok()?;
        self.numbers.get(index).copied()
    }

    /// The place of the first event since a moment.
    pub(super) fn since(&self, mark: Mark) -> u64 {
        self.dropped + self.numbers.partition_point(|number| *number < mark.0) as u64
    }

    /// The position after the last event.
    pub(super) fn end(&self) -> u64 {
        self.dropped + self.numbers.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Found, Log};
    use super::*;

    fn log() -> (Arc<Journal>, Log) {
        let (journal, log) = (Arc::new(Journal::default()), Log::new(1, "n".into()));
        log.join(&journal);
        log.open(Levels::default());
        (journal, log)
    }

    fn append(log: &Log, level: Level, value: Value) {
        log.append(Report { level, section: "test".into(), name: "tick".into(), value });
    }

    #[test]
    fn a_full_log_keeps_the_newest_and_counts_the_rest() {
        let (journal, log) = log();
        for tick in 0..MOST_SHOWN.events + 10 {
            append(&log, Level::Info, json!(tick));
        }
        let mut place = 0;
        assert!(matches!(log.next(&mut place), Found::Dropped(10)));
        let Found::Event(second) = log.next(&mut place) else { panic!("the log is not empty") };
        assert_eq!((second.number, &second.value), (10, &json!(10)));
        assert_eq!(journal.all().len(), MOST_SHOWN.events);
    }

    #[test]
    fn the_journal_keeps_the_state_of_a_node_that_its_log_has_dropped() {
        let (journal, log) = log();
        for (section, name) in [("node", "ready"), ("p2p", "connected")] {
            log.append(Report { level: Level::Info, section: section.into(), name: name.into(), value: Value::Null });
        }
        (0..MOST_SHOWN.events).for_each(|tick| append(&log, Level::Info, json!(tick)));
        assert!(matches!(log.next(&mut 0), Found::Dropped(2)));
        let kept: Vec<_> = journal.all().iter().take(2).map(|event| event.name.to_string()).collect();
        assert_eq!(kept, ["ready", "connected"]);
    }

    #[test]
    fn large_events_are_bounded_by_their_bytes() {
        let (journal, log) = log();
        for _ in 0..20 {
            append(&log, Level::Info, json!("x".repeat(1 << 20)));
        }
        assert!(journal.entries().bytes <= MOST_SHOWN.bytes, "{} bytes", journal.entries().bytes);
    }

    #[test]
    fn a_journal_of_many_nodes_is_bounded() {
        let journal = Arc::new(Journal::default());
        for id in 0..80 {
            let log = Log::new(id, "n".into());
            log.join(&journal);
            (0..4).for_each(|_| append(&log, Level::Info, json!("x".repeat(1 << 20))));
        }
        assert!(journal.entries().bytes <= MOST_BYTES, "{} bytes", journal.entries().bytes);
        let first = journal.all()[0].number;
        assert!(first > 0, "nothing was dropped");
        assert_eq!(journal.all().last().map(|event| event.number), Some(319));
    }

    #[test]
    fn a_flood_of_hidden_events_drops_no_shown_one() {
        let (_, log) = log();
        append(&log, Level::Info, json!("shown"));
        (0..5000).for_each(|tick| append(&log, Level::Debug, json!(tick)));
        assert!(matches!(log.next(&mut 0), Found::Event(event) if event.value == "shown"));
    }

    #[test]
    fn a_hidden_event_of_the_present_run_is_found_by_name() {
        let (_, log) = log();
        append(&log, Level::Debug, Value::Null);
        let mut place = 0;
        assert!(matches!(log.next(&mut place), Found::Open));
        assert!(log.next_hidden("tick", &mut place).is_some_and(|event| event.level == Level::Debug));
        assert!(log.next_hidden("tick", &mut place).is_none(), "it was found twice");
        log.open(Levels::default());
        assert!(log.next_hidden("tick", &mut 0).is_none(), "an event of an earlier run was found");
    }

    #[test]
    fn a_closed_log_ends_after_its_last_event() {
        let (_, log) = log();
        append(&log, Level::Info, Value::Null);
        log.close();
        let mut place = 0;
        assert!(matches!(log.next(&mut place), Found::Event(_)));
        assert!(matches!(log.next(&mut place), Found::Closed));
    }

    #[test]
    fn events_of_several_nodes_are_in_one_order() {
        let journal = Arc::new(Journal::default());
        let logs = [1, 2].map(|id| Log::new(id, format!("n.{id}").into()));
        logs.iter().for_each(|log| log.join(&journal));
        for round in 0..3 {
            logs.iter().for_each(|log| append(log, Level::Info, json!(round)));
        }
        let order: Vec<_> = journal.all().iter().map(|event| (event.number, event.node.to_string())).collect();
        assert_eq!(order[..3], [(0, "n.1".to_owned()), (1, "n.2".to_owned()), (2, "n.1".to_owned())]);
    }
}
