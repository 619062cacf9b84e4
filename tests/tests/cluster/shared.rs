//! A network that several tests share, each of them with a runtime of its own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cluster_runtime::shared::Shared;
use cluster_runtime::{Error, NodeContext, Result, Service, cluster};
use tokio::runtime::{Builder, Runtime};

cluster! {
    /// The network of these tests.
    struct Net;
    center;
    leaves[3]: star(center);
}

/// The runtime of one test.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be had")
}

#[test]
fn a_shared_network_outlives_the_test_that_has_started_it() -> Result {
    static NET: Shared<Net> = Shared::new(|| Net::create().start().wait_connections(true));
    for _ in 0..3 {
        runtime().block_on(async {
            let net = NET.get().await?;
            assert_eq!(net.center.connections().await?.len(), 3);
            net.wait_connections().await
        })?;
    }
    let net = NET.get().blocking()?;
    assert_eq!(net.center.connections().blocking()?.len(), 3);
    Ok(())
}

#[test]
fn a_shared_network_is_started_once_for_tests_that_come_at_the_same_time() {
    static STARTS: AtomicUsize = AtomicUsize::new(0);
    static NET: Shared<Net> = Shared::new(|| {
        STARTS.fetch_add(1, Ordering::Relaxed);
        Net::create().start().wait_connections(true)
    });
    let tests: Vec<_> = (0..8)
        .map(|_| std::thread::spawn(|| runtime().block_on(async { NET.get().await.map(|net| net.nodes().len()) })))
        .collect();
    for test in tests {
        assert_eq!(test.join().expect("it does not panic").expect("it starts"), 4);
    }
    assert_eq!(STARTS.load(Ordering::Relaxed), 1, "it was started again");
}

#[test]
fn a_shared_network_is_reset_between_two_tests() -> Result {
    static RESETS: AtomicUsize = AtomicUsize::new(0);
    static NET: Shared<Net> = Shared::new(|| Net::create().start().wait_connections(true)).reset(|net| {
        Box::pin(async move {
            RESETS.fetch_add(1, Ordering::Relaxed);
            net.restart(&net.leaves).wait_connections(true).await
        })
    });
    runtime().block_on(async { NET.lock().await?.leaves[1].kill().await })?;
    assert_eq!(RESETS.load(Ordering::Relaxed), 0, "the first test has the network as it was started");
    runtime().block_on(async {
        let net = NET.lock().await?;
        assert_eq!(net.center.connections().await?.len(), 3);
        Ok::<_, Error>(())
    })?;
    assert_eq!(RESETS.load(Ordering::Relaxed), 1);
    Ok(())
}

#[test]
fn a_reset_that_fails_is_done_again_for_the_next_test() -> Result {
    static RESETS: AtomicUsize = AtomicUsize::new(0);
    static NET: Shared<Net> = Shared::new(|| Net::create().start()).reset(|_| {
        Box::pin(async {
            match RESETS.fetch_add(1, Ordering::Relaxed) {
                0 | 1 => Err(Error::other("the table is locked")),
                _ => Ok(()),
            }
        })
    });
    let first = std::thread::Builder::new().name("first".to_owned()).spawn(|| NET.lock().blocking().map(drop))?;
    first.join().expect("it does not panic")?;
    let second = NET.lock().blocking().expect_err("its reset fails");
    let expected = "the shared network `Net` could not be reset after test `first`: the table is locked";
    assert_eq!(second.to_string(), expected);
    assert_eq!(format!("{second:?}"), expected);
    let third = NET.lock().blocking().expect_err("its reset fails again");
    assert_eq!(third.to_string(), expected, "who could not have it has not used it");
    drop(NET.lock().blocking()?);
    assert_eq!(RESETS.load(Ordering::Relaxed), 3);
    Ok(())
}

#[test]
fn a_test_that_waits_for_a_locked_network_is_told_which_test_has_it() -> Result {
    static NET: Shared<Net> = Shared::new(|| Net::create().start());
    let holding = NET.lock().blocking()?;
    let waiting = std::thread::spawn(|| NET.lock().timeout(Duration::from_millis(50)).blocking().map(drop));
    let error = waiting.join().expect("it does not panic").expect_err("it is locked").to_string();
    let holder = std::thread::current().name().expect("the harness names it").to_owned();
    assert!(error.contains(&format!("test `{holder}` has it")), "{error}");
    drop(holding);
    drop(NET.lock().blocking()?);
    Ok(())
}

cluster! {
    /// One that cannot be started.
    struct Broken;
    db = Service::new(break_down) as Service;
}

async fn break_down(node: NodeContext) -> Result {
    node.event(cluster_runtime::Level::Info, "db", "looks_at_the_disk", serde_json::Value::Null);
    Err(Error::other("the disk is full"))
}

#[test]
fn the_failure_of_its_start_is_told_to_every_test() {
    static STARTS: AtomicUsize = AtomicUsize::new(0);
    static NET: Shared<Broken> = Shared::new(|| {
        STARTS.fetch_add(1, Ordering::Relaxed);
        Broken::create().start()
    });
    for _ in 0..2 {
        let error = NET.get().blocking().map(|net| net.db.name().to_owned()).expect_err("it cannot be started");
        assert!(error.to_string().contains("the shared network was not started: node `db` failed"), "{error}");
        assert!(format!("{error:?}").contains("looks_at_the_disk"), "the report has no log: {error:?}");
    }
    assert_eq!(STARTS.load(Ordering::Relaxed), 1, "each test waits for it again");
}
