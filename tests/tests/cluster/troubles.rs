//! Every error of a wait tells of all nodes that are not as they should be, each once.

use std::sync::Arc;
use std::time::Duration;

use cluster_runtime::{Error, Node, NodeContext, Result, Service, cluster};
use tokio::sync::Notify;

use super::deaths::mortal;
use super::waits::once_ready;

const SHORT: Duration = Duration::from_millis(200);

fn assert_tells_of_others(error: &Error) {
    let report = format!("{error:?}");
    assert!(report.contains("\nnot as they should be:\n  - gone was killed\n  - silent is paused"), "{report}");
    assert!(!report.contains("  - failing"), "it is told of twice: {report}");
}

/// A service that returns when it is told to, and whose second run fails.
fn failing(leave: &Arc<Notify>) -> Service {
    let (leave, may_run) = (leave.clone(), Arc::new(Notify::new()));
    may_run.notify_one();
    Service::new(move |node: NodeContext| {
        let (leave, may_run) = (leave.clone(), may_run.clone());
        async move {
            if tokio::time::timeout(Duration::ZERO, may_run.notified()).await.is_err() {
                return Err("its disk is full");
            }
            node.ready();
            leave.notified().await;
            Ok(())
        }
    })
}

#[tokio::test]
async fn the_error_of_a_wait_that_outlives_its_node_does() -> Result {
    let leave = Arc::new(Notify::new());
    let net = cluster! { gone; silent; failing = failing(&leave) }.start().await?;
    net.gone.kill().await?;
    net.silent.pause().await?;
    leave.notify_one();
    let error = net.failing.wait_for("rain", |_| Some(())).await.expect_err("it returns");
    assert!(matches!(error, Error::Ended { .. }), "{error:?}");
    assert_tells_of_others(&error);
    net.stop().await
}

#[tokio::test]
async fn the_error_of_a_wait_that_a_death_ends_does() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { a; gone; silent; failing = mortal(&die) }.start().await?;
    net.gone.kill().await?;
    net.silent.pause().await?;
    die.notify_one();
    for error in [
        net.a.wait_for("rain", |_| Some(())).await.expect_err("another node has died"),
        net.a.wait_ended().await.map(drop).expect_err("another node has died"),
        net.failing.wait_stopped().await.expect_err("it has died"),
        net.failing.stop().await.expect_err("it has died"),
    ] {
        assert!(matches!(error, Error::Died { .. }), "{error:?}");
        assert_tells_of_others(&error);
    }
    net.failing.wait_ended().await?;
    net.stop().await
}

#[tokio::test]
async fn the_error_of_a_fault_that_nothing_runs_into_does() -> Result {
    let net = cluster! { a; b: connect(a); gone; silent }.start().wait_connections(true).await?;
    net.gone.kill().await?;
    net.silent.pause().await?;
    let cut = net.cut(&net.a, &net.b).await?;
    assert_tells_of_others(&cut.wait_bitten().timeout(SHORT).await.expect_err("nobody says a word"));
    assert_tells_of_others(&cut.heal().await.expect_err("nobody has said a word"));
    net.stop().await
}

#[tokio::test]
async fn the_error_of_a_restart_that_fails_does() -> Result {
    let leave = Arc::new(Notify::new());
    let net = cluster! { gone; silent; failing = failing(&leave) }.start().await?;
    net.gone.kill().await?;
    net.silent.pause().await?;
    leave.notify_one();
    net.failing.wait_stopped().await?;
    let error = net.failing.restart().await.expect_err("its disk is full");
    assert!(matches!(error, Error::Failed(_)), "{error:?}");
    assert_tells_of_others(&error);
    net.stop().await
}

#[tokio::test]
async fn the_error_of_a_restart_and_of_an_addition_that_take_too_long_does() -> Result {
    let net = cluster! { gone; silent; failing = once_ready() }.start().await?;
    net.gone.kill().await?;
    net.silent.pause().await?;
    let late = Node::new(&net.failing.kind(), "late");
    for error in [
        net.failing.restart().timeout(SHORT).await.expect_err("it is not ready again"),
        net.add(&late).timeout(SHORT).await.expect_err("it is never ready"),
    ] {
        assert!(matches!(error, Error::StartTimeout(_)), "{error:?}");
        let report = format!("{error:?}");
        assert!(report.contains("  - gone was killed"), "{report}");
        assert!(report.contains("  - silent is paused"), "{report}");
    }
    net.stop().await
}
