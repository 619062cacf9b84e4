//! Directories that nodes have left, emptied for nodes to come: where many files were removed, some file systems (ext4) take
//! long to make new ones, for minutes.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;

use super::log_file::NAME;

/// How many are kept.
const MOST: usize = 1024;

static SPARE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Makes a directory, or takes one that is to spare.
pub(super) fn take(path: &Path) -> io::Result<()> {
    let spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    match spare {
        Some(spare) if fs::rename(&spare, path).is_ok() => Ok(()),
        _ => fs::create_dir(path),
    }
}

/// Removes a directory, or empties it and keeps it under another name.
pub(super) fn give(path: &Path, spare: PathBuf) -> io::Result<()> {
    if SPARE.lock().unwrap_or_else(PoisonError::into_inner).len() >= MOST {
        return fs::remove_dir_all(path);
    }
    fs::rename(path, &spare)?;
    for entry in fs::read_dir(&spare)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(path)?;
        } else if entry.file_name() == NAME {
            OpenOptions::new().write(true).truncate(true).open(path)?;
        } else {
            fs::remove_file(path)?;
        }
    }
    SPARE.lock().unwrap_or_else(PoisonError::into_inner).push(spare);
    Ok(())
}
