//! One run of a plan, which may be repeated by other processes with fewer acts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::run_id::{RunId, SHRINK_VARIABLE, STEPS_VARIABLE};
use super::shrink::shrink;
use super::statements::statements;
use super::step::Step;
use crate::clock;
use crate::node::Home;

/// A run that has begun. If the test fails after it, its acts are printed.
pub(super) struct Attempt {
    id: RunId,
    home: Arc<Home>,
    seed: u64,
    quiet: Duration,
    began: Instant,
    steps: Vec<Step>,
    begun: Arc<AtomicUsize>,
    is_told: bool,
    is_idle: bool,
}

impl Attempt {
    pub(super) fn new(id: RunId, home: Arc<Home>, seed: u64, quiet: Duration, steps: Vec<Step>) -> Self {
        let (began, begun) = (clock::instant(), Arc::default());
        Self { id, home, seed, quiet, began, steps, begun, is_told: false, is_idle: false }
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Counts the steps that have begun.
    pub(super) fn begun(&self) -> Arc<AtomicUsize> {
        self.begun.clone()
    }

    /// The statements that repeat it, for its error. One that fails as its acts were idle is not shrunk: fewer acts are idle too.
    pub(super) fn fail(&mut self, is_idle: bool) -> String {
        (self.is_told, self.is_idle) = (true, is_idle);
        statements(self.steps_begun(), self.quiet)
    }

    fn steps_begun(&self) -> &[Step] {
        &self.steps[..self.begun.load(Ordering::Relaxed)]
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if std::env::var_os(STEPS_VARIABLE).is_some() {
            return;
        }
        let (id, steps, seed, quiet) = (self.id.clone(), self.steps_begun().to_vec(), self.seed, self.quiet);
        let (took, is_told, is_idle) = (clock::instant() - self.began, self.is_told, self.is_idle);
        self.home.add_aftermath(move || {
            if !is_told {
                eprintln!("a plan ran before the test failed; to repeat its acts:\n{}", statements(&steps, quiet));
            }
            if std::env::var_os(SHRINK_VARIABLE).is_some_and(|value| value == "1") && !is_idle {
                shrink(&id, steps, seed, quiet, took);
            }
        });
    }
}
