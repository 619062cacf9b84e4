//! `CLUSTER_TIMEOUT_FACTOR` stretches all deadlines. It is read once, so each behaviour runs in a process of its own.

use std::future::IntoFuture;
use std::time::Duration;

use cluster_runtime::{Error, Level, Loopback, Node, NodeContext, Result, Service, cluster, start};
use cluster_tests::alone;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// Says which test a child runs.
const CHILD: &str = "CLUSTER_TEST_CHILD";
const FACTOR: &str = "CLUSTER_TIMEOUT_FACTOR";

/// Runs `test` of this binary again, with this factor, unless this is that child.
fn is_child(test: &str, factor: &str) -> bool {
    if std::env::var(CHILD).is_ok_and(|child| child == test) {
        return true;
    }
    let mut child = alone(&format!("environment::{test}"));
    child.arg("--nocapture").env(CHILD, test).env(FACTOR, factor);
    let child = child.output().expect("a test can be run");
    let text = String::from_utf8_lossy(&[child.stdout, child.stderr].concat()).into_owned();
    assert!(child.status.success() && text.contains("1 passed"), "with {FACTOR}={factor}: {text}");
    false
}

fn never_ready() -> Node<Service> {
    let kind = Service::new(|node: NodeContext| async move {
        node.stopped().await;
        Ok::<_, Error>(())
    });
    Node::new(&kind, "n")
}

#[tokio::test]
async fn a_factor_stretches_a_start() {
    if !is_child("a_factor_stretches_a_start", "3.5") {
        return;
    }
    let error = start(never_ready()).timeout(Duration::from_millis(100)).await.expect_err("it is never ready");
    let Error::StartTimeout(timeout) = error else { panic!("expected a timeout, found {error:?}") };
    assert_eq!(timeout.timeout, Duration::from_millis(350));
}

#[tokio::test]
async fn a_factor_stretches_every_wait() {
    if !is_child("a_factor_stretches_every_wait", " 2 ") {
        return;
    }
    let node = never_ready();
    let wait = node.wait_for("rain", |_| Some(())).timeout(Duration::from_millis(10));
    let error = wait.await.expect_err("it never rains");
    let Error::Timeout { timeout, .. } = error else { panic!("expected a timeout, found {error:?}") };
    assert_eq!(timeout, Duration::from_millis(20));
}

#[tokio::test]
async fn without_a_timeout_a_wait_ends_after_30_seconds() {
    // A thousandth of it.
    if !is_child("without_a_timeout_a_wait_ends_after_30_seconds", "0.001") {
        return;
    }
    let expected = Duration::from_millis(30);
    let node = never_ready();
    let error = start(&node).await.expect_err("it is never ready");
    assert!(matches!(&error, Error::StartTimeout(timeout) if timeout.timeout == expected), "{error:?}");
    let node = Node::new(&node.kind(), "never started");
    let error = node.wait_for("rain", |_| Some(())).await.expect_err("it never rains");
    assert!(matches!(&error, Error::Timeout { timeout, .. } if *timeout == expected), "{error:?}");
}

#[tokio::test]
async fn without_a_timeout_a_kill_ends_after_5_seconds() -> Result {
    // A hundredth of it.
    if !is_child("without_a_timeout_a_kill_ends_after_5_seconds", "0.01") {
        return Ok(());
    }
    let patient = Duration::from_secs(1000);
    let kind = Service::new(|node: NodeContext| async move {
        node.ready();
        node.stopped().await;
        node.event(Level::Info, "test", "blocks", Value::Null);
        std::thread::sleep(Duration::from_secs(2));
        Ok::<_, Error>(())
    });
    let net = cluster! { n = kind }.start().timeout(patient).await?;
    let blocked = async {
        net.n.wait_for("blocks", |_| Some(())).timeout(patient).await?;
        net.n.kill().await
    };
    let (stopped, killed) = tokio::join!(net.n.stop().timeout(patient).into_future(), blocked);
    stopped?;
    let error = killed.expect_err("its thread does not yield");
    let expected = Duration::from_millis(50);
    assert!(matches!(&error, Error::Timeout { timeout, .. } if *timeout == expected), "{error:?}");
    assert!(error.to_string().contains("has not yielded"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_factor_that_is_no_number_is_refused() {
    if !is_child("a_factor_that_is_no_number_is_refused", "slow") {
        return;
    }
    let error = start(Node::new(&Loopback::new(), "n")).await.expect_err("the factor is no number");
    assert_eq!(
        format!("{error:?}"),
        "the start was refused; nothing was done\n  \
         - the environment variable CLUSTER_TIMEOUT_FACTOR cannot be read: expected a number above 0 and up to 1000, found `slow`"
    );
}

/// In a child process whose factor shortens the timeout of handshakes.
#[tokio::test]
async fn a_half_open_connection_is_dropped_in_time() -> Result {
    if !is_child("a_half_open_connection_is_dropped_in_time", "0.02") {
        return Ok(());
    }
    let node = Node::new(&Loopback::new(), "n");
    let net = start(&node).timeout(Duration::from_secs(1000)).await?;
    let mut stranger = TcpStream::connect(node.addr()).await?;
    let mut heard = Vec::new();
    // A reset is as good as an end.
    let _ = stranger.read_to_end(&mut heard).await;
    assert!(heard.is_empty(), "it was told {heard:?}");
    let why = node
        .wait_for("connection_dropped", |value| value["error"].as_str().map(str::to_owned))
        .timeout(Duration::from_secs(1000))
        .await?;
    assert_eq!(why, "it has not identified itself in time");
    net.stop().timeout(Duration::from_secs(1000)).await
}
