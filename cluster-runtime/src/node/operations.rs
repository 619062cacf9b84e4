//! What the test has asked of a cluster.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::event::{Event, Level};
use crate::journal::{Entry, Journal, Report};
use crate::lock::lock;

/// All operations of a cluster.
#[derive(Debug, Default)]
pub(crate) struct Operations(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    entries: Vec<Arc<Entry>>,
    /// Processes with no operation. One whose last outcome is unknown never has another: it may still be in that operation.
    idle: BinaryHeap<Reverse<u64>>,
    processes: u64,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    Failed,
    Unknown,
}

impl Operations {
    /// Begins one, and returns the process that does it: a number, as each has one operation at a time.
    pub(crate) fn invoke(&self, journal: &Journal, function: &str, input: Value) -> u64 {
        let mut noted = lock(&self.0);
        let idle = noted.idle.pop();
        let process = idle.map_or(noted.processes, |Reverse(process)| process);
        noted.processes += u64::from(idle.is_none());
        noted.add(journal, "invoke", function, process, input);
        process
    }

    pub(crate) fn end(&self, journal: &Journal, function: &str, process: u64, outcome: Outcome, value: Value) {
        let mut noted = lock(&self.0);
        let name = match outcome {
            Outcome::Ok => "ok",
            Outcome::Failed => "fail",
            Outcome::Unknown => "info",
        };
        noted.add(journal, name, function, process, value);
        if outcome != Outcome::Unknown {
            noted.idle.push(Reverse(process));
        }
    }

    /// Their beginnings and ends, as events of the journal.
    pub(crate) fn all(&self) -> Vec<Arc<Event>> {
        let entries = lock(&self.0).entries.clone();
        entries.into_iter().map(|entry| Arc::new(entry.to_event())).collect()
    }
}

impl Noted {
    fn add(&mut self, journal: &Journal, name: &'static str, function: &str, process: u64, value: Value) {
        let value = json!({ "f": function, "process": process, "value": value }).into();
        let report = Report { level: Level::Info, section: "cluster.operation".into(), name: name.into(), value };
        self.entries.push(journal.note(&"cluster".into(), report));
    }
}
