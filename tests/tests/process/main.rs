//! Nodes that are programs, by behaviour, and what runs this binary again with another environment.
//!
//! A test binary of its own: until a child executes its program it holds a copy of every socket of this process, so that a
//! port that a test of the others has let go would still be listened on.

mod addresses;
mod after;
mod ask;
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

use cluster_tests::until;

/// The numbers in files that a program writes.
async fn numbers_in<const N: usize>(directory: &Path, files: [&str; N]) -> [u32; N] {
    let read = |file: &str| std::fs::read_to_string(directory.join(file)).ok()?.trim().parse().ok();
    until("the numbers are written", || files.iter().all(|file| read(file).is_some())).await;
    files.map(|file| read(file).expect("it was there"))
}
