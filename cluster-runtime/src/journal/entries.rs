use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::SystemTime;

use super::echo::echo;
use super::entry::{Entry, Report, put_in_order};
use super::node_log::{NodeLog, Queue};
use crate::clock::{VirtualTime, now};
#[cfg(feature = "tracing")]
use crate::event::forward;
use crate::event::{Event, Level};
use crate::lock::lock;

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
    /// Those that belong to no log.
    notes: Queue,
    /// By the number that a node has here.
    logs: Vec<NodeLog>,
    recorder: Option<Recorder>,
}

/// What is told of each event, in their order.
struct Recorder(Box<dyn FnMut(&Event) + Send>);

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

/// A moment in the journal of a cluster; see [`Cluster::mark`](crate::Cluster::mark).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(pub(crate) u64);

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

    /// All events, in their order: also those that the levels of their nodes hide.
    pub(crate) fn all(&self) -> Vec<Arc<Event>> {
        // They are made when the journal is not locked any more.
        let all = self.entries().all();
        all.into_iter().map(|entry| Arc::new(entry.to_event())).collect()
    }

    /// Tells `record` of all events: of those so far, and of each later one before whoever reports it goes on.
    pub(crate) fn record(&self, mut record: impl FnMut(&Event) + Send + 'static) {
        let mut entries = self.entries();
        entries.all().iter().for_each(|entry| record(&entry.to_event()));
        entries.recorder = Some(Recorder(Box::new(record)));
    }

    /// Adds what the cluster itself does with a node. The node's own log does not show it.
    pub(crate) fn note(&self, node: &Arc<str>, report: Report) -> Arc<Entry> {
        let mut entries = self.entries();
        let entry = entries.make(self.now(), node, report);
        entries.notes.push(entry.clone());
        entries.drop_oldest();
        drop(entries);
        echo(&entry);
        self.forward(&entry);
        entry
    }

    /// Gives a node a log, and returns its number.
    pub(super) fn add_log(&self) -> usize {
        let mut entries = self.entries();
        entries.logs.push(NodeLog::default());
        entries.logs.len() - 1
    }

    pub(super) fn append(&self, log: usize, node: &Arc<str>, report: Report) {
        let (entry, _) = self.file(log, node, report);
        self.forward(&entry);
    }

    /// Adds an event of a node, and returns whether it is shown.
    pub(super) fn file(&self, log: usize, node: &Arc<str>, report: Report) -> (Arc<Entry>, bool) {
        let mut entries = self.entries();
        let entry = entries.make(self.now(), node, report);
        let (is_shown, dropped) = entries.log(log).push(&entry);
        entries.bytes -= dropped;
        entries.drop_oldest();
        drop(entries);
        echo(&entry);
        (entry, is_shown)
    }

    /// Sends events to this subscriber from now on.
    #[cfg(feature = "tracing")]
    pub(crate) fn forward_to(&self, subscriber: Option<tracing::Dispatch>) {
        *lock(&self.subscriber) = subscriber;
    }

    #[cfg(feature = "tracing")]
    fn forward(&self, entry: &Entry) {
        // Not held while the subscriber works: that is code of others.
        let subscriber = lock(&self.subscriber).clone();
        subscriber.iter().for_each(|subscriber| forward(&entry.to_event(), subscriber));
    }

    #[cfg(not(feature = "tracing"))]
    fn forward(&self, _: &Entry) {}

    pub(super) fn entries(&self) -> MutexGuard<'_, Entries> {
        lock(&self.entries)
    }
}

impl Entries {
    /// The log of this number.
    pub(super) fn log(&mut self, number: usize) -> &mut NodeLog {
        &mut self.logs[number]
    }

    fn make(&mut self, time: SystemTime, node: &Arc<str>, report: Report) -> Arc<Entry> {
        let entry = Arc::new(Entry::new(self.next, time, node.clone(), report));
        self.next += 1;
        self.bytes += entry.size();
        self.has_warned |= entry.level >= Level::Warning;
        if let Some(Recorder(record)) = &mut self.recorder {
            record(&entry.to_event());
        }
        entry
    }

    /// All of them, in their order.
    fn all(&self) -> Vec<Arc<Entry>> {
        let of_logs = self.logs.iter().flat_map(|log| [&log.shown, &log.hidden]);
        let mut all: Vec<_> = of_logs.chain([&self.notes]).flat_map(Queue::iter).collect();
        put_in_order(&mut all);
        all.into_iter().cloned().collect()
    }

    /// Drops the oldest events of all nodes that exceed the limit of the journal.
    fn drop_oldest(&mut self) {
        while self.bytes > MOST_BYTES {
            let of_logs = self.logs.iter_mut().flat_map(|log| [&mut log.shown, &mut log.hidden]);
            let queues = of_logs.chain([&mut self.notes]).filter(|queue| queue.oldest().is_some());
            let Some(queue) = queues.min_by_key(|queue| queue.oldest()) else { break };
            self.bytes -= queue.drop_oldest();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::compact::Compact;
    use super::super::node_log::MOST_SHOWN;
    use super::super::{Found, Log};
    use super::*;
    use crate::event::Levels;

    fn log() -> (Arc<Journal>, Log) {
        let (journal, log) = (Arc::new(Journal::default()), Log::new("n".into()));
        log.join(&journal);
        log.open(Levels::default());
        (journal, log)
    }

    fn append(log: &Log, level: Level, value: Value) {
        log.append(Report { level, section: "test".into(), name: "tick".into(), value: value.into() });
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
        assert_eq!((second.number, second.to_event().value), (10, json!(10)));
        assert_eq!(journal.all().len(), MOST_SHOWN.events);
    }

    #[test]
    fn the_journal_keeps_the_state_of_a_node_that_its_log_has_dropped() {
        let (journal, log) = log();
        for (section, name) in [("node", "ready"), ("p2p", "connected")] {
            let (level, value) = (Level::Info, Compact::null());
            log.append(Report { level, section: section.into(), name: name.into(), value });
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
        for _ in 0..80 {
            let log = Log::new("n".into());
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
        assert!(matches!(log.next(&mut 0), Found::Event(event) if event.to_event().value == "shown"));
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
        let logs = [1, 2].map(|number| Log::new(format!("n.{number}").into()));
        logs.iter().for_each(|log| log.join(&journal));
        for round in 0..3 {
            logs.iter().for_each(|log| append(log, Level::Info, json!(round)));
        }
        let order: Vec<_> = journal.all().iter().map(|event| (event.number, event.node.to_string())).collect();
        assert_eq!(order[..3], [(0, "n.1".to_owned()), (1, "n.2".to_owned()), (2, "n.1".to_owned())]);
    }
}
