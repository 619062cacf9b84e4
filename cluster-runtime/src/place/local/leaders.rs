use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use rustix::process::Pid;

/// The leaders of all groups that are not over.
pub(super) fn leaders() -> MutexGuard<'static, HashSet<Pid>> {
    static LEADERS: LazyLock<Mutex<HashSet<Pid>>> = LazyLock::new(Mutex::default);
    LEADERS.lock().unwrap_or_else(PoisonError::into_inner)
}
