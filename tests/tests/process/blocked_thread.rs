//! A wait whose thread is blocked at its deadline is told of by another thread.

use std::thread;
use std::time::Duration;

use cluster_runtime::{Error, NodeContext, Result, Service, cluster};
use cluster_tests::alone;

const TIMEOUT: Duration = Duration::from_secs(1);
/// Longer than it takes until a wait that is overdue is told of.
const BLOCKED: Duration = Duration::from_secs(5);

/// Run by a test below, in a process of its own, as the other ones.
#[tokio::test]
#[ignore = "a part of another test"]
async fn a_node_blocks_the_start() {
    let kind = Service::new(|node: NodeContext| async move {
        thread::sleep(BLOCKED);
        node.ready();
        Ok::<_, Error>(())
    })
    .shared();
    let _ = cluster! { sleeper = kind }.start().timeout(TIMEOUT).await;
}

#[tokio::test]
#[ignore = "a part of another test"]
async fn a_node_blocks_a_wait() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        node.ready();
        node.stopped().await;
        thread::sleep(BLOCKED);
        Ok::<_, Error>(())
    })
    .shared();
    let net = cluster! { a; gone; sleeper = kind }.start().await?;
    net.gone.kill().await?;
    net.sleeper.stop().timeout(TIMEOUT).await
}

#[tokio::test]
#[ignore = "a part of another test"]
async fn the_test_blocks_a_wait() -> Result {
    let net = cluster! { a }.start().await?;
    let blocking = net.a.wait_for_event("ready", |_| {
        thread::sleep(BLOCKED);
        Some(())
    });
    blocking.timeout(TIMEOUT).await?;
    net.stop().await
}

#[tokio::test]
#[ignore = "a part of another test"]
async fn nothing_is_blocked() -> Result {
    let net = cluster! { a }.start().await?;
    net.a.wait_for("rain", |_| Some(())).timeout(TIMEOUT).await.expect_err("it is dry");
    let mut is_seen = false;
    let blocks_in_time = net.a.wait_for_event("ready", move |_| {
        thread::sleep(TIMEOUT);
        std::mem::replace(&mut is_seen, true).then_some(())
    });
    blocks_in_time.timeout(TIMEOUT).await.expect_err("there is one such event");
    net.sleep(BLOCKED).timeout(TIMEOUT).await?;
    net.stop().await
}

/// What one of the tests above prints, captured as a harness does.
fn printed_by(test: &str) -> String {
    let output = alone(&format!("blocked_thread::{test}")).output().expect("a test can be run");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_start_that_a_node_blocks_is_told_of_with_the_phase() {
    let printed = printed_by("a_node_blocks_the_start");
    for expected in [
        "the wait for the start at tests/tests/process/blocked_thread.rs:",
        " cannot end: its timeout of 1s passed",
        "the thread of the test is blocked by what shares it: `sleeper`",
        "  - sleeper is being started (phase `ready`)",
        "help: a service that blocks has a thread of its own if it is not `.shared()`",
    ] {
        assert!(printed.contains(expected), "{expected:?} is not in:\n{printed}");
    }
}

#[test]
fn a_wait_that_a_node_blocks_is_told_of_with_what_else_is_wrong() {
    let printed = printed_by("a_node_blocks_a_wait");
    for expected in [
        "the wait for the stop of `sleeper` at tests/tests/process/blocked_thread.rs:",
        " cannot end: its timeout of 1s passed",
        "the thread of the test is blocked by what shares it: `sleeper`",
        "  - gone was killed",
    ] {
        assert!(printed.contains(expected), "{expected:?} is not in:\n{printed}");
    }
}

#[test]
fn a_wait_that_the_test_blocks_is_told_of() {
    let printed = printed_by("the_test_blocks_a_wait");
    for expected in [
        "the wait for `ready` of `a` at tests/tests/process/blocked_thread.rs:",
        " cannot end: its timeout of 1s passed",
        "the thread of the test is blocked, or the test awaits something else meanwhile",
        "help: what blocks belongs in `tokio::task::spawn_blocking`",
    ] {
        assert!(printed.contains(expected), "{expected:?} is not in:\n{printed}");
    }
}

#[test]
fn a_wait_that_ends_by_itself_at_its_deadline_is_not_told_of() {
    let printed = printed_by("nothing_is_blocked");
    assert!(!printed.contains("cannot end"), "{printed}");
}
