//! The image of containers that have the programs of this machine: it is empty, and these are mounted.

use std::io;
use std::path::Path;

use bollard::body_full;
use bollard::models::{Mount, MountTypeEnum};
use bollard::query_parameters::{CreateImageOptionsBuilder, TagImageOptionsBuilder};
use tokio::sync::Mutex;

use crate::engine::{Engine, is_missing};
use crate::stream::next;

/// Its name.
pub(crate) const NAME: &str = "cluster-host:1";
const REPOSITORY: &str = "cluster-host";
const TAG: &str = "1";

/// What containers see of this machine. `/sbin` is not among it, as engines put a program of theirs there.
const SEEN: [&str; 10] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/etc/alternatives",
    "/etc/group",
    "/etc/ld.so.cache",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/ssl",
];

/// Where programs are that containers see anyway.
const PROGRAMS: [&str; 2] = ["/usr", "/bin"];

/// Makes it, unless the engine has it.
///
/// # Errors
/// When the engine cannot.
pub(crate) async fn provide(engine: &Engine) -> io::Result<()> {
    /// Held while one is made: two of them would be two images.
    static MAKING: Mutex<()> = Mutex::const_new(());
    let _making = MAKING.lock().await;
    match engine.docker().inspect_image(NAME).await {
        Ok(_) => return Ok(()),
        Err(error) if is_missing(&error) => {}
        Err(error) => return Err(engine.about(&error)),
    }
    let options = CreateImageOptionsBuilder::new().from_src("-").repo(REPOSITORY).tag(TAG).build();
    let mut answers = Box::pin(engine.docker().create_image(Some(options), Some(body_full(archive().into())), None));
    while let Some(answer) = next(&mut answers).await {
        answer.map_err(|error| engine.about(&error))?;
    }
    // Podman gives it no tag.
    if let Err(error) = engine.docker().inspect_image(NAME).await {
        if !is_missing(&error) {
            return Err(engine.about(&error));
        }
        let tag = TagImageOptionsBuilder::new().repo(REPOSITORY).tag(TAG).build();
        engine.docker().tag_image(REPOSITORY, Some(tag)).await.map_err(|error| engine.about(&error))?;
    }
    Ok(())
}

/// An archive as `tar` has it, of the directory `tmp` that everybody may write to.
fn archive() -> Vec<u8> {
    let mut header = [0; 512];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, b"tmp/");
    put(100, b"0001777\0");
    for (at, zero) in [(108, "0000000\0"), (116, "0000000\0"), (124, "00000000000\0"), (136, "00000000000\0")] {
        put(at, zero.as_bytes());
    }
    // As if they were the sum's.
    put(148, b"        ");
    put(156, b"5");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    [&header[..], &[0; 1024]].concat()
}

/// The mounts of what containers see of this machine.
pub(crate) fn mounts() -> Vec<Mount> {
    SEEN.iter().map(Path::new).filter(|path| path.exists()).map(read_only).collect()
}

/// Whether containers that have the programs of this machine see this one.
pub(crate) fn has(program: &Path) -> bool {
    PROGRAMS.iter().any(|directory| program.starts_with(directory))
}

/// A file or a directory of this machine, at the same path.
pub(crate) fn read_only(path: &Path) -> Mount {
    Mount { read_only: Some(true), ..shared(path) }
}

/// The same, which the container may change.
pub(crate) fn shared(path: &Path) -> Mount {
    let path = path.display().to_string();
    Mount { source: Some(path.clone()), target: Some(path), typ: Some(MountTypeEnum::BIND), ..Mount::default() }
}
