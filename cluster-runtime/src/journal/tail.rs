//! The lines of a node's log that a report shows.
//!
//! A program that refuses its command line prints the reason in its first lines, before its usage; one that fails later prints
//! it in its last lines. So a report has the command, the first and the last lines of the output, and the last events.
//! Of a backtrace the frames are left out, as they would take the place of the panic. Events below the shown level are left out unless there are no others.

use std::sync::Arc;

use super::entry::{Entry, put_in_order};
use super::frame::is_frame;

/// How many of the first lines of each output of a run are always kept.
pub(super) const FIRST_LINES: usize = 8;
/// How many of the last events are considered.
pub(super) const LAST: usize = 64;
/// How many of the last events, and of the last lines of output, are shown.
const LAST_EVENTS: usize = 16;
const LAST_LINES: usize = 8;
/// How many bytes of a line are shown.
const MOST_OF_A_LINE: usize = 300;
/// Stands for the lines between the first and the last ones.
const GAP: &str = "..";

/// Whether the event is a program's command or a line of its output.
pub(super) fn is_of_program(event: &Entry) -> bool {
    is_command(event) || is_line(event)
}

fn is_command(event: &Entry) -> bool {
    event.section == "process" && event.name == "spawned"
}

pub(super) fn is_line(event: &Entry) -> bool {
    event.name == "output" && event.section.starts_with("process.")
}

/// Whether the event is a frame of a backtrace in its output.
pub(super) fn is_of_backtrace(event: &Entry) -> bool {
    is_line(event) && event.value.value().as_str().is_some_and(|line| is_frame(line.as_bytes()))
}

/// Chooses the lines of a report, oldest first. `first` is oldest first; `shown` and `hidden` are newest first.
pub(super) fn choose(first: &[Arc<Entry>], shown: Vec<Arc<Entry>>, hidden: Vec<Arc<Entry>>) -> Vec<String> {
    let mut chosen: Vec<_> = first.iter().filter(|event| is_command(event)).collect();
    chosen.extend(shown.iter().filter(|event| !is_line(event)).take(LAST_EVENTS));
    // Events of the runtime itself do not explain what the node did.
    if first.is_empty() && shown.iter().all(|event| event.section == "node") {
        chosen.extend(hidden.iter().take(LAST_EVENTS));
    }
    let section = section_of_output(first);
    let is_shown_line = |event: &&Arc<Entry>| is_line(event) && event.section == section;
    let first_lines: Vec<_> = first.iter().filter(is_shown_line).collect();
    let mut last_lines: Vec<_> = shown.iter().chain(&hidden).filter(is_shown_line).collect();
    put_in_order(&mut last_lines);
    let last_lines = &last_lines[last_lines.len().saturating_sub(LAST_LINES)..];
    let before_gap = match (first_lines.last(), last_lines.first()) {
        (Some(end), Some(start)) if first_lines.len() == FIRST_LINES && start.number > end.number => Some(end.number),
        _ => None,
    };
    chosen.extend(first_lines);
    chosen.extend(last_lines);
    put_in_order(&mut chosen);
    chosen.dedup_by_key(|event| event.number);
    let mut lines = Vec::new();
    for event in chosen {
        lines.push(shortened(event.to_string()));
        if before_gap == Some(event.number) {
            lines.push(GAP.to_owned());
        }
    }
    lines
}

/// Standard error, if the program has written to it; otherwise standard output.
fn section_of_output(first: &[Arc<Entry>]) -> &'static str {
    let is_error = |event: &Arc<Entry>| event.section == "process.stderr";
    if first.iter().any(is_error) { "process.stderr" } else { "process.stdout" }
}

/// A line of a report, or what is quoted in one.
pub(crate) fn shortened(mut line: String) -> String {
    if line.len() > MOST_OF_A_LINE {
        let whole = line.len();
        line.truncate(line.floor_char_boundary(MOST_OF_A_LINE));
        line += &format!(".. ({whole} bytes)");
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::event::Level;

    fn event(number: u64, level: Level, section: &'static str, name: &'static str, value: Value) -> Arc<Entry> {
        let (time, node) = (std::time::SystemTime::UNIX_EPOCH, "n".into());
        Arc::new(Entry { number, time, node, level, section: section.into(), name: name.into(), value: value.into() })
    }

    fn line(number: u64) -> Arc<Entry> {
        event(number, Level::Debug, "process.stderr", "output", json!(format!("line {number}")))
    }

    fn texts(lines: Vec<String>) -> Vec<String> {
        lines.iter().map(|line| line.split_once(' ').map_or(line.clone(), |(_, rest)| rest.to_owned())).collect()
    }

    #[test]
    fn a_flood_of_usage_does_not_hide_the_command_and_the_first_line() {
        let command = event(0, Level::Info, "process", "spawned", json!({ "command": "etcd --bad" }));
        let first: Vec<_> = std::iter::once(command.clone()).chain((1..9).map(line)).collect();
        let lines = texts(choose(&first, vec![command], (1..100).rev().map(line).collect()));
        assert_eq!(lines[0], r#"info    process spawned {"command":"etcd --bad"}"#);
        assert_eq!(lines[1], r#"debug   process.stderr output "line 1""#);
        assert_eq!(lines[9], GAP);
        assert_eq!(lines[17], r#"debug   process.stderr output "line 99""#);
        assert_eq!(lines.len(), 18);
    }

    #[test]
    fn what_is_below_the_shown_level_is_left_out_while_others_are_there() {
        let (low, high) =
            (event(1, Level::Debug, "db", "low", json!(1)), event(2, Level::Info, "db", "high", json!(2)));
        assert_eq!(texts(choose(&[], vec![high], vec![low.clone()])), ["info    db high 2"]);
        assert_eq!(texts(choose(&[], Vec::new(), vec![low])), ["debug   db low 1"]);
    }
}
