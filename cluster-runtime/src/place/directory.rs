//! The directory of one node.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::background::background;
use super::watchdog::watchdog;

/// How many characters of a node's name are part of its directory's.
const MOST_OF_A_NAME: usize = 40;

/// A directory with this file is kept.
const KEEP: &str = ".keep";

/// A directory of its own. It is removed when it is dropped, and when this process ends in whatever way, unless it is kept.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
}

impl Directory {
    pub(crate) fn create(name: &str) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // It removes what this process leaves behind.
        watchdog()?;
        let path = root()?.join(format!("{number}-{}", as_file_name(name)));
        fs::create_dir(&path)?;
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its path as text, without white space.
    pub(crate) fn text(&self) -> &str {
        self.path.to_str().unwrap_or_default()
    }

    /// Lets it stay.
    pub(crate) fn keep(&self) {
        // It may have been removed by the test itself.
        let _ = fs::write(self.path.join(KEEP), "");
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let path = std::mem::take(&mut self.path);
        let remove = move || {
            if !path.join(KEEP).exists() {
                // What cannot be removed now is left to the watchdog.
                let _ = fs::remove_dir_all(&path);
            }
        };
        match background() {
            Ok(background) => drop(background.spawn_blocking(remove)),
            Err(_) => remove(),
        }
    }
}

/// The directory that holds those of all nodes of this process: in the target directory's `tmp`, or in the system's.
pub(super) fn root() -> io::Result<&'static Path> {
    static ROOT: LazyLock<io::Result<PathBuf>> = LazyLock::new(|| {
        let of_target = target_directory()
            .map(|target| target.join("tmp"))
            .and_then(|tmp| fs::create_dir_all(&tmp).and_then(|()| create_root(&tmp)).ok());
        of_target.map_or_else(|| create_root(&temporary()), Ok)
    });
    ROOT.as_deref().map_err(|error| {
        io::Error::new(error.kind(), format!("no directory for the files of nodes could be made: {error}"))
    })
}

/// A process of the same number may have left one behind on purpose.
fn create_root(parent: &Path) -> io::Result<PathBuf> {
    let id = std::process::id();
    let mut attempt = 0;
    loop {
        let name = if attempt == 0 { format!("cluster-{id}") } else { format!("cluster-{id}-{attempt}") };
        let path = parent.join(name);
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
            Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
        }
    }
}

/// The directory that cargo built this program in: it carries a mark. Only if its path is text without white space: many
/// programs cannot be told of others.
fn target_directory() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let target = program.ancestors().skip(1).find(|directory| directory.join("CACHEDIR.TAG").is_file())?;
    is_plain(target).then(|| target.to_owned())
}

fn temporary() -> PathBuf {
    let configured = std::env::temp_dir();
    if is_plain(&configured) { configured } else { PathBuf::from("/tmp") }
}

fn is_plain(path: &Path) -> bool {
    path.to_str().is_some_and(|text| !text.contains(char::is_whitespace))
}

fn as_file_name(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' };
    name.chars().take(MOST_OF_A_NAME).map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_one_part_of_a_path() {
        assert_eq!(as_file_name("leaves.1"), "leaves.1");
        assert_eq!(as_file_name("../a b"), ".._a_b");
    }
}
