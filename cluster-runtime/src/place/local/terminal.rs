//! The terminal of a person who watches a test.

use std::io::{self, IsTerminal, Write};

use super::termination::is_test;

/// Whether a person sees what is written to standard error, and no harness captures what the test prints.
pub(crate) fn is_watched() -> bool {
    let is_shown = |argument: String| argument == "--nocapture" || argument == "--no-capture";
    let is_captured = is_test() && std::env::var_os("RUST_TEST_NOCAPTURE").is_none() && !std::env::args().any(is_shown);
    io::stderr().is_terminal() && !is_captured
}

/// Replaces the last line of the terminal.
pub(crate) fn write_over(line: &str) {
    // There is nobody to tell of an error.
    let _ = io::stderr().write_all(format!("\r\x1b[K{line}").as_bytes());
}
