//! What a failed test tells: lines for its output, and a report as files.

// Each module uses only those above it:
// - `settings`: the variables of the environment; `test`: which test it is, and how to run it again;
// - `facts`: all that is told, as a value; `lines`: a few lines of it; `text`: the whole story as text;
// - `moment`, `jsonl`: the journal as lines of JSON; `replay`: what became of nodes and links, event by event;
// - `graph`, `page`: the page with the network; `files`: all files of a report.

mod facts;
mod files;
mod graph;
mod jsonl;
mod lines;
mod moment;
mod page;
mod replay;
mod settings;
mod test;
mod text;

pub(crate) use facts::{Facts, TroubledNode};
pub(crate) use settings::{Settings, When};
pub(crate) use test::Test;

/// Writes the report, if it is asked for, and returns the lines for the output of the test.
pub(crate) fn tell(facts: &Facts, is_written: bool) -> Vec<String> {
    let written = is_written.then(|| files::write(facts));
    lines::lines(facts, written.as_ref())
}
