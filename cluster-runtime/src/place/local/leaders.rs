use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, MutexGuard};

use rustix::process::Pid;

use crate::lock::lock;

/// The leaders of all groups that are not over.
pub(super) fn leaders() -> MutexGuard<'static, HashSet<Pid>> {
    static LEADERS: LazyLock<Mutex<HashSet<Pid>>> = LazyLock::new(Mutex::default);
    lock(&LEADERS)
}
