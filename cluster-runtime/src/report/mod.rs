//! What a failed test tells: lines for its output, and a report as files.

// Each module uses only those above it:
// - `settings`: the variables of the environment; `test`: which test it is, and how to run it again;
// - `moment`, `jsonl`: the journal as lines of JSON;
// - `facts`: all that is told, as a value; `lines`: a few lines of it; `text`: the whole story as text;
// - `replay`: what became of nodes and links, event by event; `escaped`, `graph`, `page`: the page with the network;
// - `files`: all files of a report; `stream`, `record`: those that are written while the test runs.

mod escaped;
mod facts;
mod files;
mod graph;
mod jsonl;
mod lines;
mod moment;
mod page;
mod record;
mod replay;
mod settings;
mod stream;
mod test;
mod text;

pub(crate) use facts::{Facts, Occasion, TroubledNode};
pub(crate) use record::Record;
pub(crate) use settings::{REPORT_VARIABLE, Settings, When};
pub(crate) use test::Test;

/// Where a report is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Written<'a> {
    Nowhere,
    /// In a directory of its own.
    Anew,
    /// Where it is written while the test runs.
    Over(&'a Record),
}

/// Writes the report, if it is asked for, and returns the lines for the output of the test.
pub(crate) fn tell(facts: &Facts, written: Written<'_>) -> Vec<String> {
    let written = match written {
        Written::Nowhere => None,
        Written::Anew => Some(files::write_anew(facts)),
        Written::Over(record) => Some(record.finish(facts)),
    };
    lines::lines(facts, written.as_ref())
}
