//! However a test's process ends, nothing that it started lives on.

use std::future::IntoFuture;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use cluster_runtime::{Ready, Result, cluster, create, start};
use cluster_tests::{Victim, alone, exists, processes_with, script, sleeper, until};
use rustix::process::Signal;

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
    println!("\nin {}", net.families[0].dir()?.display());
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

struct Leaking {
    victim: Victim,
    /// What its programs have in their environment.
    mark: String,
    directory: PathBuf,
}

impl Leaking {
    fn new(end: &str) -> Self {
        let mark = format!("{}-{end}", std::process::id());
        let test = alone("leaks::victim");
        // A shell's job in the background ignores Ctrl-C, and so would all that it runs.
        let mut command = Command::new("env");
        command.arg("--default-signal=INT").arg(test.get_program()).args(test.get_args());
        command.env(LEAK, &mark).env("CLUSTER_LEAK_END", end).stderr(Stdio::null());
        // A report keeps the directories.
        let victim = Victim::new(command.env("CLUSTER_REPORT", "never"));
        let directory = victim.line("in ").into();
        if end == "paused" {
            victim.line("paused");
        }
        Self { victim, mark: format!("{LEAK}={mark}\0"), directory }
    }

    fn ends_by(&self, signal: Signal) {
        let programs = processes_with(&self.mark).len();
        assert!(programs >= 12, "only {programs} programs run");
        self.victim.signal(signal);
    }

    async fn gone(mut self) -> PathBuf {
        self.victim.wait();
        until("no program is left", || processes_with(&self.mark).is_empty()).await;
        self.directory
    }
}

#[tokio::test]
async fn a_test_process_that_is_killed_leaves_nothing() {
    for signal in [Signal::KILL, Signal::TERM, Signal::INT, Signal::ABORT] {
        let leaking = Leaking::new(&format!("signal {}", signal.as_raw()));
        leaking.ends_by(signal);
        let directory = leaking.gone().await;
        until("its directories are gone", || !directory.parent().expect("it has one").exists()).await;
    }
}

#[tokio::test]
async fn a_test_process_that_is_killed_leaves_nothing_that_is_paused() {
    let leaking = Leaking::new("paused");
    leaking.ends_by(Signal::KILL);
    leaking.gone().await;
}

#[tokio::test]
async fn a_test_that_returns_without_a_stop_leaves_nothing() {
    for end in ["return", "exit"] {
        let directory = Leaking::new(end).gone().await;
        until("its directories are gone", || !directory.parent().expect("it has one").exists()).await;
    }
}

#[tokio::test]
async fn a_test_that_panics_leaves_only_its_files() {
    let directory = Leaking::new("panic").gone().await;
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
