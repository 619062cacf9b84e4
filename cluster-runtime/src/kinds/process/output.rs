//! The output of a program: its log file and its events.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::{Value, json};

use super::events::Listener;
use super::lines::{Lines, RawLine};
use super::{Description, ProcessContext};
use crate::event::Level;
use crate::journal::is_frame;
use crate::place::{Outlet, Sink};

/// How many of the last lines of a piece are reported if no function handles them.
const LAST: usize = 16;
/// How many bytes of a line an event holds.
const MOST_OF_A_LINE: usize = 4096;

pub(super) struct Output {
    node: ProcessContext,
    listeners: Vec<Listener>,
    /// The text of the line at which the program is ready, until it was found.
    ready: Option<Arc<str>>,
    stdout: Lines,
    stderr: Lines,
    pipe: Lines,
}

impl Output {
    pub(super) fn new(node: ProcessContext, description: &Description) -> Self {
        Self {
            node,
            listeners: description.listeners.clone(),
            ready: description.ready.expected_line().map(Arc::from),
            stdout: Lines::default(),
            stderr: Lines::default(),
            pipe: Lines::default(),
        }
    }

    fn lines(&mut self, outlet: Outlet) -> &mut Lines {
        match outlet {
            Outlet::Stdout => &mut self.stdout,
            Outlet::Stderr => &mut self.stderr,
            Outlet::Pipe => &mut self.pipe,
        }
    }

    /// Whether every line is needed. Otherwise only the last ones are, for a report.
    fn wants_all(&self, outlet: Outlet) -> bool {
        self.ready.is_some() || self.has_listener(outlet) || self.node.level_of(section(outlet)) <= Level::Debug
    }

    fn line(&mut self, outlet: Outlet, line: &RawLine<'_>) {
        let text = String::from_utf8_lossy(line.bytes);
        if let Some(sign) = &self.ready
            && text.contains(&**sign)
        {
            self.ready = None;
            self.node.ready();
        }
        if line.dropped > 0 && self.has_listener(outlet) {
            // A part of an event is not passed on.
            let value = json!({ "bytes": line.bytes.len() + line.dropped });
            self.node.event(Level::Warning, section(outlet), "line_too_long", value);
        } else if !self.is_taken(outlet, &text) {
            let text = printable(&text, line.dropped);
            self.node.event(Level::Debug, section(outlet), "output", Value::String(text));
        }
    }

    fn has_listener(&self, outlet: Outlet) -> bool {
        self.listeners.iter().any(|listener| listener.source.is(outlet))
    }

    /// Whether a function of the description handles the line.
    fn is_taken(&self, outlet: Outlet, text: &str) -> bool {
        let mut listeners = self.listeners.iter().filter(|listener| listener.source.is(outlet));
        listeners.any(|listener| {
            let taken = catch_unwind(AssertUnwindSafe(|| (listener.take)(&self.node, text)));
            taken.unwrap_or_else(|_| {
                self.node.misuse(format!("the function that takes its events panicked at `{}`", printable(text, 0)));
                true
            })
        })
    }
}

impl Sink for Output {
    fn take(&mut self, outlet: Outlet, bytes: &[u8]) {
        let mut bytes = bytes;
        if !self.wants_all(outlet)
            && let Some(skipped) = before_the_last_lines(bytes)
        {
            self.lines(outlet).skip();
            bytes = &bytes[skipped..];
        }
        let mut lines = std::mem::take(self.lines(outlet));
        lines.feed(bytes, |line| self.line(outlet, &line));
        *self.lines(outlet) = lines;
    }

    fn finish(&mut self) {
        for outlet in [Outlet::Stdout, Outlet::Stderr, Outlet::Pipe] {
            let mut lines = std::mem::take(self.lines(outlet));
            lines.finish(|line| self.line(outlet, &line));
        }
    }
}

fn section(outlet: Outlet) -> &'static str {
    match outlet {
        Outlet::Stdout => "process.stdout",
        Outlet::Stderr => "process.stderr",
        Outlet::Pipe => "process.pipe",
    }
}

/// Where the last lines begin, if there are more than those. Frames of a backtrace do not count, so that it does not hide its panic.
fn before_the_last_lines(bytes: &[u8]) -> Option<usize> {
    let ends = bytes.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
    let begins = ends.map(|(place, _)| place + 1);
    begins.filter(|begin| !is_frame(&bytes[*begin..])).nth(LAST)
}

/// A line for a report: without colours and control characters, and not too long.
fn printable(text: &str, dropped: usize) -> String {
    let shown = &text[..text.floor_char_boundary(MOST_OF_A_LINE)];
    let missing = text.len() - shown.len() + dropped;
    let mut clean: String = without_colours(shown)
        .chars()
        .map(|c| if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if missing > 0 {
        clean += &format!(".. (and {missing} bytes)");
    }
    clean
}

/// The text without the sequences that set colours: an escape, a bracket, and all up to a letter.
fn without_colours(text: &str) -> Cow<'_, str> {
    let mut parts = text.split("\u{1b}[");
    let mut clean = Cow::Borrowed(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(part.len(), |end| end + 1);
        clean += &part[end..];
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cleaned_of_colours_and_control_characters() {
        assert_eq!(printable("\u{1b}[1;31merror\u{1b}[0m: \u{7}beep", 0), "error: \u{fffd}beep");
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let line = printable(&"é".repeat(3000), 10);
        assert!(line.ends_with("é.. (and 1914 bytes)"), "{}", &line[line.len() - 30..]);
    }

    #[test]
    fn only_the_last_lines_of_a_flood_count() {
        let flood: String = (0..100).map(|number| format!("{number}\n")).collect();
        let start = before_the_last_lines(flood.as_bytes()).expect("there are more lines");
        assert_eq!(flood[start..].lines().next(), Some("84"));
        assert_eq!(before_the_last_lines(b"one\ntwo\n"), None);
    }

    #[test]
    fn a_long_backtrace_does_not_hide_its_panic() {
        let frames: String =
            (0..100).map(|number| format!("{number:>4}: kv::main\n             at src/main.rs:7:5\n")).collect();
        let panic = format!("thread 'main' panicked at src/main.rs:7:5:\non purpose\nstack backtrace:\n{frames}");
        assert_eq!(before_the_last_lines(panic.as_bytes()), None);
    }
}
