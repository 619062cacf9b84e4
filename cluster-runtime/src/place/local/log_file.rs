//! The file that all output of a node is written to.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Its name.
const NAME: &str = "output.log";

/// A file that is larger is rotated, and replaces the one that was rotated before.
const LARGEST: u64 = 32 << 20;

/// The file `output.log`, to which all output of a node is written. It is bounded: one that is too large is rotated.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    /// With its size. It is created at the first write, as creating a file takes a noticeable time.
    file: Option<(File, u64)>,
}

impl LogFile {
    /// The file in this directory of a node. One of an earlier run is appended to.
    pub fn new(directory: &Path) -> Self {
        Self { path: directory.join(NAME), file: None }
    }

    /// Writes the next bytes.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.as_ref().is_some_and(|(_, size)| *size > LARGEST) {
            fs::rename(&self.path, self.path.with_extension("old.log"))?;
            self.file = None;
        }
        let (file, size) = match &mut self.file {
            Some(file) => file,
            none => {
                let file = OpenOptions::new().create(true).append(true).open(&self.path)?;
                let size = file.metadata()?.len();
                none.insert((file, size))
            }
        };
        file.write_all(bytes)?;
        *size += bytes.len() as u64;
        Ok(())
    }
}
