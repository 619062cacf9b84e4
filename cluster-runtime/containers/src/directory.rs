//! The directory of a node, which its containers share.

use std::io;
use std::path::Path;

use bollard::models::Mount;
use cluster_runtime::place::{Driver, Files, LocalFiles, LogFile, NamedPipe, ScriptedFiles};

use crate::image;
use crate::pipe::Pipe;
use crate::volume::InVolume;

#[derive(Debug)]
pub(crate) enum Directory {
    /// On this machine, which is that of the engine, at the same path in containers.
    Here(LocalFiles),
    /// In this volume of another host.
    There(ScriptedFiles<InVolume>, Box<Mount>),
}

impl Directory {
    pub(crate) fn files(&self) -> &dyn Files {
        match self {
            Self::Here(files) => files,
            Self::There(files, _) => files,
        }
    }

    pub(crate) fn path(&self) -> io::Result<&Path> {
        self.files().dir()
    }

    /// What gives it to a container.
    pub(crate) fn mount(&self) -> io::Result<Mount> {
        match self {
            Self::Here(files) => Ok(image::shared(files.dir()?)),
            Self::There(_, volume) => Ok((**volume).clone()),
        }
    }

    /// Makes a named pipe in it.
    pub(crate) async fn pipe(&self, driver: &Driver, name: &str) -> io::Result<Pipe> {
        let path = self.path()?.join(name);
        match self {
            Self::Here(_) => Ok(Pipe::Here(NamedPipe::create(driver, &path)?)),
            Self::There(files, _) => {
                let InVolume { engine, container } = files.shell().clone();
                driver.run(async move { Pipe::there(&engine, &container, &path.display().to_string()).await }).await
            }
        }
    }

    /// Where the outputs of its programs are kept, if they are.
    pub(crate) fn log(&self) -> io::Result<Option<LogFile>> {
        match self {
            Self::Here(files) => Ok(Some(LogFile::new(files.dir()?))),
            Self::There(..) => Ok(None),
        }
    }
}
