//! `CLUSTER_SHRINK=1` finds the least plan with which a test still fails, by running it again in processes of its own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cluster_runtime::fault::{Plan, Step};
use cluster_runtime::{Result, cluster};
use cluster_tests::{alone, until};

/// Set to how the test below fails: by a panic; or, with fewer acts, it hangs, and writes its process id to this file.
const FAILURE: &str = "CLUSTER_SHRINK_FAILURE";

/// Fails if `a` and then `c` are killed. A process for the tests below, and no test itself.
#[tokio::test]
#[ignore = "a part of other tests"]
async fn victim() -> Result {
    let net = cluster! { a; b; c }.start().await?;
    let kill = |node: &str| Step::kill([node]);
    let passing = net.run(Plan::of([kill("b")]).quiet(Duration::ZERO), async |_| Ok(())).await?;
    assert_eq!(passing.acts().len(), 1);

    let kills = ["b", "c", "b", "a", "b", "b", "c", "a"].map(kill);
    let ran = net.run(Plan::of(kills).quiet(Duration::ZERO), async |_| Ok(())).await?;
    let mut killed = ran.acts().iter().map(|act| &act.step);
    let is_broken = killed.any(|step| *step == kill("a")) && killed.any(|step| *step == kill("c"));
    match std::env::var(FAILURE).as_deref() {
        Ok(file) if file != "panic" && ran.acts().len() < 8 => {
            std::fs::write(file, std::process::id().to_string())?;
            std::future::pending().await
        }
        Ok(_) => assert!(!is_broken, "a and then c were killed"),
        Err(_) if is_broken => return Err(cluster_runtime::Error::other("a and then c were killed")),
        Err(_) => {}
    }
    net.stop().await
}

fn shrinking() -> Command {
    let mut command = alone("shrink::victim");
    command.env("CLUSTER_SHRINK", "1").stdout(Stdio::piped());
    command
}

fn assert_is_shrunk(mut command: Command) {
    let output = command.output().expect("this test runs");
    let text = String::from_utf8(output.stdout).expect("it is text");
    assert!(!output.status.success(), "{text}");
    let (_, least) =
        text.split_once("the least plan with which `shrink::victim` still fails has 2 of 8 acts:\n").expect(&text);
    let least: String = least.lines().take(6).map(|line| format!("{line}\n")).collect();
    assert_eq!(
        least,
        "let plan = Plan::of([\n    \
         Step::kill([\"a\"]).at(Duration::from_millis(0)).lasting(Duration::from_millis(0)),\n    \
         Step::kill([\"c\"]).at(Duration::from_millis(0)).lasting(Duration::from_millis(0)),\n\
         ])\n\
         .min_alive(0)\n\
         .quiet(Duration::from_millis(0));\n"
    );
}

#[test]
fn a_test_that_returns_an_error_after_its_plan_is_shrunk() {
    assert_is_shrunk(shrinking());
}

#[test]
fn a_test_that_panics_after_its_plan_is_shrunk() {
    let mut command = shrinking();
    command.env(FAILURE, "panic");
    assert_is_shrunk(command);
}

#[test]
fn a_test_whose_name_only_nextest_tells_is_shrunk() {
    let mut command = shrinking();
    // In the main thread, which is not named after its test.
    command.arg("--test-threads=1").env("NEXTEST_TEST_NAME", "shrink::victim");
    assert_is_shrunk(command);
}

#[tokio::test]
async fn nothing_is_left_of_a_shrinking_that_is_killed() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("shrink-{}", std::process::id()));
    let mut command = shrinking();
    let mut child = command.env(FAILURE, &file).stdout(Stdio::null()).spawn().expect("this test runs");
    let hangs = || std::fs::read_to_string(&file).is_ok_and(|pid| !pid.is_empty());
    until("a run with fewer acts hangs", hangs).await;
    let process = format!("/proc/{}", std::fs::read_to_string(&file).expect("it was written"));
    std::fs::remove_file(&file).expect("it is there");
    assert!(Path::new(&process).exists(), "it hangs");
    child.kill().expect("it runs");
    child.wait().expect("it was killed");
    until("it ends with its parent", || !Path::new(&process).exists()).await;
}
