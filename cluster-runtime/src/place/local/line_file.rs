//! A file that grows line by line.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// What was added to it is there when this process is killed.
#[derive(Debug)]
pub(crate) struct LineFile {
    file: File,
    bytes: usize,
}

impl LineFile {
    /// A new file in the place of one that may be there.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::create(path)?, bytes: 0 })
    }

    pub(crate) fn add(&mut self, line: &str) -> io::Result<()> {
        self.bytes += line.len();
        self.file.write_all(line.as_bytes())
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Renames a file, in the place of one that may be there.
pub(crate) fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}
