//! A shared network of programs ends with the test binary that has started it.

use std::process::Command;

use cluster_runtime::process::ProcessKind;
use cluster_runtime::shared::Shared;
use cluster_runtime::{Process, Result, cluster};
use cluster_tests::{exists, sleeper, until};

cluster! {
    /// Programs that nobody stops.
    struct Programs<K: ProcessKind>(kind: &K);
    use kind;
    program[3];
}

static PROGRAMS: Shared<Programs<Process>> = Shared::new(|| Programs::create(&sleeper()).start());

/// One of two tests of another process, and no test itself.
async fn print_processes() -> Result {
    for program in &PROGRAMS.get().await?.program {
        println!("\nprocess {}", program.process_id().expect("it runs"));
    }
    Ok(())
}

#[tokio::test]
#[ignore = "a process of its own for another test"]
async fn first_of_binary() -> Result {
    print_processes().await
}

#[tokio::test]
#[ignore = "a process of its own for another test"]
async fn second_of_binary() -> Result {
    print_processes().await
}

#[tokio::test]
async fn programs_of_a_shared_network_serve_all_tests_of_a_binary_and_end_with_it() {
    let test = std::env::current_exe().expect("this test is a program");
    let arguments = ["of_binary", "--ignored", "--nocapture", "--test-threads=1"];
    let output = Command::new(test).args(arguments).output().expect("a test can be run");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let processes: Vec<u32> = text.lines().filter_map(|line| line.strip_prefix("process ")?.parse().ok()).collect();
    let (first, second) = processes.split_at(processes.len() / 2);
    assert_eq!(first.len(), 3, "{text}");
    assert_eq!(first, second, "the second test has other programs");
    until("its programs end", || !first.iter().any(|process| exists(*process))).await;
}
