//! The directory of one node.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::root::root;
use super::watchdog::watchdog;
use super::worker::Worker;

/// How many characters of a node's name are part of its directory's.
const MOST_OF_A_NAME: usize = 40;

/// A directory with this file is kept.
const KEEP: &str = ".keep";

/// A node's directory. It is removed when it is dropped, and when this process ends in any way, unless it is kept.
#[derive(Debug)]
pub(super) struct Directory(PathBuf);

impl Directory {
    pub(super) fn create(name: &str) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // The watchdog removes what this process leaves behind.
        watchdog()?;
        let path = root()?.join(format!("{number}-{}", as_file_name(name)));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes all that is in it.
    pub(super) fn wipe(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            match entry.file_type()?.is_dir() {
                true => fs::remove_dir_all(entry.path())?,
                false => fs::remove_file(entry.path())?,
            }
        }
        Ok(())
    }

    /// Keeps the directory when this is dropped.
    pub(super) fn keep(&self) {
        // It may have been removed by the test itself.
        let _ = fs::write(self.0.join(KEEP), "");
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        static REMOVAL: Worker<PathBuf> =
            Worker::new("cluster-removal", |paths| paths.iter().for_each(|path| remove(path)));
        REMOVAL.add(std::mem::take(&mut self.0));
    }
}

fn remove(path: &Path) {
    if !path.join(KEEP).exists() {
        // What cannot be removed now is left to the watchdog.
        let _ = fs::remove_dir_all(path);
    }
}

pub(in crate::place) fn as_file_name(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' };
    name.chars().take(MOST_OF_A_NAME).map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_one_part_of_a_path() {
        assert_eq!(as_file_name("leaves.1"), "leaves.1");
        assert_eq!(as_file_name("../a b"), ".._a_b");
    }
}
