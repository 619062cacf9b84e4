//! The events of one node, as the journal keeps them.

use std::collections::VecDeque;
use std::sync::Arc;

use super::entry::Entry;
use super::tail::{self, FIRST_LINES, is_of_program};
use crate::event::Levels;

/// The limit of the shown events of a node.
pub(super) const MOST_SHOWN: Limit = Limit { events: 8192, bytes: 4 << 20 };
/// The limit of the hidden events of a node.
const MOST_HIDDEN: Limit = Limit { events: 1024, bytes: 1 << 20 };

#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) events: usize,
    pub(super) bytes: usize,
}

/// What belongs to one node.
#[derive(Debug, Default)]
pub(super) struct NodeLog {
    pub(super) levels: Levels,
    pub(super) shown: Queue,
    pub(super) hidden: Queue,
    /// The number of the first event of its present or last run.
    run: u64,
    /// The position in `hidden` at which that run begins.
    hidden_of_run: u64,
    /// The same in `shown`.
    pub(super) shown_of_run: u64,
    /// The command and the first lines of output of that run.
    first_lines: Vec<Arc<Entry>>,
    pub(super) closed: bool,
}

/// What a reader finds at its position in the log.
pub(crate) enum Found {
    /// The event there.
    Event(Arc<Entry>),
    /// This number of events was dropped there.
    Dropped(u64),
    /// The log ends here, for now.
    Open,
    /// The log ends here, and the node has ended.
    Closed,
}

/// Events, oldest first; the oldest are dropped.
#[derive(Debug, Default)]
pub(super) struct Queue {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    /// How many were dropped: the position of the first.
    dropped: u64,
    /// Those that were dropped, but tell in which state the node or a link of it is.
    of_state: VecDeque<Arc<Entry>>,
}

impl NodeLog {
    /// Begins a run of the node, whose first event has this number, with its levels.
    pub(super) fn open(&mut self, levels: Levels, run: u64) {
        self.levels = levels;
        self.run = run;
        self.shown_of_run = self.shown.end();
        self.hidden_of_run = self.hidden.end();
        self.first_lines.clear();
        self.closed = false;
    }

    /// Adds an event, and drops the oldest that exceed the limit. Returns whether it is shown, and how many bytes were dropped.
    pub(super) fn push(&mut self, entry: &Arc<Entry>) -> (bool, usize) {
        if is_of_program(entry) {
            self.keep_first(entry);
        }
        let is_shown = entry.level >= self.levels.of(&entry.section);
        let (queue, most) = if is_shown { (&mut self.shown, MOST_SHOWN) } else { (&mut self.hidden, MOST_HIDDEN) };
        queue.push(entry.clone());
        (is_shown, queue.drop_beyond(most))
    }

    /// What is at this position of the shown events. Moves the position past it.
    pub(super) fn next(&self, place: &mut u64) -> Found {
        let dropped = self.shown.dropped.saturating_sub(*place);
        if dropped > 0 {
            *place = self.shown.dropped;
            return Found::Dropped(dropped);
        }
        match self.shown.at(*place) {
            Some(entry) => {
                *place += 1;
                Found::Event(entry.clone())
            }
            None if self.closed => Found::Closed,
            None => Found::Open,
        }
    }

    /// The first event of this name among the hidden ones of the present run, from this position on. Moves the position past it.
    pub(super) fn next_hidden(&self, name: &str, place: &mut u64) -> Option<Arc<Entry>> {
        *place = (*place).max(self.hidden_of_run).max(self.hidden.dropped);
        while let Some(entry) = self.hidden.at(*place) {
            *place += 1;
            if entry.is_called(name) {
                return Some(entry.clone());
            }
        }
        None
    }

    /// The lines for a report, of the present or the last run, oldest first.
    pub(super) fn tail(&self) -> Vec<String> {
        let events = |queue: &Queue| -> Vec<Arc<Entry>> {
            let newest = queue.entries.iter().rev();
            let of_run = newest.take_while(|entry| entry.number >= self.run);
            of_run.filter(|entry| !tail::is_of_backtrace(entry)).take(tail::LAST).cloned().collect()
        };
        tail::choose(&self.first_lines, events(&self.shown), events(&self.hidden))
    }

    /// The lines of output of the present run.
    #[cfg(feature = "process")]
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        let of_run = self.shown.iter().chain(self.hidden.iter()).filter(|entry| entry.number >= self.run);
        of_run.filter(|entry| tail::is_line(entry)).filter_map(|line| Some(line.value.value().as_str()?.to_owned()))
    }

    fn keep_first(&mut self, entry: &Arc<Entry>) {
        let of_section = self.first_lines.iter().filter(|first| first.section == entry.section);
        if of_section.count() < FIRST_LINES && !tail::is_of_backtrace(entry) {
            self.first_lines.push(entry.clone());
        }
    }
}

impl Queue {
    pub(super) fn push(&mut self, entry: Arc<Entry>) {
        self.bytes += entry.size();
        self.entries.push_back(entry);
    }

    /// Drops the oldest beyond a limit, but never the last. Returns how many bytes the journal has less.
    fn drop_beyond(&mut self, most: Limit) -> usize {
        let mut dropped = 0;
        while self.entries.len() > most.events || (self.bytes > most.bytes && self.entries.len() > 1) {
            let Some(oldest) = self.pop() else { break };
            if is_of_state(&oldest) {
                self.of_state.push_back(oldest);
            } else {
                dropped += oldest.size();
            }
        }
        dropped
    }

    fn pop(&mut self) -> Option<Arc<Entry>> {
        let oldest = self.entries.pop_front()?;
        self.bytes -= oldest.size();
        self.dropped += 1;
        Some(oldest)
    }

    /// The number of the oldest one that the journal has.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.iter().next().map(|entry| entry.number)
    }

    /// Takes that one away. Returns how many bytes the journal has less.
    pub(super) fn drop_oldest(&mut self) -> usize {
        self.of_state.pop_front().or_else(|| self.pop()).map_or(0, |oldest| oldest.size())
    }

    /// All that the journal has, oldest first: also those that the log has dropped.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.of_state.iter().chain(&self.entries)
    }

    /// The event at this position.
    fn at(&self, place: u64) -> Option<&Arc<Entry>> {
        let index = usize::try_from(place.checked_sub(self.dropped)?).ok()?;
        self.entries.get(index)
    }

    /// The position of the first event of this number or a later one.
    pub(super) fn since(&self, number: u64) -> u64 {
        self.dropped + self.entries.partition_point(|entry| entry.number < number) as u64
    }

    /// The position after the last event.
    fn end(&self) -> u64 {
        self.dropped + self.entries.len() as u64
    }
}

/// Whether the event tells in which state its node or a link of it is from then on: the journal keeps those that a log drops.
fn is_of_state(entry: &Entry) -> bool {
    matches!((&*entry.section, &*entry.name), ("node", "ready") | ("p2p", "connected" | "disconnected"))
}
