//! Files in the directory of a node, and those that a test asks for. They are small and in the system's cache: another thread would cost more than the work.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut contents = Vec::new();
    open(path, OpenOptions::new().read(true))?.read_to_end(&mut contents)?;
    Ok(contents)
}

/// Writes a file, and creates its parent directories.
pub(crate) fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    open(path, OpenOptions::new().write(true).create(true).truncate(true))?.write_all(contents)
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens a regular file. Anything else, such as a named pipe, might block for ever, and is refused at once.
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let refusal = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file");
    match options.custom_flags(libc::O_NONBLOCK).open(path) {
        Ok(file) if file.metadata()?.is_file() => Ok(file),
        Ok(_) => Err(refusal()),
        // The error for a pipe without a reader.
        Err(error) if error.raw_os_error() == Some(libc::ENXIO) => Err(refusal()),
        Err(error) => Err(error),
    }
}
