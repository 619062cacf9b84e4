use std::sync::Arc;

use serde_json::Value;

use super::History;
use crate::node::{Home, Outcome};
use crate::start::Cluster;

impl Cluster {
    /// Notes that the test asks something of the cluster, such as to write a value, from now until the outcome is told.
    pub fn operation(&self, function: &str, input: impl Into<Value>) -> Operation {
        let (home, input) = (self.view().home().clone(), input.into());
        let process = home.operations().invoke(home.journal(), function, input.clone());
        Operation { home, function: function.to_owned(), input, process: Some(process) }
    }

    /// Returns all operations so far, in the order in which they began and ended. None are dropped, unlike events.
    pub fn history(&self) -> History {
        History::new(self.view().home().operations().all())
    }
}

/// Something that the test has asked of a cluster. If it is dropped before its outcome is told, that is unknown.
#[derive(Debug)]
#[must_use = "the outcome of an operation that is dropped is unknown"]
pub struct Operation {
    home: Arc<Home>,
    function: String,
    input: Value,
    /// Until the outcome is told.
    process: Option<u64>,
}

impl Operation {
    /// It took place, with this output: what was read; of a write, what was written.
    pub fn ok(mut self, output: impl Into<Value>) {
        self.end(Outcome::Ok, output.into());
    }

    /// It did not take place, and will not.
    pub fn failed(mut self) {
        self.end(Outcome::Failed, self.input.clone());
    }

    /// It may or may not take place, now or later: the answer was lost, say.
    pub fn unknown(self) {
        drop(self);
    }

    fn end(&mut self, outcome: Outcome, value: Value) {
        if let Some(process) = self.process.take() {
            self.home.operations().end(self.home.journal(), &self.function, process, outcome, value);
        }
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        self.end(Outcome::Unknown, self.input.clone());
    }
}
