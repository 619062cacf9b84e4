use std::fmt::Write;
use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::moment::Moment;
use crate::event::Event;

/// The name of the file of events.
pub(super) const EVENTS: &str = "events.jsonl";

/// The events as lines of JSON, oldest first. Where they are more than `most` bytes the oldest are left out, and the first line says
/// so.
pub(super) fn jsonl(events: &[Arc<Event>], most: usize) -> String {
    let Some(first) = events.first() else { return String::new() };
    let (mut lines, mut bytes) = (Vec::new(), 0);
    for event in events.iter().rev() {
        let line = line(event, first.time);
        bytes += line.len();
        if bytes > most {
            break;
        }
        lines.push(line);
    }
    let left_out = events.len() - lines.len();
    let note = if left_out > 0 {
        format!("{}\n", json!({ "left_out": left_out, "help": "report.html has more" }))
    } else {
        String::new()
    };
    lines.reverse();
    note + &lines.concat()
}

/// The line of an event, with the time since the first one.
pub(super) fn line(event: &Event, first: SystemTime) -> String {
    let after = event.time.duration_since(first).unwrap_or_default().as_micros();
    let mut line = format!(
        "{{\"number\":{},\"time\":\"{}\",\"after_ms\":{}.{:03},\"node\":{},\"level\":\"{}\",\"section\":{},\"name\":{}",
        event.number,
        Moment(event.time),
        after / 1000,
        after % 1000,
        Value::from(&*event.node),
        event.level,
        Value::from(&*event.section),
        Value::from(&*event.name),
    );
    if event.value != Value::Null {
        // Writing to a string does not fail.
        let _ = write!(line, ",\"value\":{}", event.value);
    }
    line + "}\n"
}
