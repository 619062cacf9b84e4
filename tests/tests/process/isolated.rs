//! What an isolated service needs from the process, and where its output goes: in processes of their own.

use std::fs::File;
use std::sync::{Arc, Mutex};

use cluster_runtime::{Error, Identity, NodeContext, Result, Service, cluster, create, start};
use cluster_tests::alone;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::Notify;

/// Says which test a child runs.
const CHILD: &str = "CLUSTER_TEST_CHILD";

fn is_child(test: &str) -> bool {
    std::env::var(CHILD).is_ok_and(|child| child == test)
}

/// Whether `test` passes when this binary runs it in a child, and what that prints.
fn run_child(test: &str) -> (bool, String) {
    let child = alone(&format!("isolated::{test}")).env(CHILD, test).output().expect("a test can be run");
    let text = String::from_utf8_lossy(&[child.stdout, child.stderr].concat()).into_owned();
    assert!(text.contains("running 1 test"), "{text}");
    (child.status.success(), text)
}

/// Limits the open files of this process for good.
fn limit_descriptors(limit: u64) {
    setrlimit(Resource::Nofile, Rlimit { current: Some(limit), maximum: Some(limit) }).expect("a limit can be lowered");
    assert_eq!(getrlimit(Resource::Nofile).current, Some(limit));
}

async fn serve(node: NodeContext) -> Result {
    node.ready();
    node.stopped().await;
    Ok(())
}

#[tokio::test]
async fn more_services_than_descriptors_are_refused() -> Result {
    let test = "more_services_than_descriptors_are_refused";
    if !is_child(test) {
        let (passed, text) = run_child(test);
        assert!(passed, "{text}");
        return Ok(());
    }
    limit_descriptors(128);
    let error = start(create(&Service::new(serve), "n", 100)).await.expect_err("they need 500");
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    let needed = "100 nodes with 0 ends of links need about 500 file descriptors";
    assert!(error.to_string().contains(needed), "{error}");
    let net = start(create(&Service::new(serve), "few", 5)).await?;
    net.stop().await
}

#[tokio::test]
async fn a_service_for_which_no_descriptor_is_left_fails() -> Result {
    let test = "a_service_for_which_no_descriptor_is_left_fails";
    if !is_child(test) {
        let (passed, text) = run_child(test);
        assert!(passed, "{text}");
        return Ok(());
    }
    limit_descriptors(128);
    let held = Arc::new(Mutex::new(Vec::new()));
    let of_kind = held.clone();
    // After the checks before the start.
    let take_all = move |node: NodeContext| {
        let mut held = of_kind.lock().expect("nothing panics");
        held.extend(std::iter::from_fn(|| File::open("/dev/null").ok()));
        async move { Ok::<_, Error>(Identity::new(node.name())) }
    };
    let error = start(create(&Service::new(serve).identity(take_all), "n", 2)).await.expect_err("none is left");
    held.lock().expect("nothing panics").clear();
    let text = error.to_string();
    assert!(
        text.contains("no thread and runtime could be had for it") && text.contains("Too many open files"),
        "{text}"
    );
    let net = start(create(&Service::new(serve), "n", 2)).await?;
    net.stop().await
}

/// Prints from the thread of a node, which a task of it panics on.
async fn print_and_panic() -> Result {
    let panic = Arc::new(Notify::new());
    let of_kind = panic.clone();
    let kind = Service::new(move |node: NodeContext| {
        let panic = of_kind.clone();
        async move {
            println!("printed by the run");
            let printed = Arc::new(Notify::new());
            let by_task = printed.clone();
            tokio::spawn(async move {
                println!("printed by a task");
                by_task.notify_one();
                panic.notified().await;
                panic!("panicked in a task");
            });
            tokio::task::spawn_blocking(|| println!("printed by a blocking call")).await.expect("it only prints");
            // A restart does not wait for what has not run yet.
            printed.notified().await;
            serve(node).await
        }
    });
    let net = cluster! { printer = kind }.start().await?;
    net.printer.restart().await?;
    panic.notify_one();
    net.printer.wait_ended().await?;
    net.stop().await
}

#[tokio::test]
async fn the_output_of_a_service_is_shown_with_a_test_that_fails() -> Result {
    let test = "the_output_of_a_service_is_shown_with_a_test_that_fails";
    if is_child(test) {
        print_and_panic().await?;
        panic!("as the parent wants");
    }
    let (passed, text) = run_child(test);
    assert!(!passed, "the child is to fail: {text}");
    let output =
        text.split_once(&format!("---- isolated::{test} stdout ----")).expect("a test that fails has output").1;
    for (line, times) in [
        ("printed by the run", 2),
        ("printed by a task", 2),
        ("printed by a blocking call", 2),
        ("thread 'printer' ", 1),
        ("panicked in a task", 1),
    ] {
        assert_eq!(output.matches(line).count(), times, "`{line}` in {text}");
    }
    Ok(())
}

#[tokio::test]
async fn the_output_of_a_service_is_hidden_with_a_test_that_passes() -> Result {
    let test = "the_output_of_a_service_is_hidden_with_a_test_that_passes";
    if is_child(test) {
        return print_and_panic().await;
    }
    let (passed, text) = run_child(test);
    assert!(passed, "the child is to pass: {text}");
    assert!(!text.contains("printed by") && !text.contains("panicked"), "{text}");
    Ok(())
}
