use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use super::root::root;
use super::watchdog::watchdog;

/// The path of a file that is removed with this process.
pub(crate) fn scratch_file(name: &str) -> io::Result<PathBuf> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    watchdog()?;
    Ok(root()?.join(format!("{name}-{}", NEXT.fetch_add(1, Ordering::Relaxed))))
}
