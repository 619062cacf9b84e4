//! A program, as a container finds it.

use std::io;

use bollard::models::Mount;

use crate::engine::Engine;

/// Its image and its path or name there.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) program: String,
    pub(crate) image: String,
    /// What the container needs of this machine.
    pub(crate) mounts: Vec<Mount>,
    /// The paths one of which the container has, if it is neither of this machine nor copied from there.
    candidates: Vec<String>,
    /// What to say if it has none of them.
    lack: String,
}

impl Found {
    /// A file that containers see.
    pub(crate) fn file(program: String, image: &str, mounts: Vec<Mount>) -> Self {
        Self { program, image: image.to_owned(), mounts, candidates: Vec::new(), lack: String::new() }
    }

    /// One that is in one of these directories.
    pub(crate) fn named(program: &str, image: &str, mounts: Vec<Mount>, path: &str, lack: String) -> Self {
        let candidates = path.split(':').map(|directory| format!("{directory}/{program}")).collect();
        Self { program: program.to_owned(), image: image.to_owned(), mounts, candidates, lack }
    }

    /// # Errors
    /// When a container does not have it, with what to do.
    pub(crate) async fn check(&self, engine: &Engine, container: &str) -> io::Result<()> {
        for candidate in &self.candidates {
            if engine.has_file(container, candidate).await? {
                return Ok(());
            }
        }
        match self.candidates.is_empty() {
            true => Ok(()),
            false => Err(io::Error::new(io::ErrorKind::NotFound, self.lack.clone())),
        }
    }
}
