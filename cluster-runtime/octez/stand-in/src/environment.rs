//! The variables of the environment.

use crate::names::Names;
use crate::refusal::Result;

/// Variables that only say to the test where programs are.
const OF_THE_TEST: [&str; 2] = ["OCTEZ_NODE", "MAVKIT_NODE"];
const PREFIXES: [&str; 4] = ["TEZOS_", "OCTEZ_", "MAVRYK_", "MAVKIT_"];

/// Refuses variables that mean something to a node, and that Tezt does not set for this one.
pub(crate) fn check(names: Names) -> Result {
    for (variable, _) in std::env::vars_os() {
        let variable = variable.to_string_lossy();
        let is_ours = PREFIXES.iter().any(|prefix| variable.starts_with(prefix));
        if is_ours && variable != names.events_variable && !OF_THE_TEST.contains(&&*variable) {
            return Err(format!("unexpected variable `{variable}` in the environment"));
        }
    }
    Ok(())
}

/// Where events go.
pub(crate) fn events(names: Names) -> Result<String> {
    std::env::var(names.events_variable).map_err(|error| format!("variable `{}`: {error}", names.events_variable))
}
