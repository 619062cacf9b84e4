//! A process that is started with SIGCHLD ignored, as some runners of tests do.

use std::process::Command;

use cluster_runtime::{Node, Result, start};
use cluster_tests::{alone, sleeper};

#[tokio::test]
#[ignore = "a process of its own for the other test"]
async fn a_program_ends_in_good_order() -> Result {
    start(Node::new(&sleeper(), "n")).await?.stop().await
}

#[test]
fn how_programs_end_is_known_all_the_same() {
    let test = alone("ignored_child_signal::a_program_ends_in_good_order");
    let mut command = Command::new("env");
    command.arg("--ignore-signal=CHLD").arg(test.get_program()).args(test.get_args());
    let output = command.output().expect("a test can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
