use std::fs::{self, File};
use std::io;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tokio::net::unix::pipe;

use super::background::background;

/// A named pipe that is read for as long as a program runs, whoever opens and closes its other end.
#[derive(Debug)]
pub(crate) struct NamedPipe {
    pub(super) reader: pipe::Receiver,
    /// Without a writer the reader would find an end.
    pub(super) writer: File,
}

impl NamedPipe {
    /// Makes it, in the place of one that an earlier run has left, and opens it for reading.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o640), 0)?;
        let _background = background()?.enter();
        let reader = pipe::OpenOptions::new().open_receiver(path)?;
        Ok(Self { reader, writer: File::options().write(true).open(path)? })
    }
}
