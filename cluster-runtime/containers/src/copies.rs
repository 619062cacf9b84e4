//! Programs of this machine that run on another host.

use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use crate::host::Host;
use crate::{exec, volume};

const SCRIPT: &str = r#"mkdir -p -- "$1" && cat >"$1/$2" && chmod 755 -- "$1/$2""#;

/// Copies a program to the volume of the run there, once for each of its contents, by way of a container that has it. Returns its path
/// in containers.
///
/// # Errors
/// When it cannot be read, or the host has no room.
pub(crate) async fn copy(host: &Host, container: &str, program: &Path) -> io::Result<String> {
    let name = program.file_name().map_or_else(|| "program".into(), |name| name.to_string_lossy().into_owned());
    let path = program.to_owned();
    let (contents, hash) = tokio::task::spawn_blocking(move || read(path)).await.map_err(io::Error::other)??;
    // Held while it is copied: the others that need it wait.
    let mut copies = host.copies.lock().await;
    if let Some(copy) = copies.get(&hash) {
        return Ok(copy.clone());
    }
    let directory = volume::directory_of_program(hash);
    exec::run(&host.engine, container, SCRIPT, &[&directory, &name], &contents).await?;
    let copy = format!("{directory}/{name}");
    copies.insert(hash, copy.clone());
    Ok(copy)
}

fn read(path: PathBuf) -> io::Result<(Vec<u8>, u64)> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("`{}` cannot be read: {error}", path.display()));
    let contents = std::fs::read(&path).map_err(named)?;
    let mut hash = DefaultHasher::new();
    hash.write(&contents);
    Ok((contents, hash.finish()))
}
