//! However a test's process ends, nothing that it started lives on.

use std::future::IntoFuture;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cluster_runtime::{Ready, Result, cluster, create, start};
use rustix::process::{Pid, Signal, kill_process};

use super::{exists, script, sleeper, until};

/// A variable that the programs of the other process inherit.
const LEAK: &str = "CLUSTER_LEAK_TEST";

/// Starts programs, and ends in the way that `CLUSTER_LEAK_END` selects. It is a process for other tests, and no test itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process of its own for other tests"]
async fn victim() -> Result {
    let family = "sleep 1000 & setsid sh -c 'setsid sleep 1000 & touch ready; exec sleep 1000' & wait";
    let net = cluster! {
        families[3] = script(family).ready(Ready::file("ready"));
        singles[3] = sleeper();
    }
    .start()
    .await?;
    println!("\n{}", net.families[0].dir()?.display());
    match std::env::var("CLUSTER_LEAK_END").as_deref() {
        Ok("return") => Ok(()),
        Ok("panic") => panic!("as expected"),
        Ok("exit") => std::process::exit(0),
        Ok("paused") => {
            net.pause(net.nodes()).await?;
            println!("paused");
            net.wait_stopped().timeout(Duration::from_secs(60)).await
        }
        _ => net.wait_stopped().timeout(Duration::from_secs(60)).await,
    }
}

struct Victim {
    process: Child,
    mark: String,
    directory: PathBuf,
}

impl Victim {
    fn new(end: &str) -> Self {
        let mark = format!("{}-{end}", std::process::id());
        let test = std::env::current_exe().expect("this is a program");
        // A shell's job in the background ignores Ctrl-C, and so would all that it runs.
        let mut process = Command::new("env")
            .arg("--default-signal=INT")
            .arg(test)
            .args(["--exact", "leaks::victim", "--ignored", "--nocapture"])
            .env(LEAK, &mark)
            .env("CLUSTER_LEAK_END", end)
            // A report keeps the directories.
            .env("CLUSTER_REPORT", "never")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a test can be run");
        let output = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let mut lines = output.lines().map_while(Result::ok);
        let directory = lines.find(|line| line.starts_with('/')).expect("it starts its programs").into();
        if end == "paused" {
            assert!(lines.any(|line| line == "paused"), "it ended before");
        }
        // Nobody may wait for this pipe's other end.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, mark, directory }
    }

    fn ends_by(&mut self, signal: Signal) {
        assert!(self.programs() >= 12, "only {} programs run", self.programs());
        kill_process(Pid::from_child(&self.process), signal).expect("it runs");
    }

    /// How many programs carry the mark.
    fn programs(&self) -> usize {
        let variable = format!("{LEAK}={}", self.mark);
        let processes = std::fs::read_dir("/proc").expect("this system shows its processes");
        let carries = |environment: Vec<u8>| environment.split(|byte| *byte == 0).any(|set| set == variable.as_bytes());
        let environments = processes.filter_map(|entry| std::fs::read(entry.ok()?.path().join("environ")).ok());
        environments.filter(|environment| carries(environment.clone())).count()
    }

    async fn gone(mut self) -> PathBuf {
        self.process.wait().expect("it is a child of this process");
        until("no program is left", || self.programs() == 0).await;
        self.directory
    }
}

#[tokio::test]
async fn a_test_process_that_is_killed_leaves_nothing() {
    for signal in [Signal::KILL, Signal::TERM, Signal::INT, Signal::ABORT] {
        let mut victim = Victim::new(&format!("signal {}", signal.as_raw()));
        victim.ends_by(signal);
        let directory = victim.gone().await;
        until("its directories are gone", || !directory.parent().expect("it has one").exists()).await;
    }
}

#[tokio::test]
async fn a_test_process_that_is_killed_leaves_nothing_that_is_paused() {
    let mut victim = Victim::new("paused");
    victim.ends_by(Signal::KILL);
    victim.gone().await;
}

#[tokio::test]
async fn a_test_that_returns_without_a_stop_leaves_nothing() {
    for end in ["return", "exit"] {
        let directory = Victim::new(end).gone().await;
        until("its directories are gone", || !directory.parent().expect("it has one").exists()).await;
    }
}

#[tokio::test]
async fn a_test_that_panics_leaves_only_its_files() {
    let directory = Victim::new("panic").gone().await;
    assert!(directory.join("ready").exists(), "its files help to find the fault");
    let root = directory.parent().expect("it has one");
    // The other five, and the directory of all.
    std::fs::remove_dir_all(root).expect("it is there");
}

#[tokio::test]
async fn a_dropped_cluster_leaves_nothing() -> Result {
    let nodes = create(&sleeper(), "n", 3);
    let net = start(&nodes).await?;
    let processes: Vec<_> = nodes.iter().filter_map(|node| node.process_id()).collect();
    assert_eq!(processes.len(), 3);
    drop(net);
    for process in processes {
        until("the program is gone", || !exists(process)).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_start_that_is_given_up_leaves_nothing() -> Result {
    let node = cluster_runtime::Node::new(&sleeper().ready(Ready::file("never")), "n");
    let starting = tokio::spawn(start(&node).into_future());
    let process = node.wait_for("spawned", |value| value["process"].as_u64()).await?;
    starting.abort();
    until("the program is gone", || !exists(process.try_into().expect("a number of a process"))).await;
    Ok(())
}

#[test]
fn a_runtime_that_ends_leaves_nothing() -> Result {
    let nodes = create(&sleeper(), "n", 3);
    let runtime = tokio::runtime::Runtime::new()?;
    let net = runtime.block_on(start(&nodes).into_future())?;
    let processes: Vec<_> = nodes.iter().filter_map(|node| node.process_id()).collect();
    assert_eq!(processes.len(), 3);
    drop(runtime);
    tokio::runtime::Runtime::new()?.block_on(async {
        for process in processes {
            until("the program is gone", || !exists(process)).await;
        }
    });
    drop(net);
    Ok(())
}

#[test]
fn a_program_outlives_the_thread_that_spawned_it() -> Result {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let node = cluster_runtime::Node::new(&sleeper(), "n");
    let handle = runtime.handle().clone();
    let starting = start(&node).into_future();
    let net = std::thread::spawn(move || handle.block_on(starting)).join().expect("no panic")?;
    let process = node.process_id().expect("it runs");
    runtime.block_on(async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(exists(process), "the program ended with a thread");
        net.stop().await
    })
}
