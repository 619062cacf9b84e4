use std::fs::{self, File};
use std::io;
use std::path::Path;

use tokio::net::unix::pipe;

use crate::driver::Driver;

/// A named pipe that is read as long as a program runs, even while its other end is closed.
#[derive(Debug)]
pub struct NamedPipe {
    /// What reads it.
    pub reader: pipe::Receiver,
    /// A writer, without which the reader would reach the end.
    pub writer: File,
}

impl NamedPipe {
    /// Creates it, replacing one of an earlier run, and opens it for reading. The driver polls it.
    ///
    /// # Errors
    /// When it cannot be created or opened.
    pub fn create(driver: &Driver, path: &Path) -> io::Result<Self> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        make(path)?;
        let _driver = driver.enter();
        let reader = pipe::OpenOptions::new().open_receiver(path)?;
        Ok(Self { reader, writer: File::options().write(true).open(path)? })
    }
}

#[cfg(not(target_vendor = "apple"))]
fn make(path: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    Ok(mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o640), 0)?)
}

/// Such a system has no call for it that is safe.
#[cfg(target_vendor = "apple")]
fn make(path: &Path) -> io::Result<()> {
    match std::process::Command::new("mkfifo").args(["-m", "640"]).arg(path).status()?.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!("mkfifo cannot create {}", path.display()))),
    }
}
