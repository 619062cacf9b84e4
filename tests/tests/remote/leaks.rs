//! However a test's process ends, nothing lives on where its nodes ran.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cluster_runtime::place::Remote;
use cluster_runtime::{Node, Ready, Result, cluster, start};
use rustix::process::{Pid, Signal, kill_process};

use super::{by_command, by_each_way, processes_with, run_of, script, sleeper, ssh, until, until_nothing_is_left};

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
    until("the program is gone", || processes_with(&mark) == 0).await;
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

/// A variable of the other process.
const WAY: &str = "CLUSTER_REMOTE_LEAK";

/// Starts programs and restarts them. It is a process for other tests, and no test itself.
#[tokio::test]
#[ignore = "a process of its own for other tests"]
async fn victim() -> Result {
    let hosts = match std::env::var(WAY).as_deref() {
        Ok("ssh") => ssh::hosts(),
        _ => Some(by_command()),
    };
    let Some(hosts) = hosts else { return Ok(()) };
    let family = "sleep 1000 & setsid sh -c 'setsid sleep 1000 & touch ready; exec sleep 1000' & wait";
    let net = cluster! {
        families[3] = script(family).ready(Ready::file("ready"));
        singles[3] = sleeper();
    };
    println!("\nstarts");
    let net = net.start().on(hosts).public(true).await?;
    for node in net.nodes() {
        println!("\nin {}", net.families[0].dir()?.display());
        node.restart().await?;
    }
    net.wait_stopped().timeout(Duration::from_secs(60)).await
}

/// How long after its end something of a test may be left.
const SOON: Duration = Duration::from_secs(5);

/// It, and what marks all that it runs on hosts.
struct Victim {
    process: Child,
    lines: Box<dyn Iterator<Item = String> + Send>,
}

impl Victim {
    fn new(way: &str) -> Self {
        let test = std::env::current_exe().expect("this is a program");
        let mut process = Command::new(test)
            .args(["--exact", "leaks::victim", "--ignored", "--nocapture"])
            .env(WAY, way)
            .env("CLUSTER_REPORT", "never")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a test can be run");
        let lines = BufReader::new(process.stdout.take().expect("it is a pipe"))
            .lines()
            .map_while(Result::<_, std::io::Error>::ok);
        let mut victim = Self { process, lines: Box::new(lines) };
        victim.line("starts");
        victim
    }

    fn line(&mut self, start: &str) -> String {
        self.lines.find_map(|line| Some(line.strip_prefix(start)?.trim().to_owned())).expect("it goes on")
    }

    /// The runs on hosts begin with the number of the process of the test.
    fn run(&self) -> String {
        format!("cluster-{}-", self.process.id())
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("it runs");
    }

    async fn kill(mut self) {
        let run = self.run();
        self.signal(Signal::KILL);
        self.process.wait().expect("it is a child of this process");
        let killed = Instant::now();
        until("no directory is left on a host", || directories(&run) == 0).await;
        let marks = ["CLUSTER_NODE=", "cluster\0"].map(|before| format!("{before}{}", &run["cluster-".len()..]));
        until("no process is left", || marks.iter().all(|mark| processes_with(mark) == 0)).await;
        assert!(killed.elapsed() < SOON, "only {:.1?} after SIGKILL nothing of {run} was left", killed.elapsed());
    }
}

fn directories(run: &str) -> usize {
    let here = std::fs::read_dir(std::env::temp_dir()).expect("there is one").flatten();
    here.filter(|entry| entry.file_name().to_string_lossy().starts_with(run)).count()
}

async fn killed_after(way: &str, wait: Duration) {
    if way == "ssh" && ssh::hosts().is_none() {
        return;
    }
    let victim = Victim::new(way);
    tokio::time::sleep(wait).await;
    victim.kill().await;
}

#[tokio::test]
async fn a_test_process_that_is_killed_leaves_nothing() {
    for way in ["command", "ssh"] {
        for moment in 0..5 {
            killed_after(way, Duration::from_millis(moment * 173)).await;
        }
    }
}

#[tokio::test]
#[ignore = "it takes minutes"]
async fn a_test_process_that_is_killed_at_many_moments_leaves_nothing() {
    for way in ["command", "ssh"] {
        for moment in 0..200 {
            killed_after(way, Duration::from_millis(moment * 7)).await;
        }
    }
}

#[tokio::test]
async fn a_test_that_cannot_be_reached_for_ten_seconds_has_no_programs() {
    let mut victim = Victim::new("command");
    let directory = PathBuf::from(victim.line("in "));
    victim.signal(Signal::STOP);
    until_nothing_is_left(&directory).await;
    assert!(!directories(&victim.run()) > 0, "all hosts notice it");
    victim.kill().await;
}
