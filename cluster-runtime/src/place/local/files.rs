use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tokio::net::UnixStream;

use super::directory::Directory;
use super::file;
use crate::place::{BoxFuture, Files};

/// A directory of a node on this machine, which takes none until it is needed. It is removed when this is dropped, and when the test's
/// process ends in any way, unless it is [kept](Files::keep).
#[derive(Debug)]
pub struct LocalFiles {
    name: Arc<str>,
    directory: OnceLock<Arc<Directory>>,
}

impl LocalFiles {
    /// That of the node of this name.
    pub fn new(name: Arc<str>) -> Self {
        Self { name, directory: OnceLock::new() }
    }

    pub(super) fn directory(&self) -> io::Result<&Arc<Directory>> {
        if let Some(directory) = self.directory.get() {
            return Ok(directory);
        }
        let directory = Arc::new(Directory::create(&self.name)?);
        // Of two at the same time the first one is kept.
        Ok(self.directory.get_or_init(|| directory))
    }

    fn path(&self, file: &str) -> io::Result<PathBuf> {
        Ok(self.dir()?.join(file))
    }
}

impl Files for LocalFiles {
    fn dir(&self) -> io::Result<&Path> {
        Ok(self.directory()?.path())
    }

    fn keep(&self) -> Option<String> {
        let directory = self.directory.get()?;
        directory.keep();
        Some(directory.path().display().to_string())
    }

    fn wipe(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async { self.directory.get().map_or(Ok(()), |directory| directory.wipe()) })
    }

    fn read<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<Vec<u8>>> {
        Box::pin(async move { file::read(&self.path(file)?) })
    }

    fn write<'a>(&'a self, file: &'a str, contents: &'a [u8]) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move { file::write(&self.path(file)?, contents) })
    }

    fn remove<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move { file::remove(&self.path(file)?) })
    }

    fn exists<'a>(&'a self, file: &'a str) -> BoxFuture<'a, bool> {
        Box::pin(async move { self.path(file).is_ok_and(|path| path.exists()) })
    }

    fn reach_unix_socket<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move { UnixStream::connect(self.path(file)?).await.map(drop) })
    }
}
