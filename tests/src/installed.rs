//! Programs of this machine, without which tests are skipped.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

/// Whether a program is installed. If it is not, prints that once, and the package of Debian that has it.
pub fn is_installed(program: &str, package: &str) -> bool {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_installed = std::env::split_paths(&path).any(|directory| directory.join(program).is_file());
    if !is_installed && TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(program.to_owned()) {
        // Not by a macro: what those write is not shown when a test passes.
        drop(writeln!(std::io::stderr(), "skipped: `{program}` is not installed: `apt-get install {package}`"));
    }
    is_installed
}
