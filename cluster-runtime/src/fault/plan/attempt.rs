//! One run of a plan, which may be repeated by other processes with fewer acts.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::run_id::{RunId, STEPS_VARIABLE};
use super::script::Script;
use super::shrink::shrink;
use super::step::Step;
use crate::clock;
use crate::lock::lock;
use crate::node::Home;
use crate::place::SHRINK_VARIABLE;

/// A run that has begun. If the test fails after it, its acts are printed.
pub(super) struct Attempt {
    id: RunId,
    home: Arc<Home>,
    seed: u64,
    began: Instant,
    script: Script,
    /// The numbers of the steps that have begun.
    begun: Mutex<Vec<usize>>,
    is_told: bool,
    is_idle: bool,
}

impl Attempt {
    pub(super) fn new(id: RunId, home: Arc<Home>, seed: u64, script: Script) -> Self {
        let began = clock::instant();
        Self { id, home, seed, began, script, begun: Mutex::default(), is_told: false, is_idle: false }
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.script.steps
    }

    /// The step of this number has begun.
    pub(super) fn begun(&self, number: usize) {
        lock(&self.begun).push(number);
    }

    /// Whether a step has begun.
    pub(super) fn has_begun(&self) -> bool {
        !lock(&self.begun).is_empty()
    }

    /// The statements that repeat it, for its error. One that fails as its acts were idle is not shrunk: fewer acts are idle too.
    pub(super) fn fail(&mut self, is_idle: bool) -> String {
        (self.is_told, self.is_idle) = (true, is_idle);
        self.told().to_string()
    }

    /// The script of what has begun, or all of it if nothing has.
    fn told(&self) -> Script {
        if self.has_begun() { self.done() } else { self.script.clone() }
    }

    /// The script without what has not begun.
    fn done(&self) -> Script {
        let begun = lock(&self.begun);
        let steps = self.script.steps.iter().enumerate().filter(|(number, _)| begun.contains(number));
        Script { steps: steps.map(|(_, step)| step.clone()).collect(), ..self.script }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if std::env::var_os(STEPS_VARIABLE).is_some() {
            return;
        }
        let (id, told, script) = (self.id.clone(), self.told(), self.done());
        let (seed, took) = (self.seed, clock::instant() - self.began);
        let repeat = match self.has_begun() {
            true => "a plan ran before the test failed; to repeat its acts",
            false => "no act of a plan had begun before the test failed; to repeat the whole plan",
        };
        let (is_told, is_idle) = (self.is_told, self.is_idle);
        self.home.add_aftermath(move || {
            if !is_told {
                eprintln!("{repeat}:\n{told}");
            }
            if std::env::var_os(SHRINK_VARIABLE).is_some_and(|value| value == "1") && !is_idle {
                shrink(&id, script, seed, took);
            }
        });
    }
}
