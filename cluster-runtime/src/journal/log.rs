use std::sync::{Arc, OnceLock};

use serde_json::json;
use tokio::sync::Notify;

use super::compact::Compact;
use super::entries::{Journal, Mark};
use super::entry::{Entry, Report};
use super::node_log::{Found, NodeLog};
use crate::clock::now;
use crate::error::Phase;
use crate::event::{Event, Level, Levels};

/// The events of one node: a view of the journal of its cluster. It is empty until the node belongs to one.
#[derive(Debug)]
pub(crate) struct Log {
    node: Arc<str>,
    /// The journal, and the number of the log in it.
    journal: OnceLock<(Arc<Journal>, usize)>,
    appended: Arc<Notify>,
}

impl Log {
    pub(crate) fn new(node: Arc<str>) -> Self {
        Self { node, journal: OnceLock::new(), appended: Arc::default() }
    }

    /// Makes it a view of this journal, for good.
    pub(crate) fn join(&self, journal: &Arc<Journal>) {
        // A node belongs to one cluster; the first call decides.
        self.journal.get_or_init(|| (journal.clone(), journal.add_log()));
        self.appended.notify_waiters();
    }

    /// Opens the log for a run of its node, with the levels of that run.
    pub(crate) fn open(&self, levels: Levels) {
        if let Some((journal, number)) = self.journal.get() {
            let mut entries = journal.entries();
            let run = entries.next;
            entries.log(*number).open(levels, run);
        }
    }

    /// The node has ended: readers at the end of the log no longer wait.
    pub(crate) fn close(&self) {
        self.look(|log| log.closed = true);
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
        if let Some((journal, number)) = self.journal.get() {
            journal.append(*number, &self.node, report);
            self.appended.notify_waiters();
        }
    }

    /// Adds what its code has said through `tracing`, which the test's subscriber has heard anyway. Whether it is shown.
    #[cfg(feature = "tracing")]
    pub(crate) fn collect(&self, report: Report) -> bool {
        let is_shown = self.journal.get().is_some_and(|(journal, number)| journal.file(*number, &self.node, report).1);
        self.appended.notify_waiters();
        is_shown
    }

    /// Notes in the journal that the node enters a phase.
    pub(crate) fn note_phase(&self, phase: Phase) {
        self.note("cluster.phase", phase.name(), Compact::null());
    }

    /// Notes in the journal what becomes of the node.
    pub(crate) fn note_life(&self, name: &'static str, value: Compact) {
        self.note("cluster.life", name, value);
    }

    fn note(&self, section: &'static str, name: &'static str, value: Compact) {
        if let Some((journal, _)) = self.journal.get() {
            journal.note(&self.node, Report { level: Level::Debug, section: section.into(), name: name.into(), value });
        }
    }

    /// The place of the first event of the present or last run, or of the first since a moment.
    pub(crate) fn first_place(&self, since: Option<Mark>) -> u64 {
        let place = self.look(|log| since.map_or(log.shown_of_run, |mark| log.shown.since(mark.0)));
        place.unwrap_or_default()
    }

    /// What is at this position of the shown events. Moves the position past it.
    pub(crate) fn next(&self, place: &mut u64) -> Found {
        self.look(|log| log.next(place)).unwrap_or(Found::Open)
    }

    /// The first event of this name among the hidden ones of the present run, from this position on. Moves the position past it.
    pub(crate) fn next_hidden(&self, name: &str, place: &mut u64) -> Option<Arc<Entry>> {
        self.look(|log| log.next_hidden(name, place)).flatten()
    }

    /// The first line of output of the present run that is so.
    #[cfg(feature = "process")]
    pub(crate) fn line_that(&self, is_so: impl Fn(&str) -> bool) -> Option<String> {
        self.look(|log| log.lines().find(|line| is_so(line))).flatten()
    }

    /// The event that stands for some that were dropped.
    pub(crate) fn events_dropped(&self, count: u64) -> Event {
        let (section, name, value) = ("log".into(), "events_dropped".into(), json!({ "count": count }));
        Event { number: 0, time: now(), node: self.node.clone(), level: Level::Warning, section, name, value }
    }

    /// The lines for a report, of the present or the last run, oldest first.
    pub(crate) fn tail(&self) -> Vec<String> {
        self.look(|log| log.tail()).unwrap_or_default()
    }

    /// Where to wait for the next event, or for the end.
    pub(crate) fn appended(&self) -> &Arc<Notify> {
        &self.appended
    }

    fn look<T>(&self, look: impl FnOnce(&mut NodeLog) -> T) -> Option<T> {
        self.journal.get().map(|(journal, number)| look(journal.entries().log(*number)))
    }
}
