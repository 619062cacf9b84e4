//! A place for a whole suite.

use cluster_runtime::{Process, Result, cluster};
use cluster_tests::alone;

use super::At;

/// Says where a program and a node of the process run. It is a process for another test, and no test itself.
#[tokio::test]
#[ignore = "a process of its own for another test"]
async fn suite() -> Result {
    let program = Process::new("sleep", |_, command| {
        command.arg(1000);
    });
    let programs = cluster! { a = program }.start().public(true).await?;
    println!("the program is at {}", programs.a.addr().ip());
    programs.stop().await?;
    let inside = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    println!("the other is on loopback: {}", inside.a.addr().ip().is_loopback());
    inside.stop().await
}

/// What the suite says with this place in its environment.
fn run_on(place: &str) -> (String, bool) {
    let mut suite = alone("environment::suite");
    let suite = suite.arg("--nocapture").env("CLUSTER_PLACE", place).output().expect("a test can be run");
    let said = [suite.stdout, suite.stderr].concat();
    (String::from_utf8_lossy(&said).into_owned(), suite.status.success())
}

#[tokio::test]
async fn a_suite_runs_where_its_environment_says_as_far_as_it_can() {
    if !At::Namespaces.is_had().await {
        return;
    }
    let (said, is_success) = run_on("namespaces");
    assert!(is_success, "{said}");
    assert!(said.contains("the program is at 198.18.0.1"), "{said}");
    assert!(said.contains("the other is on loopback: true"), "{said}");
    let line = "CLUSTER_PLACE: a cluster runs on this machine, and not in network namespaces: nodes `a` and `b` are in the test's process";
    assert_eq!(said.lines().filter(|said| said.starts_with(line)).count(), 1, "{said}");
}

#[test]
fn a_place_that_is_none_is_refused() {
    let (said, is_success) = run_on("the moon");
    assert!(!is_success, "{said}");
    assert!(said.contains("CLUSTER_PLACE") && said.contains("found `the moon`"), "{said}");
}

/// One of another package, which this one cannot know.
#[test]
fn containers_are_refused_with_what_to_write() {
    let (said, is_success) = run_on("containers");
    assert!(!is_success, "{said}");
    assert!(said.contains("CLUSTER_PLACE") && said.contains("`.start().on(Containers::docker())`"), "{said}");
}
