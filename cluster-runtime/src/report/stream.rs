//! `events.jsonl` while the events come.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::json;

use super::files::MOST_OF_JSONL;
use super::jsonl::{EVENTS, line};
use crate::event::Event;
use crate::place::{self, LineFile};

/// The file of the events before those of `events.jsonl`, where they are too many for one.
const EARLIER: &str = "events.earlier.jsonl";

/// Events as lines of JSON in two files, of which the older one is written over when the newer one is full.
#[derive(Debug)]
pub(super) struct Stream {
    directory: PathBuf,
    file: LineFile,
    first: Option<SystemTime>,
    /// How many events are in `file`, in the earlier one, and in none any more.
    written: usize,
    earlier: usize,
    left_out: usize,
}

impl Stream {
    pub(super) fn new(directory: &Path) -> io::Result<Self> {
        let file = LineFile::create(&directory.join(EVENTS))?;
        Ok(Self { directory: directory.to_owned(), file, first: None, written: 0, earlier: 0, left_out: 0 })
    }

    /// The event is in the file once this returns.
    pub(super) fn add(&mut self, event: &Event) -> io::Result<()> {
        let line = line(event, *self.first.get_or_insert(event.time));
        if self.written > 0 && self.file.bytes() + line.len() > MOST_OF_JSONL / 2 {
            self.turn_over()?;
        }
        self.written += 1;
        self.file.add(&line)
    }

    fn turn_over(&mut self) -> io::Result<()> {
        let (newest, earlier) = (self.directory.join(EVENTS), self.directory.join(EARLIER));
        place::move_file(&newest, &earlier)?;
        self.file = LineFile::create(&newest)?;
        self.left_out += self.earlier;
        self.earlier = std::mem::take(&mut self.written);
        let help = format!("{} events before these are in {EARLIER}", self.earlier);
        self.file.add(&format!("{}\n", json!({ "left_out": self.left_out, "help": help })))
    }

    /// No event is added any more, and the earlier ones are written elsewhere.
    pub(super) fn end(self) -> io::Result<()> {
        place::remove_file(&self.directory.join(EARLIER))
    }
}
