//! The directory of a node on a host.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::host::Host;
use crate::place::{BoxFuture, FILES_SCRIPT, Files};

#[derive(Debug)]
pub(super) struct RemoteFiles {
    host: Arc<Host>,
    directory: PathBuf,
}

impl RemoteFiles {
    pub(super) fn new(host: Arc<Host>, directory: String) -> Self {
        Self { host, directory: directory.into() }
    }

    async fn run(&self, verb: &str, file: &str, input: &[u8]) -> io::Result<Vec<u8>> {
        let directory = self.directory.display().to_string();
        self.host.run(FILES_SCRIPT, &[&directory, verb, file], input.to_vec()).await
    }
}

impl Files for RemoteFiles {
    fn dir(&self) -> io::Result<&Path> {
        Ok(&self.directory)
    }

    fn wipe(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async { self.run("wipe", "", &[]).await.map(drop) })
    }

    fn read<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<Vec<u8>>> {
        Box::pin(self.run("read", file, &[]))
    }

    fn write<'a>(&'a self, file: &'a str, contents: &'a [u8]) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move { self.run("write", file, contents).await.map(drop) })
    }

    fn remove<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move { self.run("remove", file, &[]).await.map(drop) })
    }

    fn exists<'a>(&'a self, file: &'a str) -> BoxFuture<'a, bool> {
        Box::pin(async move { self.run("exists", file, &[]).await.is_ok_and(|answer| !answer.is_empty()) })
    }

    fn reach_unix_socket<'a>(&'a self, file: &'a str) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move {
            let answer = self.run("listens", file, &[]).await?;
            if answer.is_empty() { Err(io::ErrorKind::ConnectionRefused.into()) } else { Ok(()) }
        })
    }
}
