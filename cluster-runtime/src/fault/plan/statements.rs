use std::time::Duration;

use super::step::{Step, duration};

/// Rust statements that make a plan of these steps.
pub(super) fn statements(steps: &[Step], quiet: Duration) -> String {
    let steps: String = steps.iter().map(|step| format!("    {step},\n")).collect();
    format!("let plan = Plan::of([\n{steps}])\n.quiet({});", duration(quiet))
}
