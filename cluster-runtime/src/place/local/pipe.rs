use std::fs::{self, File};
use std::io;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tokio::net::unix::pipe;

use crate::driver::Driver;

/// A named pipe that is read for as long as a program runs, whoever opens and closes its other end.
#[derive(Debug)]
pub(super) struct NamedPipe {
    pub(super) reader: pipe::Receiver,
    /// Without a writer the reader would find an end.
    pub(super) writer: File,
}

impl NamedPipe {
    /// Makes it, in the place of one that an earlier run has left, and opens it for reading.
    pub(super) fn create(driver: &Driver, path: &Path) -> io::Result<Self> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o640), 0)?;
        let _driver = driver.enter();
        let reader = pipe::OpenOptions::new().open_receiver(path)?;
        Ok(Self { reader, writer: File::options().write(true).open(path)? })
    }
}
