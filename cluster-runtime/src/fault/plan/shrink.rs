//! The least plan with which a test fails, found by running the test again with fewer acts.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::run_id::{RunId, STEPS_VARIABLE};
use super::script::Script;
use super::step::Step;
use crate::place::{LEAST_VARIABLE, SHRINK_VARIABLE, rerun, write_file};
use crate::seed::SEED_VARIABLE;

/// What a test may take in addition to what its runs take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Prints the least plan with which the test still fails. It blocks the thread: the test is over.
pub(super) fn shrink(run: &RunId, script: Script, seed: u64, took: Duration) {
    let most = PATIENCE + took.saturating_mul(2 * u32::try_from(run.number + 1).unwrap_or(u32::MAX));
    let mut fails = |steps: &[Step]| {
        let arguments = ["--exact", &run.test, "--include-ignored"];
        let with = [(STEPS_VARIABLE, run.with_steps(steps)), (SEED_VARIABLE, seed.to_string())];
        Ok(rerun(&arguments, &with, most)? == Some(false))
    };
    let count = script.steps.len();
    let said = match least(script.steps, &mut fails) {
        Ok(Some(steps)) => format!(
            "the least plan with which `{}` still fails has {} of {count} acts:\n{}",
            run.test,
            steps.len(),
            Script { steps, quiet: script.quiet, min_alive: script.min_alive }
        ),
        Ok(None) => format!(
            "the plan is not shrunk: `{}` did not fail when it was run again with the same acts\n\
             help: it may depend on more than them; {SHRINK_VARIABLE} needs the name of the test, which is not known where tests run in \
             the main thread, or where `net.run(..)` is awaited in a task of its own",
            run.test
        ),
        Err(error) => format!("the plan is not shrunk: the test cannot be run again: {error}"),
    };
    eprintln!("{said}");
    if let Some(path) = std::env::var_os(LEAST_VARIABLE) {
        // Who asks for it does without it.
        let _ = write_file(Path::new(&path), said.as_bytes());
    }
}

/// Leaves out ever smaller parts of these steps, as long as it still fails; `None` if it does not fail with all of them.
fn least(mut steps: Vec<Step>, fails: &mut impl FnMut(&[Step]) -> io::Result<bool>) -> io::Result<Option<Vec<Step>>> {
    if !fails(&steps)? {
        return Ok(None);
    }
    let mut size = steps.len();
    while size > 0 {
        let mut from = 0;
        while from < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(from..(from + size).min(steps.len()));
            match fails(&fewer)? {
                true => steps = fewer,
                false => from += size,
            }
        }
        size /= 2;
    }
    Ok(Some(steps))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: usize) -> Step {
        Step::pause([name.to_string()])
    }

    #[test]
    fn what_does_not_matter_is_left_out() {
        let steps: Vec<_> = (0..20).map(step).collect();
        let needed = [step(3), step(17)];
        let mut runs = 0;
        let mut fails = |steps: &[Step]| {
            runs += 1;
            Ok(needed.iter().all(|step| steps.contains(step)))
        };
        assert_eq!(least(steps, &mut fails).expect("it runs"), Some(needed.to_vec()));
        assert!(runs < 40, "{runs} runs");
    }

    #[test]
    fn what_does_not_fail_again_is_not_shrunk() {
        assert_eq!(least(vec![step(1)], &mut |_| Ok(false)).expect("it runs"), None);
    }
}
