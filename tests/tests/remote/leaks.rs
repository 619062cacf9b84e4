//! However a test's process ends, nothing lives on where its nodes ran.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cluster_runtime::place::Remote;
use cluster_runtime::topology::Rng;
use cluster_runtime::{Node, Ready, Result, cluster, start};
use cluster_tests::{Victim, alone, processes_with, script, sleeper, until};
use rustix::process::Signal;

use super::{HOSTS, by_command, by_each_way, faults, on_loopback, run_of, ssh, until_nothing_is_left};

by_each_way!(a_dropped_cluster_leaves_nothing, a_start_that_is_given_up_leaves_nothing);

async fn a_dropped_cluster_leaves_nothing(hosts: Remote) -> Result {
    let net = cluster! { nodes[3] = sleeper(); }.start().on(hosts).public(true).await?;
    let directories: Vec<_> = net.nodes.iter().filter_map(|node| node.dir().ok()).collect();
    drop(net);
    assert_eq!(directories.len(), 3);
    for directory in directories {
        until_nothing_is_left(&directory).await;
    }
    Ok(())
}

async fn a_start_that_is_given_up_leaves_nothing(hosts: Remote) -> Result {
    let node = Node::new(&sleeper().ready(Ready::file("never")), "n");
    let starting = start(&node).on(hosts).public(true);
    let starting = tokio::spawn(std::future::IntoFuture::into_future(starting));
    node.wait_for("spawned", |_| Some(())).await?;
    let directory = node.dir()?;
    starting.abort();
    let mark = format!("CLUSTER_NODE={}.1.", run_of(&directory));
    until("the program is gone", || processes_with(&mark).is_empty()).await;
    drop(node);
    until_nothing_is_left(&directory).await;
    Ok(())
}

/// As a script does whose connection ends with its test.
#[tokio::test]
async fn a_directory_that_is_written_to_while_it_is_removed_goes() -> Result {
    let net = cluster! { n = sleeper(); }.start().on(by_command()).public(true).await?;
    let directory = net.n.dir()?;
    let script = "cd \"$1\" && echo && while [ $((n += 1)) -lt 20000 ] && : >\"$n\"; do :; done";
    let mut writer = Command::new("sh");
    writer.args(["-c", script, "writer"]).arg(directory.parent().expect("it is below that of the run"));
    let mut writer = writer.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    BufReader::new(writer.stdout.take().expect("it is a pipe")).read_line(&mut String::new())?;
    drop(net);
    until_nothing_is_left(&directory).await;
    writer.wait()?;
    Ok(())
}

#[tokio::test]
async fn a_claim_of_a_port_that_was_never_written_goes_with_the_next_run() -> Result {
    let ports = std::env::temp_dir().join(format!("cluster-ports-{}", rustix::process::geteuid().as_raw()));
    // No node gets this port. Another run may remove the directory a moment after it was made.
    let claim = ports.join("1");
    while std::fs::write(&claim, "").is_err() {
        std::fs::create_dir_all(&ports)?;
    }
    let net = cluster! { nodes[3] = sleeper(); }.start().on(by_command()).public(true).await?;
    net.stop().await?;
    drop(net);
    until("the claim is gone", || !claim.exists()).await;
    Ok(())
}

/// A variable of the other process: how it gets to hosts.
const WAY: &str = "CLUSTER_REMOTE_LEAK";
/// Hosts where links can be cut.
const AMONG_HOSTS: &str = "among hosts";

/// Those of the other process. One that is killed has no Slurm: it is told the command that gets to that of the test.
fn hosts_by(way: &str) -> Option<Remote> {
    match way {
        "command" => Some(by_command()),
        "ssh" => ssh::hosts(),
        AMONG_HOSTS => Some(faults::hosts()),
        words => Some(on_loopback(Remote::command(words.split(' '), HOSTS))),
    }
}

/// Starts programs, breaks their links where it can, and stops them, again and again. It is a process for other tests, and no test itself.
#[tokio::test]
#[ignore = "a process of its own for other tests"]
async fn victim() -> Result {
    let Ok(way) = std::env::var(WAY) else { return Ok(()) };
    let hosts = hosts_by(&way).expect("the test has them");
    let family = script("sleep 1000 & setsid sh -c 'setsid sleep 1000 & touch ready; exec sleep 1000' & wait")
        .ready(Ready::file("ready"));
    println!("\nstarts");
    loop {
        let net = cluster! { use family.clone(); n[3]: ring }.start().on(hosts.clone()).public(true).await?;
        println!("\nin {}", net.n[0].dir()?.display());
        if way == AMONG_HOSTS {
            let cut = net.isolate(&net.n[0]).may_be_idle().await?;
            cut.heal().may_be_idle().await?;
        }
        net.pause(&net.n[1]).await?;
        net.n[2].kill().await?;
        net.n[2].restart().await?;
        net.stop().await?;
    }
}

