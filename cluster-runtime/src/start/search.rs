//! Runs a test with many seeds, each in a process of its own.

use std::fmt::Write;
use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::facts::Known;
use crate::lock::lock;
use crate::place::{LEAST_VARIABLE, SHRINK_VARIABLE, die_with_parent, read_file, remove_file, rerun, scratch_file};
use crate::report::{REPORT_VARIABLE, Test};
use crate::seed::{SEED_VARIABLE, SIMULATED_VARIABLE, seeds};
use crate::simulation::Simulation;

/// Set in the processes of a search.
const SEARCHED_VARIABLE: &str = "CLUSTER_SEARCHED";
/// How long a run with one seed may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long the search for the least plan may take.
const SHRINKING: Duration = Duration::from_secs(3600);
/// How many failing seeds are printed, and how many plans are shrunk to find the least of them.
const MOST_SHOWN: usize = 20;
const MOST_SHRUNK: usize = 3;

/// What became of the test with one seed, if it has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    Failed,
    DidNotEnd,
}

/// One of the processes of a search ends with what has started it.
pub(super) fn end_with_search() {
    if std::env::var_os(SEARCHED_VARIABLE).is_some() {
        die_with_parent();
    }
}

/// Runs the test of a cluster that has ended with as many seeds as the environment asks for, if it does, and prints what came of it.
/// It blocks the thread: the test is over.
///
/// # Panics
/// When it fails with one of them, unless it has failed already.
pub(super) fn search(known: &Known, simulation: Option<&Simulation>) {
    let Ok(Some(count)) = seeds() else { return };
    let test = Test::named_as(known.thread.as_deref());
    // One test at a time, and each once.
    static SEARCHED: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let mut searched = lock(&SEARCHED);
    if searched.iter().any(|other| other == test.name()) {
        return;
    }
    searched.push(test.name().to_owned());
    if let Some(own) = simulation.map(Simulation::seed).filter(|seed| *seed != known.seed) {
        eprintln!(
            "`{}` is not run with other seeds: its simulation has the seed {own} whatever that of the cluster is\n\
             help: write `.simulated(net.seed())` with the declared `net`, or leave it out and set {SIMULATED_VARIABLE}=1",
            test.name()
        );
        return;
    }
    let found = failures(test.name(), count).map(|failures| told(&test, count, &failures));
    drop(searched);
    match found {
        Ok(Ok(passed)) => eprintln!("{passed}"),
        Ok(Err(failed)) if thread::panicking() => eprintln!("{failed}"),
        Ok(Err(failed)) => panic!("{failed}"),
        Err(error) => panic!("`{}` cannot be run with other seeds: {error}", test.name()),
    }
}

/// Runs the test with the seeds from 1 to `count`, as many at a time as there are cores. Returns those with which it fails, in their order.
fn failures(test: &str, count: u64) -> io::Result<Vec<(u64, Failure)>> {
    let (next, failures) = (AtomicU64::new(1), Mutex::new(Ok(Vec::new())));
    let work = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed > count {
            return;
        }
        let failure = run(test, seed, &[], PATIENCE);
        let mut failures = lock(&failures);
        match (failure, &mut *failures) {
            (Ok(None), _) => {}
            (Ok(Some(failure)), Ok(failures)) => {
                let place = failures.partition_point(|(other, _)| *other < seed);
                failures.insert(place, (seed, failure));
            }
            (Err(error), failures) => *failures = Err(error),
            (_, Err(_)) => return,
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(work))));
    failures.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the test with this seed.
fn run(test: &str, seed: u64, with: &[(&'static str, String)], most: Duration) -> io::Result<Option<Failure>> {
    let mut with = with.to_vec();
    with.extend([(SEARCHED_VARIABLE, "1".to_owned()), (REPORT_VARIABLE, "never".to_owned())]);
    with.extend(seeded(seed));
    Ok(match rerun(&["--exact", test, "--include-ignored"], &with, most)? {
        Some(true) => None,
        Some(false) => Some(Failure::Failed),
        None => Some(Failure::DidNotEnd),
    })
}

/// What gives a run this seed: also its simulations, where the environment has them.
fn seeded(seed: u64) -> impl Iterator<Item = (&'static str, String)> {
    let is_simulated = std::env::var_os(SIMULATED_VARIABLE).is_some();
    let names = [Some(SEED_VARIABLE), is_simulated.then_some(SIMULATED_VARIABLE)];
    names.into_iter().flatten().map(move |name| (name, seed.to_string()))
}

/// What to print: that it has passed, or how it fails.
fn told(test: &Test, count: u64, failures: &[(u64, Failure)]) -> Result<String, String> {
    if failures.is_empty() {
        return Ok(format!("`{}` passes with the seeds 1 to {count}", test.name()));
    }
    let mut text =
        format!("`{}` fails with {} of the seeds 1 to {count}; to repeat each:", test.name(), failures.len());
    for (seed, failure) in failures.iter().take(MOST_SHOWN) {
        let how = if *failure == Failure::DidNotEnd {
            format!("   # did not end within {PATIENCE:?}")
        } else {
            String::new()
        };
        // A string takes everything.
        let _ = write!(text, "\n  {}{how}", test.command_with(seeded(*seed)));
    }
    if failures.len() > MOST_SHOWN {
        let _ = write!(text, "\n  and {} more", failures.len() - MOST_SHOWN);
    }
    let least = failures.iter().take(MOST_SHRUNK).filter_map(|(seed, _)| Some((seed, least(test.name(), *seed)?)));
    if let Some((seed, least)) = least.min_by_key(|(_, least)| least.lines().count()) {
        let _ = write!(text, "\nwith seed {seed} {}", least.trim_end());
    }
    Err(text)
}

/// What is said of the least plan with which the test fails with this seed, if it has a plan.
fn least(test: &str, seed: u64) -> Option<String> {
    let path = scratch_file("least").ok()?;
    let with = [(SHRINK_VARIABLE, "1".to_owned()), (LEAST_VARIABLE, path.display().to_string())];
    let ended = run(test, seed, &with, SHRINKING);
    let least = read_file(&path).ok().map(|least| String::from_utf8_lossy(&least).into_owned());
    // It is below a directory that is removed as well.
    let _ = remove_file(&path);
    ended.ok().and(least)
}
