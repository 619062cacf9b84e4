//! Programs of this machine that run on a host.

use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::host::Host;
use crate::place::local::find_program;

const COPY: &str = r#"mkdir -- "$1" && cat >"$1/$2" && chmod 755 -- "$1/$2""#;

/// The program as the host finds it: one that is given by its name is the host's own. One that is given by its path is a file
/// of this machine, and is copied there, once for each of its contents.
pub(super) async fn on_host(host: &Arc<Host>, program: &str) -> io::Result<String> {
    if !program.contains('/') {
        return Ok(program.to_owned());
    }
    let path = find_program(program)?;
    let name = path.file_name().map_or_else(|| "program".into(), |name| name.to_string_lossy().into_owned());
    let (contents, hash) = tokio::task::spawn_blocking(move || read(path)).await.map_err(io::Error::other)??;
    // Held while it is copied: the others that need it wait.
    let mut programs = host.programs.lock().await;
    if let Some(copy) = programs.get(&hash) {
        return Ok(copy.clone());
    }
    let directory = format!("{}/programs/{hash:016x}", host.directory());
    host.run(COPY, &[&directory, &name], contents).await?;
    let copy = format!("{directory}/{name}");
    programs.insert(hash, copy.clone());
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
