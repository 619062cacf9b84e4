//! The report of a cluster that runs, where one is written in any case: a test that is killed leaves it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::facts::Facts;
use super::files;
use super::settings::Settings;
use super::stream::Stream;
use super::test::Test;
use crate::clock::instant;
use crate::event::Event;
use crate::journal::Journal;
use crate::lock::lock;
use crate::place;

/// The least pause before what tells the story is written anew.
const LEAST_PAUSE: Duration = Duration::from_secs(1);
/// How many times as long as writing it took that pause is: it has a twentieth of a processor at most.
const PAUSE_FACTOR: u32 = 20;

/// A report that is written while its test runs. Each event is in `events.jsonl` before whoever reports it goes on; what else
/// there is to read is written anew while things happen.
pub(crate) struct Record {
    test: Test,
    writing: Arc<Writing>,
}

struct Writing {
    directory: PathBuf,
    /// `None` when it is over, or the events cannot be written.
    stream: Mutex<Option<Stream>>,
    is_over: Mutex<bool>,
    /// Whether the record was dropped. Nobody holds it while the cluster may be dropped.
    is_dropped: Mutex<bool>,
    dropped: Condvar,
}

impl Record {
    /// Begins it, of a cluster that was declared by a thread of this name. `facts` are what there is to tell of the cluster, as
    /// long as it is there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn begin(
        thread: Option<&str>,
        journal: &Journal,
        facts: impl Fn(Test) -> Option<Facts> + Send + 'static,
    ) -> io::Result<Self> {
        let test = Test::of_thread(thread);
        let parent = Settings::of_environment().directory;
        let directory = place::new_report_directory(parent.as_deref(), &test.directory())?;
        let stream = Mutex::new(Some(Stream::new(&directory)?));
        let writing = Arc::new(Writing {
            directory,
            stream,
            is_over: Mutex::default(),
            is_dropped: Mutex::default(),
            dropped: Condvar::new(),
        });
        let (renewed, of_test) = (writing.clone(), test.clone());
        let renewing = move || renewed.renew(|| facts(of_test.clone()));
        thread::Builder::new().name("cluster-report".to_owned()).spawn(renewing)?;
        let recorded = writing.clone();
        journal.record(move |event| recorded.add(event));
        Ok(Self { test, writing })
    }

    pub(crate) fn test(&self) -> &Test {
        &self.test
    }

    /// Writes all of it for the last time.
    pub(super) fn finish(&self, facts: &Facts) -> io::Result<PathBuf> {
        *lock(&self.writing.is_over) = true;
        let stream = lock(&self.writing.stream).take();
        stream.map_or(Ok(()), Stream::end)?;
        files::write(facts, &self.writing.directory)?;
        Ok(self.writing.directory.clone())
    }
}

impl Writing {
    fn add(&self, event: &Event) {
        let mut stream = lock(&self.stream);
        if let Some(Err(error)) = stream.as_mut().map(|stream| stream.add(event)) {
            *stream = None;
            eprintln!("the report has no events from here on, as they could not be written: {error}");
        }
    }

    /// Tells the story anew from time to time until the record is dropped.
    fn renew(&self, facts: impl Fn() -> Option<Facts>) {
        let (mut told, mut pause) = (None, Duration::ZERO);
        while !self.is_dropped_within(pause) {
            let began = instant();
            if let Err(error) = self.tell(&facts, &mut told) {
                eprintln!("the report could not be written: {error}");
                return;
            }
            pause = ((instant() - began) * PAUSE_FACTOR).max(LEAST_PAUSE);
        }
    }

    fn is_dropped_within(&self, time: Duration) -> bool {
        let waited = self.dropped.wait_timeout_while(lock(&self.is_dropped), time, |is_dropped| !*is_dropped);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Tells the story anew, if there are other events than those that were told of.
    fn tell(&self, facts: impl Fn() -> Option<Facts>, told: &mut Option<usize>) -> io::Result<()> {
        // While it is locked the cluster is not dropped: this keeps nothing of it that others should see gone.
        let is_over = lock(&self.is_over);
        let Some(facts) = (!*is_over).then(facts).flatten() else { return Ok(()) };
        drop(is_over);
        let last = facts.events.last().map_or(0, |event| event.number as usize + 1);
        if told.replace(last) == Some(last) {
            return Ok(());
        }
        let story = files::story(&facts);
        let is_over = lock(&self.is_over);
        if *is_over {
            return Ok(());
        }
        story.iter().try_for_each(|(name, contents)| replace(&self.directory, name, contents))?;
        files::link_files(&facts, &self.directory)
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        *lock(&self.writing.is_dropped) = true;
        self.writing.dropped.notify_all();
    }
}

/// Writes a file so that it is whole at any time.
fn replace(directory: &Path, name: &str, contents: &str) -> io::Result<()> {
    let new = directory.join(format!(".{name}"));
    place::write_file(&new, contents.as_bytes())?;
    place::move_file(&new, &directory.join(name))
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("directory", &self.writing.directory).finish_non_exhaustive()
    }
}
