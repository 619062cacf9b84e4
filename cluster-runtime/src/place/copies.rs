use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::Mutex;

use super::Shell;

/// The first directory is never made anew: its run may have ended, and have been removed.
const COPY: &str = r#"cd -- "$1" && mkdir -p -- "$2" && cat >"$2/$3" && chmod 755 -- "$2/$3""#;

/// The programs of this machine that were copied to a host, by the hashes of their contents.
#[derive(Debug)]
pub struct Copies {
    directory: String,
    paths: Mutex<HashMap<u64, String>>,
}

impl Copies {
    /// None yet; they go to `programs` in this directory of the host, which is there.
    pub fn new(directory: impl Into<String>) -> Self {
        Self { directory: directory.into(), paths: Mutex::default() }
    }

    /// Copies a program, once for each of its contents, and returns its path on the host.
    ///
    /// # Errors
    /// When it cannot be read, or the host has no room.
    pub async fn copy(&self, shell: &impl Shell, program: PathBuf) -> io::Result<String> {
        let name = program.file_name().map_or_else(|| "program".into(), |name| name.to_string_lossy().into_owned());
        let (contents, hash) =
            tokio::task::spawn_blocking(move || read(&program)).await.map_err(io::Error::other)??;
        // Held while it is copied: the others that need it wait.
        let mut paths = self.paths.lock().await;
        if let Some(path) = paths.get(&hash) {
            return Ok(path.clone());
        }
        let directory = format!("programs/{hash:016x}");
        shell.run(COPY, &[&self.directory, &directory, &name], &contents).await?;
        let path = format!("{}/{directory}/{name}", self.directory);
        paths.insert(hash, path.clone());
        Ok(path)
    }
}

fn read(program: &Path) -> io::Result<(Vec<u8>, u64)> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("`{}` cannot be read: {error}", program.display()));
    let contents = std::fs::read(program).map_err(named)?;
    let mut hash = DefaultHasher::new();
    hash.write(&contents);
    Ok((contents, hash.finish()))
}
