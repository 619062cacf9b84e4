//! A death is heard by all who wait for a node of the cluster.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cluster_runtime::error::End;
use cluster_runtime::{Error, Loopback, NodeContext, Result, Service, cluster, start};
use tokio::sync::Notify;

/// A service that fails when it is told to.
pub(super) fn mortal(die: &Arc<Notify>) -> Service {
    let die = die.clone();
    Service::new(move |node: NodeContext| {
        let die = die.clone();
        async move {
            node.ready();
            tokio::select! {
                () = die.notified() => Err("power cut"),
                () = node.stopped() => Ok(()),
            }
        }
    })
}

fn assert_names_the_death(error: &Error) {
    let Error::Died { deaths, .. } = error else { panic!("expected a death, found {error:?}") };
    assert_eq!(error.to_string(), "node `mortal` failed: power cut");
    assert!(matches!(deaths[0].end, End::Failed(_)), "{deaths:?}");
}

#[tokio::test]
async fn a_wait_on_another_node_ends_at_once() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { other; mortal = mortal(&die) }.start().await?;
    let started = Instant::now();
    let waiting = net.other.wait_for("rain", |_| Some(()));
    die.notify_one();
    assert_names_the_death(&waiting.await.expect_err("the other node has died"));
    assert_names_the_death(&net.other.wait_stopped().await.expect_err("the other node has died"));
    assert!(started.elapsed() < Duration::from_secs(10), "it took {:?}", started.elapsed());
    assert_names_the_death(&net.stop().await.expect_err("a node has died"));
    Ok(())
}

#[tokio::test]
async fn a_node_that_runs_again_is_not_dead() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { other; mortal = mortal(&die) }.start().await?;
    die.notify_one();
    net.mortal.wait_stopped().await.expect_err("it has died");
    let _again = start(&net.mortal).await?;
    net.other.publish("rain").await?;
    net.other.wait_for("message", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn another_node_that_is_dead_already_keeps_no_node_from_a_restart() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { other; mortal = mortal(&die) }.start().await?;
    die.notify_one();
    net.mortal.wait_stopped().await.expect_err("it has died");
    net.other.restart().await?;
    net.mortal.restart().await?;
    net.stop().await
}

#[tokio::test]
async fn an_end_that_was_taken_is_expected_by_all() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { other; mortal = mortal(&die) }.start().await?;
    die.notify_one();
    let End::Failed(cause) = net.mortal.wait_ended().await? else { panic!("it failed") };
    assert_eq!(cause.to_string(), "power cut");
    net.other.publish("rain").await?;
    net.other.wait_for("message", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn deaths_may_be_tolerated() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { other; mortal = mortal(&die) }.start().tolerate_deaths(true).await?;
    die.notify_one();
    net.mortal.wait_stopped().await.expect_err("it has died");
    net.other.publish("rain").await?;
    net.other.wait_for("message", |_| Some(())).await?;
    net.other.stop().await
}

#[tokio::test]
async fn a_stop_and_a_return_are_no_deaths() -> Result {
    let returns = Service::new(|node: NodeContext| async move {
        node.ready();
        Ok::<_, Error>(())
    });
    let net = cluster! { other; stopped = Loopback::new(); returns = returns }.start().await?;
    net.stopped.stop().await?;
    net.returns.wait_stopped().await?;
    net.other.publish("rain").await?;
    net.other.wait_for("message", |_| Some(())).await?;
    net.stop().await
}
