use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tokio::sync::Notify;

use super::{Event, Level, Levels};
use crate::clock::now;

/// How many events a node's log keeps.
const MOST_EVENTS: usize = 8192;
/// How many bytes of events a node's log keeps, about.
const MOST_BYTES: usize = 4 << 20;
/// How many of the last events are kept whatever their level, for reports of failures.
const TAIL: usize = 16;
/// How many names of hidden events are remembered.
const MOST_HIDDEN: usize = 256;

/// The events of one node, in bounded memory: the newest are kept, and the dropped ones are counted.
#[derive(Debug)]
pub(crate) struct Log {
    node: Arc<str>,
    entries: Mutex<Entries>,
    appended: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Entries {
    levels: Levels,
    shown: VecDeque<Arc<Event>>,
    bytes: usize,
    /// How many events were dropped from the front of `shown`: the number of its first one.
    dropped: u64,
    tail: VecDeque<Arc<Event>>,
    hidden: BTreeMap<String, (Level, String)>,
    closed: bool,
}

/// What a reader finds at its place in the log.
pub(crate) enum Search {
    /// The event there.
    Found(Arc<Event>),
    /// The log ends here, for now.
    Open,
    /// The log ends here, and the node has ended.
    Closed,
}

impl Log {
    pub(crate) fn new(node: Arc<str>) -> Self {
        Self { node, entries: Mutex::default(), appended: Arc::default() }
    }

    /// Opens the log for a run of its node, with the levels of that run.
    pub(crate) fn open(&self, levels: Levels) {
        let mut entries = self.entries();
        entries.levels = levels;
        entries.hidden.clear();
        entries.closed = false;
    }

    /// Says that the node has ended: readers at the end of the log wait no longer.
    pub(crate) fn close(&self) {
        self.entries().closed = true;
        self.appended.notify_waiters();
    }

    pub(crate) fn levels(&self) -> Levels {
        self.entries().levels.clone()
    }

    pub(crate) fn append(
        &self,
        level: Level,
        section: std::borrow::Cow<'static, str>,
        name: std::borrow::Cow<'static, str>,
        value: serde_json::Value,
    ) {
        let event = Arc::new(Event { time: now(), node: self.node.clone(), level, section, name, value });
        self.entries().append(event);
        self.appended.notify_waiters();
    }

    /// The next event at or after `place`, which is moved past it. When events were dropped there, an event says how many.
    pub(crate) fn next(&self, place: &mut u64) -> Search {
        let entries = self.entries();
        if *place < entries.dropped {
            let count = entries.dropped - *place;
            *place = entries.dropped;
            return Search::Found(Arc::new(Event {
                time: now(),
                node: self.node.clone(),
                level: Level::Warning,
                section: "log".into(),
                name: "events_dropped".into(),
                value: json!({ "count": count }),
            }));
        }
        match entries.shown.get(usize::try_from(*place - entries.dropped).unwrap_or(usize::MAX)) {
            Some(event) => {
                *place += 1;
                Search::Found(event.clone())
            }
            None if entries.closed => Search::Closed,
            None => Search::Open,
        }
    }

    /// The level and section of a hidden event of this name, if there was one.
    pub(crate) fn hidden(&self, name: &str) -> Option<(Level, String)> {
        let entries = self.entries();
        let exact = entries.hidden.get(name);
        exact
            .or_else(|| entries.hidden.iter().find(|(hidden, _)| is_version_of(hidden, name)).map(|(_, at)| at))
            .cloned()
    }

    /// The last events whatever their level, oldest first.
    pub(crate) fn tail(&self) -> Vec<Arc<Event>> {
        self.entries().tail.iter().cloned().collect()
    }

    /// Where to wait for the next event, or for the end.
    pub(crate) fn appended(&self) -> &Arc<Notify> {
        &self.appended
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_version_of(full: &str, name: &str) -> bool {
    full.strip_prefix(name).is_some_and(|rest| rest.starts_with(".v"))
}

impl Entries {
    fn append(&mut self, event: Arc<Event>) {
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(event.clone());
        if event.level < self.levels.of(&event.section) {
            if self.hidden.len() < MOST_HIDDEN && !self.hidden.contains_key(&*event.name) {
                self.hidden.insert(event.name.to_string(), (event.level, event.section.to_string()));
            }
            return;
        }
        self.bytes += event.size();
        self.shown.push_back(event);
        while self.shown.len() > MOST_EVENTS || (self.bytes > MOST_BYTES && self.shown.len() > 1) {
            let Some(oldest) = self.shown.pop_front() else { break };
            self.bytes -= oldest.size();
            self.dropped += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn append(log: &Log, level: Level, value: Value) {
        log.append(level, "test".into(), "tick".into(), value);
    }

    #[test]
    fn a_full_log_keeps_the_newest_and_counts_the_rest() {
        let log = Log::new("n".into());
        for tick in 0..MOST_EVENTS + 10 {
            append(&log, Level::Info, json!(tick));
        }
        let mut place = 0;
        let Search::Found(first) = log.next(&mut place) else { panic!("the log is not empty") };
        assert_eq!((&*first.name, &first.value), ("events_dropped", &json!({ "count": 10 })));
        let Search::Found(second) = log.next(&mut place) else { panic!("the log is not empty") };
        assert_eq!(second.value, json!(10));
    }

    #[test]
    fn large_events_are_bounded_by_their_bytes() {
        let log = Log::new("n".into());
        for _ in 0..20 {
            append(&log, Level::Info, json!("x".repeat(1 << 20)));
        }
        assert!(log.entries().bytes <= MOST_BYTES, "the log holds {} bytes", log.entries().bytes);
    }

    #[test]
    fn a_hidden_event_is_remembered_by_name() {
        let log = Log::new("n".into());
        append(&log, Level::Debug, Value::Null);
        assert!(matches!(log.next(&mut 0), Search::Open));
        assert_eq!(log.hidden("tick"), Some((Level::Debug, "test".to_owned())));
        assert_eq!(log.tail().len(), 1);
    }

    #[test]
    fn a_closed_log_ends_after_its_last_event() {
        let log = Log::new("n".into());
        append(&log, Level::Info, Value::Null);
        log.close();
        let mut place = 0;
        assert!(matches!(log.next(&mut place), Search::Found(_)));
        assert!(matches!(log.next(&mut place), Search::Closed));
    }
}