/// How long after its end something of a test may be left.
const SOON: Duration = Duration::from_secs(5);

/// The other process, and what it has on hosts.
struct Leaking {
    victim: Victim,
    /// Directories of others, one of which may have had the number of its process.
    earlier: Vec<OsString>,
}

impl Leaking {
    fn new(way: &str) -> Self {
        let earlier = directories();
        let victim = Victim::new(alone("leaks::victim").env(WAY, way).env("CLUSTER_REPORT", "never"));
        victim.line("starts");
        Self { victim, earlier }
    }

    /// The runs on hosts begin with the number of the process of the test.
    fn run(&self) -> String {
        format!("cluster-{}-", self.victim.id())
    }

    fn has_directories(&self) -> bool {
        let run = self.run();
        directories().iter().any(|name| name.to_string_lossy().starts_with(&run) && !self.earlier.contains(name))
    }

    /// Kills it, and returns how long after that nothing was left of it.
    async fn kill(mut self) -> Duration {
        let run = self.run();
        self.victim.kill();
        let killed = Instant::now();
        until("no directory is left on a host", || !self.has_directories()).await;
        let marks = ["CLUSTER_NODE=", "cluster\0"].map(|before| format!("{before}{}", &run["cluster-".len()..]));
        until("no process is left", || marks.iter().all(|mark| processes_with(mark).is_empty())).await;
        until("no rule is left", || !faults::tables().contains(&run)).await;
        let took = killed.elapsed();
        assert!(took < SOON, "only {took:.1?} after SIGKILL nothing of {run} was left");
        took
    }
}

fn directories() -> Vec<OsString> {
    std::fs::read_dir(std::env::temp_dir()).expect("there is one").flatten().map(|entry| entry.file_name()).collect()
}

/// Kills the other process so many times, and returns how long after it the last of it was gone.
async fn kill_at_random_moments(way: &str, times: usize) -> Duration {
    let mut draw = Rng::new(u64::from(std::process::id()));
    let mut longest = Duration::ZERO;
    for _ in 0..times {
        let leaking = Leaking::new(way);
        tokio::time::sleep(Duration::from_millis(u64::from(draw.below(1500)))).await;
        longest = longest.max(leaking.kill().await);
    }
    longest
}

/// Tests with a number of kills, one for each way.
macro_rules! of_each_way {
    ($($(#[$attribute:meta])* $test:ident: $times:literal;)+) => {$(
        mod $test {
            #[tokio::test]
            $(#[$attribute])*
            async fn by_a_command() {
                let longest = super::kill_at_random_moments("command", $times).await;
                println!("nothing was left after {longest:.1?}");
            }

            #[tokio::test]
            $(#[$attribute])*
            async fn by_ssh() {
                if crate::ssh::hosts().is_some() {
                    let longest = super::kill_at_random_moments("ssh", $times).await;
                    println!("nothing was left after {longest:.1?}");
                }
            }

            #[tokio::test]
            $(#[$attribute])*
            async fn by_slurm() {
                if let Some(words) = crate::slurm::words() {
                    let longest = super::kill_at_random_moments(&words.join(" "), $times).await;
                    println!("nothing was left after {longest:.1?}");
                }
            }

            #[test]
            $(#[$attribute])*
            fn among_hosts() {
                crate::faults::among_hosts(concat!("leaks::", stringify!($test), "::kills_among_hosts"));
            }

            #[tokio::test]
            #[ignore = "another test runs it among hosts"]
            async fn kills_among_hosts() {
                let longest = super::kill_at_random_moments(super::AMONG_HOSTS, $times).await;
                println!("nothing was left after {longest:.1?}");
            }
        }
    )+};
}

of_each_way! {
    a_test_process_that_is_killed_leaves_nothing: 4;
    #[ignore = "takes minutes"]
    a_test_process_that_is_killed_two_hundred_times_leaves_nothing: 200;
}

#[tokio::test]
async fn a_test_that_cannot_be_reached_for_ten_seconds_has_no_programs() {
    let leaking = Leaking::new("command");
    let directory = PathBuf::from(leaking.victim.line("in "));
    leaking.victim.signal(Signal::STOP);
    until_nothing_is_left(&directory).await;
    until("all hosts have noticed it", || !leaking.has_directories()).await;
    leaking.kill().await;
}
