use std::io;
use std::path::{Path, PathBuf};

use super::{BoxFuture, Files, Shell};

/// Does on a host what [`Files`] are asked for, with `awk` and the like. Its arguments are the directory, which exists; `read`, `write`,
/// `remove`, `exists`, `wipe` or `listens`, for a UNIX socket; and the name of a file. It writes what is asked for, and where something
/// exists or listens, a line.
const FILES: &str = include_str!("files.sh");
/// A directory on a host.
#[derive(Debug)]
pub struct ScriptedFiles<S> {
    shell: S,
    directory: PathBuf,
}

impl<S: Shell> ScriptedFiles<S> {
    /// A directory that is there, as programs of the host see it.
    pub fn new(shell: S, directory: impl Into<PathBuf>) -> Self {
        Self { shell, directory: directory.into() }
    }

    /// What runs scripts there.
    pub fn shell(&self) -> &S {
        &self.shell
    }

    async fn run(&self, verb: &str, file: &str, input: &[u8]) -> io::Result<Vec<u8>> {
        self.shell.run(FILES, &[&self.directory.display().to_string(), verb, file], input).await
    }
}

impl<S: Shell> Files for ScriptedFiles<S> {
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
