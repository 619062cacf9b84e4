//! The programs of the system that make namespaces, and as whom they do.

use std::io;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use rustix::process::geteuid;

use crate::place::local::{find_program_in, forking};

/// Where they are, in addition to PATH, which lacks it for other users than root.
const SYSTEM: &str = "/usr/local/sbin:/usr/sbin:/sbin";

/// Those that are needed, and the packages that have them.
const NEEDED: [(&str, &str); 6] = [
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("ip", "iproute2"),
    ("ss", "iproute2"),
    ("tc", "iproute2"),
    ("nft", "nftables"),
];

/// Makes a cable, and looks at the packet filter.
const TRIAL: &str = "ip link add p0 type veth peer name p1 && nft list ruleset";

/// As whom namespaces are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    /// As root, who may enter them, too.
    Root,
    /// As a user who is root in a namespace of users.
    User,
}

impl Maker {
    /// The arguments with which `unshare` makes the namespaces that hold all others.
    pub(super) fn unshare(self) -> &'static [&'static str] {
        match self {
            Maker::Root => &["--net", "--mount"],
            Maker::User => &["--user", "--map-root-user", "--net", "--mount"],
        }
    }

    fn attempt(self) -> io::Result<()> {
        let mut trial = Command::new(needed("unshare")?);
        trial.args(self.unshare()).args(["sh", "-c", TRIAL]).env("PATH", path()).stdin(Stdio::null());
        let forking = forking();
        let tried = trial.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        drop(forking);
        let tried = tried.wait_with_output()?;
        match tried.status.success() {
            true => Ok(()),
            false => Err(io::Error::other(String::from_utf8_lossy(&tried.stderr).trim_end().to_owned())),
        }
    }
}

/// PATH for them.
pub(super) fn path() -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{path}:{SYSTEM}")
}

/// The file of a program that is needed.
///
/// # Errors
/// When it is missing, with help.
pub(super) fn needed(program: &str) -> io::Result<String> {
    let package = NEEDED.iter().find(|(name, _)| *name == program).map_or(program, |(_, package)| package);
    let missing = || {
        let text = format!("the program `{program}` was not found\nhelp: `apt-get install {package}`");
        io::Error::new(io::ErrorKind::NotFound, text)
    };
    Ok(find_program_in(program, path()).ok_or_else(missing)?.display().to_string())
}

/// As whom namespaces can be made here. It is tried once.
///
/// # Errors
/// When a program is missing, or the system makes none for this user.
pub(super) fn maker() -> io::Result<Maker> {
    static MAKER: LazyLock<Result<Maker, String>> = LazyLock::new(|| try_all().map_err(|error| error.to_string()));
    MAKER.clone().map_err(io::Error::other)
}

fn try_all() -> io::Result<Maker> {
    for (program, _) in NEEDED {
        needed(program)?;
    }
    // Root of a container may lack the right.
    if geteuid().is_root() && Maker::Root.attempt().is_ok() {
        return Ok(Maker::Root);
    }
    needed("bash")?;
    let refused = |error| {
        io::Error::other(format!(
            "the system makes none for this user: {error}\n\
             help: run the test as root; or allow users to have namespaces (`sysctl kernel.unprivileged_userns_clone=1`, \
             `sysctl kernel.apparmor_restrict_unprivileged_userns=0`)"
        ))
    };
    Maker::User.attempt().map(|()| Maker::User).map_err(refused)
}
