//! Programs of this machine, or of another host, that containers of ours run.

use std::env;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Where they are, in addition to PATH, which lacks it for other users than root.
const SYSTEM: &str = "/usr/local/sbin:/usr/sbin:/sbin";

/// A program, and the package that has it.
pub(crate) type Tool = (&'static str, &'static str);

/// What removes the containers of a run.
pub(crate) const OF_KEEPER: [Tool; 2] = [("sh", "dash"), ("curl", "curl")];

/// What breaks links.
pub(crate) const OF_FAULTS: [Tool; 6] = [
    ("bash", "bash"),
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("nsenter", "util-linux"),
    ("ss", "iproute2"),
    ("tc", "iproute2"),
];

/// What reaches the files and ports of nodes on another host.
pub(crate) const OF_HOST: [Tool; 2] = [("awk", "mawk"), ("perl", "perl-base")];

/// # Errors
/// When one of these is missing, with help.
pub(crate) fn check(needed: &[Tool]) -> io::Result<()> {
    match needed.iter().find(|(program, _)| find(program).is_none()) {
        None => Ok(()),
        Some(missing) => Err(not_found(missing)),
    }
}

/// The script that writes the paths of these that it finds.
pub(crate) fn search(needed: &[Tool]) -> String {
    let names: Vec<_> = needed.iter().map(|(program, _)| *program).collect();
    format!("for program in {}; do command -v $program || true; done", names.join(" "))
}

/// # Errors
/// When one of these is not among the paths that were found, with help.
pub(crate) fn check_found(needed: &[Tool], found: &str) -> io::Result<()> {
    let is_found = |program: &str| found.lines().any(|path| path.rsplit('/').next() == Some(program));
    match needed.iter().find(|(program, _)| !is_found(program)) {
        None => Ok(()),
        Some(missing) => Err(not_found(missing)),
    }
}

fn not_found((program, package): &Tool) -> io::Error {
    let text = format!("the program `{program}` was not found\nhelp: `apt-get install {package}`");
    io::Error::new(io::ErrorKind::NotFound, text)
}

/// The file of the program of this name.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = format!("{}:{SYSTEM}", env::var("PATH").unwrap_or_default());
    env::split_paths(&path).map(|directory| directory.join(program)).find(|file| {
        file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    })
}
