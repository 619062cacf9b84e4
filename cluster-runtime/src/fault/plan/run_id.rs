//! Which run of a plan it is, so that another process can run it again.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::step::Step;
use super::step_json::{from_json, to_json};
use crate::lock::lock;
use crate::place::die_with_parent;

/// The environment variable with the steps of one run, which take the place of its own.
pub(super) const STEPS_VARIABLE: &str = "CLUSTER_PLAN_STEPS";

/// The name of the test that a run belongs to, and its number there.
#[derive(Clone, Debug)]
pub(super) struct RunId {
    pub(super) test: String,
    pub(super) number: usize,
}

impl RunId {
    /// The next run of the test that the calling thread belongs to. In a test it has its name, which nextest also tells.
    pub(super) fn next() -> Self {
        static RUNS: Mutex<Option<HashMap<String, usize>>> = Mutex::new(None);
        let of_thread = || std::thread::current().name().unwrap_or_default().to_owned();
        let test = std::env::var("NEXTEST_TEST_NAME").unwrap_or_else(|_| of_thread());
        let mut runs = lock(&RUNS);
        let next = runs.get_or_insert_default().entry(test.clone()).or_default();
        let number = *next;
        *next += 1;
        Self { test, number }
    }

    /// The steps that the environment has for this run.
    pub(super) fn steps(&self) -> Option<Vec<Step>> {
        let text = std::env::var(STEPS_VARIABLE).ok()?;
        die_with_parent();
        let value: Value = serde_json::from_str(&text).ok()?;
        if value["run"] != self.number {
            return None;
        }
        value["steps"].as_array()?.iter().map(from_json).collect()
    }

    /// The value of the variable that makes this run have these steps.
    pub(super) fn with_steps(&self, steps: &[Step]) -> String {
        json!({ "run": self.number, "steps": steps.iter().map(to_json).collect::<Vec<_>>() }).to_string()
    }
}
