//! Programs of this machine that containers of ours run.

use std::env;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Where they are, in addition to PATH, which lacks it for other users than root.
const SYSTEM: &str = "/usr/local/sbin:/usr/sbin:/sbin";

/// What removes the containers of a run, and the packages that have it.
pub(crate) const OF_KEEPER: [(&str, &str); 2] = [("sh", "dash"), ("curl", "curl")];

/// What breaks links.
pub(crate) const OF_FAULTS: [(&str, &str); 6] = [
    ("bash", "bash"),
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("nsenter", "util-linux"),
    ("ss", "iproute2"),
    ("tc", "iproute2"),
];

/// # Errors
/// When one of these is missing, with help.
pub(crate) fn check(needed: &[(&str, &str)]) -> io::Result<()> {
    match needed.iter().find(|(program, _)| find(program).is_none()) {
        None => Ok(()),
        Some((program, package)) => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("the program `{program}` was not found\nhelp: `apt-get install {package}`"),
        )),
    }
}

/// The file of the program of this name.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = format!("{}:{SYSTEM}", env::var("PATH").unwrap_or_default());
    env::split_paths(&path).map(|directory| directory.join(program)).find(|file| {
        file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    })
}
