use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::entries::{Journal, Mark, NodeLog, Queue, Report};
use super::tail;
use crate::clock::now;
use crate::error::Phase;
use crate::event::{Event, Level, Levels};

/// The events of one node: a view of the journal of its cluster. It is empty until the node belongs to one.
#[derive(Debug)]
pub(crate) struct Log {
    id: u64,
    node: Arc<str>,
    journal: OnceLock<Arc<Journal>>,
    appended: Arc<Notify>,
}

/// What a reader finds at its position in the log.
pub(crate) enum Found {
    /// The event there.
    Event(Arc<Event>),
    /// This number of events was dropped there.
    Dropped(u64),
    /// The log ends here, for now.
    Open,
    /// The log ends here, and the node has ended.
    Closed,
}

impl Log {
    pub(crate) fn new(id: u64, node: Arc<str>) -> Self {
        Self { id, node, journal: OnceLock::new(), appended: Arc::default() }
    }

    /// Makes it a view of this journal, for good.
    pub(crate) fn join(&self, journal: &Arc<Journal>) {
        // A node belongs to one cluster; the first call decides.
        let _ = self.journal.set(journal.clone());
        self.appended.notify_waiters();
    }

    /// Opens the log for a run of its node, with the levels of that run.
    pub(crate) fn open(&self, levels: Levels) {
        let Some(journal) = self.journal.get() else { return };
        let mut entries = journal.entries();
        let run = entries.next;
        let log = entries.logs.entry(self.id).or_default();
        **log = NodeLog {
            levels,
            run,
            shown_of_run: log.shown.end(),
            hidden_of_run: log.hidden.end(),
            shown: std::mem::take(&mut log.shown),
            hidden: std::mem::take(&mut log.hidden),
            first_lines: Vec::new(),
            closed: false,
        };
    }

    /// The node has ended: readers at the end of the log no longer wait.
    pub(crate) fn close(&self) {
        if let Some(journal) = self.journal.get() {
            journal.entries().logs.entry(self.id).or_default().closed = true;
        }
        self.appended.notify_waiters();
    }

    pub(crate) fn levels(&self) -> Levels {
        self.look(|log| log.levels.clone()).unwrap_or_default()
    }

    /// The lowest level that is shown of a section.
    pub(crate) fn level_of(&self, section: &str) -> Level {
        self.look(|log| log.levels.of(section)).unwrap_or_else(|| Levels::default().of(section))
    }

    pub(crate) fn append(&self, report: Report) {
        if let Some(journal) = self.journal.get() {
            journal.append(self.id, &self.node, report);
            self.appended.notify_waiters();
        }
    }

    /// Adds what its code has said through `tracing`, which the test's subscriber has heard anyway. Whether it is shown.
    #[cfg(feature = "tracing")]
    pub(crate) fn collect(&self, report: Report) -> bool {
        let is_shown = self.journal.get().is_some_and(|journal| journal.file(self.id, &self.node, report).1);
        self.appended.notify_waiters();
        is_shown
    }

    /// Notes in the journal that the node enters a phase.
    pub(crate) fn note_phase(&self, phase: Phase) {
        if let Some(journal) = self.journal.get() {
            let section = "cluster.phase".into();
            let report = Report { level: Level::Debug, section, name: phase.name().into(), value: Value::Null };
            journal.note(&self.node, report);
        }
    }

    /// Notes in the journal what becomes of the node.
    pub(crate) fn note_life(&self, name: &'static str, value: Value) {
        if let Some(journal) = self.journal.get() {
            let (level, section) = (Level::Debug, "cluster.life".into());
            journal.note(&self.node, Report { level, section, name: name.into(), value });
        }
    }

    /// The place of the first event of the present or last run, or of the first since a moment.
    pub(crate) fn first_place(&self, since: Option<Mark>) -> u64 {
        let place = self.look(|log| since.map_or(log.shown_of_run, |mark| log.shown.since(mark)));
        place.unwrap_or_default()
    }

    /// What is at this position of the shown events. Moves the position past it.
    pub(crate) fn next(&self, place: &mut u64) -> Found {
        let Some(journal) = self.journal.get() else { return Found::Open };
        let entries = journal.entries();
        let Some(log) = entries.logs.get(&self.id) else { return Found::Open };
        if *place < log.shown.dropped {
            let count = log.shown.dropped - *place;
            *place = log.shown.dropped;
            return Found::Dropped(count);
        }
        match log.shown.at(*place).and_then(|number| entries.by_number.get(&number)) {
            Some(event) => {
                *place += 1;
                Found::Event(event.clone())
            }
            None if log.closed => Found::Closed,
            None => Found::Open,
        }
    }

    /// The first event of this name among the hidden ones of the present run, from this position on. Moves the position past it.
    pub(crate) fn next_hidden(&self, name: &str, place: &mut u64) -> Option<Arc<Event>> {
        let entries = self.journal.get()?.entries();
        let log = entries.logs.get(&self.id)?;
        *place = (*place).max(log.hidden_of_run).max(log.hidden.dropped);
        while let Some(number) = log.hidden.at(*place) {
            *place += 1;
            let event = entries.by_number.get(&number);
            if let Some(event) = event.filter(|event| event.is_called(name)) {
                return Some(event.clone());
            }
        }
        None
    }

    /// The event that stands for some that were dropped.
    pub(crate) fn events_dropped(&self, count: u64) -> Event {
        let (section, name) = ("log".into(), "events_dropped".into());
        let value = json!({ "count": count });
        Event { number: 0, time: now(), node: self.node.clone(), level: Level::Warning, section, name, value }
    }

    /// The lines for a report, of the present or the last run, oldest first.
    pub(crate) fn tail(&self) -> Vec<String> {
        let Some(journal) = self.journal.get() else { return Vec::new() };
        let entries = journal.entries();
        let Some(log) = entries.logs.get(&self.id) else { return Vec::new() };
        let events = |queue: &Queue| -> Vec<Arc<Event>> {
            let of_run = queue.numbers.iter().rev().take_while(|number| **number >= log.run).take(tail::LAST);
            of_run.filter_map(|number| entries.by_number.get(number).cloned()).collect()
        };
        tail::choose(&log.first_lines, events(&log.shown), events(&log.hidden))
    }

    /// Where to wait for the next event, or for the end.
    pub(crate) fn appended(&self) -> &Arc<Notify> {
        &self.appended
    }

    fn look<T>(&self, look: impl FnOnce(&NodeLog) -> T) -> Option<T> {
        self.journal.get()?.entries().logs.get(&self.id).map(|log| look(log))
    }
}
