//! The exit statuses of children, in a process that has inherited an ignored SIGCHLD.

use std::fs;
use std::io;

use rustix::process::Signal;
use tokio::signal::unix::{SignalKind, signal};

use crate::driver::Driver;

/// If a parent has left SIGCHLD ignored, the system discards the exit statuses of children. Any handler undoes that.
pub(super) fn remember_ends(driver: &Driver) -> io::Result<()> {
    if is_ignored() {
        let _driver = driver.enter();
        // The handler is never removed.
        drop(signal(SignalKind::child())?);
    }
    Ok(())
}

/// Whether SIGCHLD is ignored, where the system reports that.
fn is_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_some_and(|signals| signals >> (Signal::CHILD.as_raw() - 1) & 1 == 1)
}
