//! A start whose thread is blocked is told of by another thread.

use std::process::Command;
use std::time::Duration;

use cluster_runtime::{Error, NodeContext, Service, cluster};

/// Run by the test below, in a process of its own.
#[tokio::test]
#[ignore = "a part of another test"]
async fn blocked() {
    let kind = Service::new(|node: NodeContext| async move {
        std::thread::sleep(Duration::from_secs(4));
        node.ready();
        Ok::<_, Error>(())
    })
    .shared();
    let _ = cluster! { sleeper = kind }.start().timeout(Duration::from_secs(1)).await;
}

#[test]
fn a_start_whose_thread_is_blocked_says_which_node_it_waits_for() {
    let test = std::env::current_exe().expect("this test is a program");
    let output = Command::new(test)
        .args(["--exact", "blocked_start::blocked", "--ignored", "--nocapture"])
        .output()
        .expect("this test runs");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(printed.contains("the thread of the test is blocked, and cannot end its start"), "{printed}");
    assert!(printed.contains("sleeper is in phase `ready`"), "{printed}");
}
