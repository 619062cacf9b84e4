//! Where the directories of nodes are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The parent of the directories of all nodes of this process: in the target directory's `tmp`, or in the system's.
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

/// The target directory in which cargo built this program, known by its CACHEDIR.TAG. Only if its path is text without white
/// space: many programs cannot take other paths.
pub(super) fn target_directory() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let target = program.ancestors().skip(1).find(|directory| directory.join("CACHEDIR.TAG").is_file())?;
    is_plain(target).then(|| target.to_owned())
}

pub(super) fn temporary() -> PathBuf {
    let configured = std::env::temp_dir();
    if is_plain(&configured) { configured } else { PathBuf::from("/tmp") }
}

fn is_plain(path: &Path) -> bool {
    path.to_str().is_some_and(|text| !text.contains(char::is_whitespace))
}
