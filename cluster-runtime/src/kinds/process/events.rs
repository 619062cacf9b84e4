//! The events in a program's output.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::ProcessContext;
use crate::event::Level;
use crate::place::Outlet;

/// An output of a program that contains its events.
///
/// # Examples
/// ```
/// use cluster_runtime::process::Source;
/// use cluster_runtime::Process;
///
/// let daemon = Process::new("daemon", |node, command| {
///     command.arg("--events").arg(node.path("events"));
/// })
/// .json_events(Source::pipe("events"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source(Origin);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    Stdout,
    Stderr,
    /// A named pipe of this name.
    Pipe(String),
}

impl Source {
    /// Its standard output.
    pub fn stdout() -> Self {
        Self(Origin::Stdout)
    }

    /// Its standard error.
    pub fn stderr() -> Self {
        Self(Origin::Stderr)
    }

    /// A named pipe in the node's directory, which is created and read before the program is run.
    pub fn pipe(name: impl Into<String>) -> Self {
        Self(Origin::Pipe(name.into()))
    }

    pub(super) fn is(&self, outlet: Outlet) -> bool {
        match self.0 {
            Origin::Stdout => outlet == Outlet::Stdout,
            Origin::Stderr => outlet == Outlet::Stderr,
            Origin::Pipe(_) => outlet == Outlet::Pipe,
        }
    }

    pub(super) fn pipe_name(&self) -> Option<String> {
        match &self.0 {
            Origin::Pipe(name) => Some(name.clone()),
            Origin::Stdout | Origin::Stderr => None,
        }
    }
}

/// Handles a line; `false` leaves it to others.
type Take = dyn Fn(&ProcessContext, &str) -> bool + Send + Sync;

/// The function for the lines of a source.
#[derive(Clone)]
pub(super) struct Listener {
    pub(super) source: Source,
    pub(super) take: Arc<Take>,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

/// Handles a line that is a JSON object with a field `event`.
pub(super) fn take_json(node: &ProcessContext, line: &str) -> bool {
    let Some(event) = parse(line) else { return false };
    node.event(event.level, event.section, event.name, event.value);
    true
}

#[derive(Debug, PartialEq)]
struct Reported {
    level: Level,
    section: String,
    name: String,
    value: Value,
}

fn parse(line: &str) -> Option<Reported> {
    let mut fields: Map<String, Value> = serde_json::from_str(line).ok()?;
    let Some(Value::String(name)) = fields.remove("event") else { return None };
    let level = match fields.remove("level") {
        Some(level) => level_called(level.as_str()?)?,
        None => Level::Info,
    };
    let section = match fields.remove("section") {
        Some(section) => section.as_str()?.to_owned(),
        None => "process".to_owned(),
    };
    Some(Reported { level, section, name, value: fields.remove("value").unwrap_or_default() })
}

fn level_called(name: &str) -> Option<Level> {
    let levels = [Level::Debug, Level::Info, Level::Notice, Level::Warning, Level::Error, Level::Fatal];
    levels.into_iter().find(|level| level.to_string() == name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_with_a_name_is_an_event() {
        let event = parse(r#"{"event":"block","level":"notice","section":"chain","value":{"height":3}}"#);
        let expected = Reported {
            level: Level::Notice,
            section: "chain".to_owned(),
            name: "block".to_owned(),
            value: json!({ "height": 3 }),
        };
        assert_eq!(event, Some(expected));
    }

    #[test]
    fn whatever_is_no_event_is_left() {
        for line in ["", "text", "[]", "{}", r#"{"event":1}"#, r#"{"event":"a","level":"loud"}"#] {
            assert_eq!(parse(line), None, "`{line}` was taken");
        }
    }
}
