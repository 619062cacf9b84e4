//! Directories of nodes on another host: in a volume of the run there.

use std::io;
use std::path::{Path, PathBuf};

use bollard::models::{Mount, MountTypeEnum, MountVolumeOptions};
use cluster_runtime::place::{BoxFuture, FILES_SCRIPT, Files};

use crate::bodies::{RUN, labels};
use crate::engine::Engine;
use crate::exec;

/// Where containers have the volume.
const AT: &str = "/cluster";

/// The mount of the volume of this name, which the engine makes when it needs it.
pub(crate) fn mount(run: &str, name: &str) -> Mount {
    let options = MountVolumeOptions { labels: Some(labels(RUN, run)), ..MountVolumeOptions::default() };
    Mount {
        source: Some(name.to_owned()),
        target: Some(AT.to_owned()),
        typ: Some(MountTypeEnum::VOLUME),
        volume_options: Some(options),
        ..Mount::default()
    }
}

/// The directory of a node with this name for files.
pub(crate) fn directory_of(node: &str) -> String {
    format!("{AT}/nodes/{node}")
}

/// The directory of a program with these contents.
pub(crate) fn directory_of_program(hash: u64) -> String {
    format!("{AT}/programs/{hash:016x}")
}

/// The directory of a node, which a container has that runs as long as its spot.
#[derive(Debug)]
pub(crate) struct VolumeFiles {
    pub(crate) engine: Engine,
    pub(crate) container: String,
    pub(crate) directory: PathBuf,
}

impl VolumeFiles {
    async fn run(&self, verb: &str, file: &str, input: &[u8]) -> io::Result<Vec<u8>> {
        let directory = self.directory.display().to_string();
        exec::run(&self.engine, &self.container, FILES_SCRIPT, &[&directory, verb, file], input).await
    }
}

impl Files for VolumeFiles {
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
