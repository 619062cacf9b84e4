//! Programs that run a node's program: `CLUSTER_WRAP`, and `unbuffered`.

use std::time::Duration;

use cluster_runtime::{Node, Process, Ready, Result, cluster, start};
use cluster_tests::{alone, remove_files, script, sleeper};

/// Says which test a child runs.
const CHILD: &str = "CLUSTER_TEST_CHILD";

/// Runs `test` of this binary again, with this wrapper, unless this is that child.
fn is_child(test: &str, wrap: &str) -> bool {
    if std::env::var(CHILD).is_ok_and(|child| child == test) {
        return true;
    }
    let mut child = alone(&format!("wrap::{test}"));
    child.arg("--nocapture").env(CHILD, test).env("CLUSTER_WRAP", wrap);
    let child = child.output().expect("a test can be run");
    let text = String::from_utf8_lossy(&[child.stdout, child.stderr].concat()).into_owned();
    assert!(child.status.success() && text.contains("1 passed"), "with {wrap}: {text}");
    false
}

#[tokio::test]
async fn a_wrapper_runs_the_program_of_its_node_only() -> Result {
    if !is_child("a_wrapper_runs_the_program_of_its_node_only", "k.2=env WRAPPED={dir}/trace") {
        return Ok(());
    }
    let kind = script("echo \"$WRAPPED\" > wrapped; touch up; exec sleep 1000").ready(Ready::file("up"));
    let net = cluster! { use kind; k[2] }.start().await?;
    let wrapped =
        |node: &Node<Process>| Ok::<_, cluster_runtime::Error>(std::fs::read_to_string(node.dir()?.join("wrapped"))?);
    assert_eq!(wrapped(&net.k[0])?, "\n");
    assert_eq!(wrapped(&net.k[1])?, format!("{}/trace\n", net.k[1].dir()?.display()));
    net.stop().await
}

#[tokio::test]
async fn a_wrapper_without_a_program_refuses_the_start() {
    if !is_child("a_wrapper_without_a_program_refuses_the_start", "k.2") {
        return;
    }
    let error = start(Node::new(&sleeper(), "n")).await.map(drop).expect_err("it cannot be read").to_string();
    assert!(error.contains("`k.2` is no `NODE=PROGRAM ARGUMENTS`"), "{error}");
}

/// Writes a line by the C library, and goes on.
fn writes_by_c() -> Process {
    script("(echo it is up; exec sleep 1000) | cut -c4-").ready(Ready::log_line("is up"))
}

#[tokio::test]
async fn an_unbuffered_program_writes_each_line_at_once() -> Result {
    start(Node::new(&writes_by_c().unbuffered(), "n")).await?.stop().await
}

/// Writes a line at once only where it writes to a terminal, and whatever `stdbuf` says.
fn writes_to_terminals() -> Process {
    script("if test -t 1; then echo it is up; fi; exec sleep 1000").ready(Ready::log_line("is up"))
}

#[tokio::test]
async fn a_program_may_be_given_a_terminal() -> Result {
    if !cluster_tests::is_installed("unbuffer", "expect") {
        return Ok(());
    }
    let node = Node::new(&writes_to_terminals().wrapped_by("unbuffer", &[]), "n");
    start(node).await?.stop().await
}

#[tokio::test]
async fn wrappers_get_the_program_and_its_arguments() -> Result {
    let kind = script("echo \"$INNER $OUTER\" > wrapped; touch up; exec sleep 1000").ready(Ready::file("up"));
    let kind = kind.wrapped_by("env", &["INNER=1", "OUTER=1"]).wrapped_by("env", &["OUTER=2", "INNER=2"]);
    let net = cluster! { use kind; a }.start().await?;
    assert_eq!(std::fs::read_to_string(net.a.dir()?.join("wrapped"))?, "1 1\n", "the first is the innermost");
    net.stop().await
}

#[tokio::test]
async fn a_wrapper_that_is_missing_refuses_the_start() {
    let kind = sleeper().wrapped_by("no-such-wrapper", &["-x"]);
    let error = start(Node::new(&kind, "n")).await.map(drop).expect_err("it is missing").to_string();
    assert!(error.contains("no-such-wrapper"), "{error}");
}

#[tokio::test]
async fn a_line_with_other_capitals_is_shown() {
    let kind = script("echo listening at last; exec sleep 1000").ready(Ready::log_line("Listening"));
    let node = Node::new(&kind, "n");
    let error = start(&node).timeout(Duration::from_millis(2500)).await.map(drop).expect_err("it is another line");
    let report = cluster_tests::report(&error);
    let why = "it has written no line with `Listening` in 2s, but one with other capitals: `listening at last`";
    assert!(report.contains(why), "{report}");
    remove_files(&node);
}

#[tokio::test]
async fn a_line_that_does_not_come_says_so_after_two_seconds() {
    let node = Node::new(&writes_by_c(), "n");
    let error = start(&node).timeout(Duration::from_millis(2500)).await.map(drop).expect_err("a buffer holds it");
    let report = cluster_tests::report(&error);
    assert!(report.contains("line_missing") && report.contains("see `Process::unbuffered`"), "{report}");
    remove_files(&node);
}
