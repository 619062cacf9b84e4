use std::fmt;
use std::io;
use std::path::Path;

use super::BoxFuture;

/// The directory of a node, in which its programs run.
pub trait Files: fmt::Debug + Send + Sync {
    /// Its path, as programs see it. It is created at the first call, and exists as long as the node's spot.
    ///
    /// # Errors
    /// When it cannot be created.
    fn dir(&self) -> io::Result<&Path>;

    /// Makes it outlive the spot, and returns where it is, if it exists and can be kept.
    fn keep(&self) -> Option<String> {
        None
    }

    /// Removes all that is in it, if it exists.
    fn wipe(&self) -> BoxFuture<'_, io::Result<()>>;

    /// Reads a file.
    fn read<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<Vec<u8>>>;

    /// Writes a file, and creates its parent directories.
    fn write<'a>(&'a self, file: &'a str, contents: &'a [u8]) -> BoxFuture<'a, io::Result<()>>;

    /// Removes a file, if it exists.
    fn remove<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>>;

    /// Whether a file exists.
    fn exists<'a>(&'a self, file: &'a str) -> BoxFuture<'a, bool>;

    /// Connects to a UNIX socket, and closes the connection.
    fn reach_unix_socket<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>>;
}
