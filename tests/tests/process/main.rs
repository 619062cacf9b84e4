//! Nodes that are programs, by behaviour, and what runs this binary again with another environment.
//!
//! A test binary of its own: until a child executes its program it holds a copy of every socket of this process, so that a
//! port that a test of the others has let go would still be listened on.

mod addresses;
mod after;
mod blocked_thread;
mod bypass;
mod early_kill;
mod environment;
mod files;
mod forms;
mod ignored_child_signal;
mod isolated;
mod killed_in_faults;
mod leaks;
mod lives;
mod occupied_port;
mod once;
mod output;
mod programs;
mod ready;
mod seed;
mod shared;
mod shrink;
mod start;
mod stop;
mod unshared_ports;
mod wrap;

use std::path::Path;
use std::time::{Duration, Instant};

use cluster_runtime::process::ProcessKind;
use cluster_runtime::{Feature, Node, Process};

/// A shell that runs this script; `$0` is the name of its node.
fn script(text: impl Into<String>) -> Process {
    let text = text.into();
    Process::new("sh", move |node, command| {
        command.arg("-c").arg(&text).arg(node.name());
    })
    .supports(Feature::Private)
}

fn sleeper() -> Process {
    script("exec sleep 1000")
}

/// Removes the files that a report of a failure has kept.
fn remove_files<K: ProcessKind>(node: &Node<K>) {
    let files = node.dir().expect("it has a directory");
    std::fs::remove_dir_all(files).expect("its directory is there");
}

/// Whether there is such a process, if only as a zombie.
fn exists(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

/// Waits for something that sends no signal.
async fn until(what: &str, mut check: impl FnMut() -> bool) {
    let started = Instant::now();
    while !check() {
        assert!(started.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The numbers in files that a program writes.
async fn numbers_in<const N: usize>(directory: &Path, files: [&str; N]) -> [u32; N] {
    let read = |file: &str| std::fs::read_to_string(directory.join(file)).ok()?.trim().parse().ok();
    until("the numbers are written", || files.iter().all(|file| read(file).is_some())).await;
    files.map(|file| read(file).expect("it was there"))
}
