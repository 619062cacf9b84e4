use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::compact::Compact;
use crate::event::{Event, Level, is_called};

/// An event as the journal keeps it. It becomes an [`Event`] when somebody reads it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) time: SystemTime,
    pub(crate) node: Arc<str>,
    pub(crate) level: Level,
    pub(crate) section: Cow<'static, str>,
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: Compact,
}

/// An event that has no number and no time yet.
pub(crate) struct Report {
    pub(crate) level: Level,
    pub(crate) section: Cow<'static, str>,
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: Compact,
}

/// In the order in which they were reported.
pub(super) fn put_in_order(entries: &mut [&Arc<Entry>]) {
    entries.sort_unstable_by_key(|entry| entry.number);
}

impl Entry {
    pub(super) fn new(number: u64, time: SystemTime, node: Arc<str>, report: Report) -> Self {
        let Report { level, section, name, value } = report;
        Self { number, time, node, level, section, name, value }
    }

    pub(crate) fn to_event(&self) -> Event {
        Event {
            number: self.number,
            time: self.time,
            node: self.node.clone(),
            level: self.level,
            section: self.section.clone(),
            name: self.name.clone(),
            value: self.value.value(),
        }
    }

    /// Whether it has this name; see [`Event::is_called`].
    pub(crate) fn is_called(&self, name: &str) -> bool {
        is_called(&self.name, name)
    }

    /// The estimated size in memory, in bytes.
    pub(super) fn size(&self) -> usize {
        size_of::<Self>() + self.section.len() + self.name.len() + self.value.size()
    }
}

/// The line of its event.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_event().fmt(f)
    }
}
