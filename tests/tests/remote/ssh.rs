//! Servers of ssh, each for one connection and without a port.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use cluster_runtime::place::Remote;

use super::{HOSTS, on_loopback};

/// Hosts that are this machine, each with an address of its own; `None` where there can be no server.
pub fn hosts() -> Option<Remote> {
    Some(on_loopback(Remote::ssh_with(["-F".to_owned(), configuration()?], HOSTS)))
}

/// The file that `ssh -F` reaches them by; `None` where there can be no server, which is said once.
pub fn configuration() -> Option<String> {
    static CONFIGURATION: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        let configured = configure();
        if let Err(why) = &configured {
            // Past the harness, which captures what is printed.
            let _ = writeln!(std::io::stderr(), "skipped: nodes on hosts by ssh: {why}");
        }
        configured.ok()
    });
    Some(CONFIGURATION.as_ref()?.display().to_string())
}

/// Writes keys and configurations, once for this target directory, and tries them.
fn configure() -> Result<PathBuf, String> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ssh-servers");
    if !directory.exists() {
        let new = directory.with_extension(std::process::id().to_string());
        write(&new, &directory)?;
        // Another process may have been faster.
        if std::fs::rename(&new, &directory).is_err() {
            std::fs::remove_dir_all(&new).map_err(|error| error.to_string())?;
        }
    }
    let configuration = directory.join("ssh_config");
    run(Command::new("ssh")
        .args(["-oBatchMode=yes", "-oLogLevel=ERROR", "-F"])
        .arg(&configuration)
        .args(["h1", "true"]))?;
    Ok(configuration)
}

/// Writes them to a directory that gets another name.
fn write(new: &Path, directory: &Path) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    std::fs::create_dir_all(new).map_err(text)?;
    for key in ["server", "client"] {
        run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(new.join(key)))?;
    }
    let path = |file: &str| directory.join(file).display().to_string();
    // By that variable bash takes itself for a shell within another, which does not read what its user has for a login.
    let server = format!(
        "HostKey {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\nPidFile none\nLogLevel ERROR\n\
         SetEnv SHLVL=2\n",
        path("server"),
        path("client.pub")
    );
    std::fs::write(new.join("sshd_config"), server).map_err(text)?;
    // A server of root wants a directory in /run, which is one of its own.
    let command = format!(
        "#!/bin/sh\n\
         serve='exec /usr/sbin/sshd -i -f {0}'\n\
         [ ! -d /run/sshd ] || eval \"$serve\"\n\
         exec unshare --mount sh -c \"mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && $serve\"\n",
        path("sshd_config")
    );
    std::fs::write(new.join("serve"), command).map_err(text)?;
    std::fs::set_permissions(new.join("serve"), PermissionsExt::from_mode(0o755)).map_err(text)?;
    // The one that ssh prefers takes 0.2 s of processor time for both ends, which are this machine.
    let client = format!(
        "Host *\nProxyCommand {}\nIdentityFile {}\nIdentitiesOnly yes\nKexAlgorithms curve25519-sha256\n\
         StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n",
        path("serve"),
        path("client")
    );
    std::fs::write(new.join("ssh_config"), client).map_err(text)
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("`{program}`: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("`{program}`: {}", said.trim())) }
}
