//! The limit of open files.

use std::fs;
use std::sync::Once;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// macOS refuses more than its `OPEN_MAX`, even where the hard limit is none.
const OPEN_MAX: u64 = 10_240;

/// File descriptors of this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descriptors {
    pub(crate) open: u64,
    pub(crate) limit: u64,
}

/// The file descriptors of this process, where their number is limited. The soft limit is raised to the hard one before.
pub(crate) fn descriptors() -> Option<Descriptors> {
    raise_limit();
    let limit = getrlimit(Resource::Nofile).current?;
    // Where the system does not report them, none is counted.
    let open = fs::read_dir("/dev/fd").map_or(0, |entries| entries.count() as u64);
    Some(Descriptors { open, limit })
}

/// Raises the soft limit to the hard one, before the first sockets are needed.
pub(super) fn raise_limit_once() {
    static RAISE: Once = Once::new();
    RAISE.call_once(raise_limit);
}

fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let is_bounded = cfg!(target_vendor = "apple");
        let current = if is_bounded { Some(limit.maximum.unwrap_or(OPEN_MAX).min(OPEN_MAX)) } else { limit.maximum };
        // If that is refused, the soft limit stays.
        let _ = setrlimit(Resource::Nofile, Rlimit { current, maximum: limit.maximum });
    }
}
