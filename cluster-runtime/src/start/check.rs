//! Runs a test in simulated time once more, in another process, and compares what happened.

use std::collections::HashMap;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use crate::event::Event;
use crate::lock::lock;
use crate::node::Home;
use crate::place::{die_with_parent, read_file, rerun, scratch_file, write_file};
use crate::seed::{SIMULATED_VARIABLE, is_simulation_checked};
use crate::simulation::Simulation;

/// The environment variable that says which cluster of the test is to write its journal, and where: `2:path`.
const JOURNAL_VARIABLE: &str = "CLUSTER_SIMULATED_JOURNAL";
/// How long the other run may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Compares the journal of a cluster that has ended with that of another run of its test, where the environment asks for that; or is
/// that other run.
///
/// # Panics
/// When they differ, or the test cannot be run again.
pub(super) fn check(home: &Home, simulation: &Simulation, thread: Option<&str>) {
    let test = thread.unwrap_or_default();
    let number = number_in(test);
    if let Ok(asked) = std::env::var(JOURNAL_VARIABLE) {
        die_with_parent();
        if let Some((_, path)) = asked.split_once(':').filter(|(asked, _)| *asked == number.to_string()) {
            write_file(Path::new(path), journal(home).as_bytes())
                .expect("the journal can be written for its comparison");
        }
        return;
    }
    if is_simulation_checked() && !std::thread::panicking() {
        let seed = simulation.seed();
        let other = other_run(test, number, seed);
        let other = other.unwrap_or_else(|error| panic!("`{test}` cannot be run again for its comparison: {error}"));
        if let Some(difference) = difference(&journal(home), &other) {
            panic!(
                "two runs of `{test}` with seed {seed} differ {difference}\n\
                 help: the docs of `place::Simulated` say what else is random, and what to use in its place"
            );
        }
    }
}

/// Which of the clusters of a test ends now, from 1.
fn number_in(test: &str) -> usize {
    static NUMBERS: Mutex<Option<HashMap<String, usize>>> = Mutex::new(None);
    let mut numbers = lock(&NUMBERS);
    let number = numbers.get_or_insert_default().entry(test.to_owned()).or_default();
    *number += 1;
    *number
}

/// What happened, an event a line, without what differs from process to process.
fn journal(home: &Home) -> String {
    let mut lines = String::new();
    for event in home.journal().all() {
        let Event { number, time, node, .. } = &*event;
        let time = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        // A string takes everything.
        let _ = writeln!(lines, "{number} {}.{:09} {node} {event}", time.as_secs(), time.subsec_nanos());
    }
    lines
}

fn other_run(test: &str, number: usize, seed: u64) -> io::Result<String> {
    let path: PathBuf = scratch_file("journal")?;
    let asked = format!("{number}:{}", path.display());
    let with = [(SIMULATED_VARIABLE, seed.to_string()), (JOURNAL_VARIABLE, asked)];
    let ended = rerun(&["--exact", test, "--include-ignored"], &with, PATIENCE)?;
    if ended.is_none() {
        return Err(io::Error::new(io::ErrorKind::TimedOut, format!("it has not ended within {PATIENCE:?}")));
    }
    let written =
        read_file(&path).map_err(|_| io::Error::other("its other run has not come to the end of this cluster"))?;
    Ok(String::from_utf8_lossy(&written).into_owned())
}

/// Where two journals differ first.
fn difference(one: &str, other: &str) -> Option<String> {
    let (ones, others): (Vec<_>, Vec<_>) = (one.lines().collect(), other.lines().collect());
    let most = ones.len().max(others.len());
    let at = (0..most).find(|at| ones.get(*at) != others.get(*at))?;
    let line = |lines: &[&str]| lines.get(at).copied().unwrap_or("nothing more").to_owned();
    let before = at.checked_sub(1).map_or("nothing", |before| ones[before]);
    Some(format!(
        "after {at} events\n  the last that both have: {before}\n  then one has:  {}\n  and the other: {}",
        line(&ones),
        line(&others)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_journals_do_not_differ() {
        assert_eq!(difference("0 a\n1 b\n", "0 a\n1 b\n"), None);
    }

    #[test]
    fn the_first_difference_is_told_with_what_is_before_it() {
        let told = difference("0 a\n1 b\n2 c\n", "0 a\n1 x\n2 c\n").expect("they differ");
        assert!(["after 1 events", "0 a", "1 b", "1 x"].iter().all(|part| told.contains(part)), "{told}");
        let told = difference("0 a\n", "0 a\n1 b\n").expect("one is longer");
        assert!(["nothing more", "1 b"].iter().all(|part| told.contains(part)), "{told}");
    }
}
