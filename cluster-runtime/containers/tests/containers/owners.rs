//! Engines of users who are not root.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cluster_containers::Containers;
use cluster_runtime::{Ready, Result, cluster};
use cluster_tests::{is_installed, script, sleeper};
use rustix::process::geteuid;

use super::engines::{Engine, USER};

/// Answers as an engine does that is asked whether it runs. It ends with its input.
const STAND_IN: &str = r#"
    use IO::Socket::UNIX;
    my $listener = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 5) or die $!;
    $| = 1;
    print "ready\n";
    if (fork) { <STDIN>; kill 'KILL', -$$; }
    while (my $client = $listener->accept) {
        while (<$client>) {
            print $client "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK" if $_ eq "\r\n";
        }
    }
"#;

/// The socket of the process for another user.
const SOCKET: &str = "CLUSTER_TEST_SOCKET";

/// What this user runs.
fn as_user(program: &str) -> Command {
    let mut setpriv = Command::new("setpriv");
    let user = USER.to_string();
    setpriv.args(["--reuid", &user, "--regid", &user, "--clear-groups", program]);
    setpriv
}

fn stand_in(socket: &Path) -> Child {
    let mut perl = as_user("perl");
    perl.args(["-e", STAND_IN]).arg(socket).stdin(Stdio::piped()).stdout(Stdio::piped());
    // The group ends with the first of them.
    let mut perl = std::os::unix::process::CommandExt::process_group(&mut perl, 0).spawn().expect("it can be run");
    let mut said = String::new();
    BufReader::new(perl.stdout.take().expect("it is piped")).read_line(&mut said).expect("it says something");
    assert_eq!(said, "ready\n");
    perl
}

#[tokio::test]
async fn an_engine_of_another_user_is_refused_with_help() -> Result {
    if !geteuid().is_root() || !is_installed("perl", "perl-base") {
        return Ok(());
    }
    let directory = std::env::temp_dir().join(format!("cluster-owner-{}", std::process::id()));
    std::fs::create_dir(&directory)?;
    std::fs::set_permissions(&directory, PermissionsExt::from_mode(0o777))?;
    let mut engine = stand_in(&directory.join("socket"));
    let place = Containers::at(directory.join("socket"));
    let error =
        cluster! { n = sleeper() }.start().on(place).public(true).await.expect_err("it is another's").to_string();
    drop(engine.stdin.take());
    engine.wait()?;
    std::fs::remove_dir_all(&directory)?;
    assert!(error.contains(&format!("is that of the user {USER}, who cannot have the files")), "{error}");
    assert!(error.contains("help: use an engine of root, or one of the user who runs the test"), "{error}");
    Ok(())
}

#[test]
fn a_user_has_clusters_in_an_engine_of_its_own() -> Result {
    let needed = [("newuidmap", "uidmap"), ("slirp4netns", "slirp4netns")];
    if !geteuid().is_root() || !needed.iter().all(|(program, package)| is_installed(program, package)) {
        return Ok(());
    }
    let engine = match Engine::start("podman of a user") {
        Ok(engine) => engine,
        Err(why) => {
            // Past the harness, which captures what is printed.
            drop(std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("skipped: an engine of a user: {why}\n").as_bytes(),
            ));
            return Ok(());
        }
    };
    let directory = engine.socket().parent().expect("it has one");
    // This user need not see where it was built.
    let test = directory.join("test");
    std::fs::copy(std::env::current_exe()?, &test)?;
    let ran = as_user(&test.display().to_string())
        .args(["--exact", "owners::in_its_own_engine", "--ignored", "--nocapture"])
        .env(SOCKET, engine.socket())
        .env("TMPDIR", directory)
        .env("CLUSTER_REPORT", "never")
        .output()?;
    let said = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&said));
    Ok(())
}

/// In a process of the user who has the engine.
#[tokio::test]
#[ignore = "a process of its own for another test"]
async fn in_its_own_engine() -> Result {
    let place = Containers::at(std::env::var(SOCKET).expect("another test sets it")).with_faults();
    // Whoever sees the file sees all of it.
    let kind = script("echo here >new; mv new file; exec sleep 1000").ready(Ready::file("file"));
    let net = cluster! { use kind; a; b: connect(a) }.start().on(place).public(true).await?;
    assert_eq!(std::fs::read_to_string(net.a.dir()?.join("file"))?, "here\n");
    let cut = net.cut(&net.a, &net.b).may_be_idle().await?;
    cut.heal().may_be_idle().await?;
    assert_eq!(cut.evidence().crossed, 0);
    net.b.kill().await?;
    net.b.restart().await?;
    net.stop().await
}
