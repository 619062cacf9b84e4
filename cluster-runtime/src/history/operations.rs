use std::fmt::Write;
use std::sync::Arc;
use std::time::SystemTime;

use super::edn::edn;
use crate::event::Event;

/// The operations of a workload, in the order in which they began and ended.
#[derive(Clone, Debug)]
pub struct History {
    events: Vec<Arc<Event>>,
}

impl History {
    pub(super) fn new(events: Vec<Arc<Event>>) -> Self {
        Self { events }
    }

    /// Returns the events of the journal that it consists of. They are called `invoke`, `ok`, `fail` and `info`, and their values
    /// have the fields `f`, `process` and `value`.
    pub fn events(&self) -> &[Arc<Event>] {
        &self.events
    }

    /// Writes it in Jepsen's format: one operation a line, in EDN, with times in nanoseconds from the first. See
    /// <https://github.com/jepsen-io/history>. Objects become maps with keywords as keys where those can be written, `null` `nil`.
    pub fn to_edn(&self) -> String {
        let first = self.events.first().map_or(SystemTime::UNIX_EPOCH, |event| event.time);
        let mut lines = String::new();
        for (index, event) in self.events.iter().enumerate() {
            let nanos = event.time.duration_since(first).unwrap_or_default().as_nanos();
            let (function, value) = (event.value["f"].as_str().unwrap_or_default(), edn(&event.value["value"]));
            // Writing to a string cannot fail.
            let _ = writeln!(
                lines,
                "{{:index {index}, :type :{}, :f {}, :value {value}, :process {}, :time {nanos}}}",
                event.name,
                super::edn::key(function),
                event.value["process"],
            );
        }
        lines
    }
}
