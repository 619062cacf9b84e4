//! The programs of the system that make namespaces.

use std::io;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use rustix::process::geteuid;

use crate::place::local::{FORKS, find};

/// Where they are, in addition to PATH, which lacks it for other users than root.
const SYSTEM: &str = "/usr/local/sbin:/usr/sbin:/sbin";

/// Those that are needed, and the packages that have them.
const NEEDED: [(&str, &str); 5] =
    [("unshare", "util-linux"), ("nsenter", "util-linux"), ("ip", "iproute2"), ("tc", "iproute2"), ("nft", "nftables")];

/// PATH for them.
pub(super) fn path() -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{path}:{SYSTEM}")
}

/// The arguments with which `unshare` makes the namespaces that hold all others: those of a user who is not root get one in which that
/// user is.
pub(super) fn unshare() -> &'static [&'static str] {
    if is_root() { &["--net", "--mount"] } else { &["--user", "--map-root-user", "--net", "--mount"] }
}

/// Whether this process may enter namespaces.
pub(super) fn is_root() -> bool {
    geteuid().is_root()
}

/// Whether namespaces can be made here. It is tried once.
///
/// # Errors
/// When a program is missing, or the system makes none for this user.
pub(super) fn check() -> io::Result<()> {
    static CHECKED: LazyLock<Result<(), String>> = LazyLock::new(|| attempt().map_err(|error| error.to_string()));
    CHECKED.clone().map_err(io::Error::other)
}

fn attempt() -> io::Result<()> {
    let bash = (!is_root()).then_some(("bash", "bash"));
    for (program, package) in NEEDED.into_iter().chain(bash) {
        if find(program, path()).is_none() {
            let text = format!("the program `{program}` was not found\nhelp: `apt-get install {package}`");
            return Err(io::Error::new(io::ErrorKind::NotFound, text));
        }
    }
    let _forking = FORKS.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut trial = Command::new("unshare");
    trial.args(unshare()).args(["sh", "-c", "ip link add p0 type veth peer name p1 && nft list ruleset"]);
    let tried = trial.env("PATH", path()).stdin(Stdio::null()).output()?;
    match tried.status.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!(
            "the system makes none for this user: {}\n\
             help: run the test as root; or allow users to have namespaces (`sysctl kernel.unprivileged_userns_clone=1`, \
             `kernel.apparmor_restrict_unprivileged_userns=0`)",
            String::from_utf8_lossy(&tried.stderr).trim_end()
        ))),
    }
}
