//! Programs as files.

use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Looks for a program without running it.
pub(in crate::place) fn check(program: &str) -> io::Result<()> {
    let file = find(program)?;
    match file.metadata() {
        Ok(_) if is_executable(&file) => Ok(()),
        Ok(_) => Err(refusal(&file, io::ErrorKind::PermissionDenied.into())),
        Err(error) => Err(refusal(&file, error)),
    }
}

/// The file of a program: its path, or the first of its name in PATH.
pub(in crate::place) fn find(program: &str) -> io::Result<PathBuf> {
    if program.contains('/') {
        return std::path::absolute(program);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    find_in(program, &path).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            format!("the program `{program}` was not found in PATH\nhelp: install it, or give its path"),
        )
    })
}

/// The first program of this name in a list of directories.
pub(in crate::place) fn find_in(program: &str, path: impl AsRef<OsStr>) -> Option<PathBuf> {
    std::env::split_paths(&path).map(|directory| directory.join(program)).find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// The error for a program that cannot be run, with help.
pub(in crate::place) fn refusal(program: &Path, error: io::Error) -> io::Error {
    let name = program.display();
    let text = match error.kind() {
        io::ErrorKind::NotFound if !program.exists() => format!("there is no program `{name}`\nhelp: check its path"),
        io::ErrorKind::NotFound => {
            format!("`{name}` cannot be run: the program that its first line names is missing")
        }
        io::ErrorKind::PermissionDenied if program.is_dir() => {
            format!("`{name}` is a directory\nhelp: give the path of the program in it")
        }
        io::ErrorKind::PermissionDenied => {
            format!("`{name}` is not executable\nhelp: `chmod +x {name}`, if it is a program")
        }
        io::ErrorKind::WouldBlock => {
            format!(
                "`{name}` cannot be run: {error}: this user may have no more processes\n\
                 help: raise the limit (`ulimit -u`), or bring fewer nodes up at a time (`.concurrency(..)`)"
            )
        }
        _ => format!("`{name}` cannot be run: {error}"),
    };
    io::Error::new(error.kind(), text)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_directory_is_no_program_and_stays_one() {
        let error = check("/usr/bin/").expect_err("it is a directory").to_string();
        assert!(error.contains("is a directory\nhelp: give the path"), "{error}");
    }

    #[test]
    fn what_to_do_about_too_many_processes_is_told() {
        let error = refusal(Path::new("/bin/sh"), io::ErrorKind::WouldBlock.into()).to_string();
        assert!(error.starts_with("`/bin/sh` cannot be run: ") && error.contains("`ulimit -u`"), "{error}");
    }
}
