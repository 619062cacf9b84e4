//! A service in simulated time has a runtime of its own, with which all ends that was spawned there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cluster_runtime::error::End;
use cluster_runtime::{Error, Level, NodeContext, Result, Service, cluster};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A service with a task of `tokio::spawn` that counts seconds here.
fn counting(seconds: &Arc<AtomicU32>) -> Service {
    let seconds = seconds.clone();
    Service::new(move |node: NodeContext| {
        let seconds = seconds.clone();
        async move {
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    seconds.fetch_add(1, Ordering::Relaxed);
                }
            });
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        }
    })
    .gated()
}

#[tokio::test]
async fn a_kill_drops_what_a_service_has_spawned() -> Result {
    let seconds = Arc::<AtomicU32>::default();
    let held = Arc::strong_count(&seconds);
    let net =
        cluster! { counting = counting(&seconds); other = counting(&Arc::default()) }.start().simulated(1).await?;
    net.sleep(Duration::from_millis(3500)).await?;
    net.counting.kill().await?;
    assert_eq!(Arc::strong_count(&seconds), held + 1, "only the kind holds it");
    net.sleep(Duration::from_secs(2)).await?;
    assert_eq!(seconds.load(Ordering::Relaxed), 3, "it counts on");
    net.counting.restart().await?;
    net.sleep(Duration::from_millis(1500)).await?;
    assert_eq!(seconds.load(Ordering::Relaxed), 4);
    net.stop().await
}

#[tokio::test]
async fn no_task_of_a_paused_service_runs() -> Result {
    let seconds = Arc::<AtomicU32>::default();
    let net = cluster! { counting = counting(&seconds) }.start().simulated(1).await?;
    net.sleep(Duration::from_millis(1500)).await?;
    net.counting.pause().await?;
    net.sleep(Duration::from_secs(10)).await?;
    assert_eq!(seconds.load(Ordering::Relaxed), 1, "it counts on");
    net.counting.resume().await?;
    net.sleep(Duration::from_millis(1100)).await?;
    assert_eq!(seconds.load(Ordering::Relaxed), 3, "one second that is overdue, and another one");
    net.stop().await
}

#[tokio::test]
async fn a_service_that_is_stopped_leaves_nothing() -> Result {
    let seconds = Arc::<AtomicU32>::default();
    let net = cluster! { counting = counting(&seconds) }.start().simulated(1).await?;
    net.counting.stop().await?;
    assert_eq!(Arc::strong_count(&seconds), 2, "this test and the kind hold it");
    net.stop().await
}

#[tokio::test]
async fn what_services_hold_is_dropped_with_their_cluster() -> Result {
    let seconds = Arc::<AtomicU32>::default();
    let net = cluster! { counting = counting(&seconds) }.start().simulated(1).await?;
    let node = net.counting.clone();
    drop(net);
    node.wait_stopped().await?;
    drop(node);
    assert_eq!(Arc::strong_count(&seconds), 1, "something holds it");
    Ok(())
}

#[tokio::test]
async fn a_panic_in_a_task_of_a_service_is_its_death() -> Result {
    let failing = Service::new(async |node: NodeContext| -> Result {
        tokio::spawn(async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            panic!("no quorum");
        });
        node.ready();
        node.stopped().await;
        Ok(())
    });
    let net = cluster! { failing = failing.gated() }.start().simulated(1).await?;
    let End::Panicked(message) = net.failing.wait_ended().await? else { panic!("it panics") };
    assert_eq!(message, "no quorum");
    net.stop().await
}

#[tokio::test]
async fn no_time_passes_while_a_blocking_call_runs() -> Result {
    let blocking = Service::new(async |node: NodeContext| -> Result {
        node.ready();
        let begun = tokio::time::Instant::now();
        let call = tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(30)));
        call.await.expect("it does not panic");
        node.event(Level::Info, "call", "over", json!({ "after": begun.elapsed().as_millis() as u64 }));
        node.stopped().await;
        Ok(())
    });
    let net = cluster! { blocking = blocking.gated() }.start().simulated(1).await?;
    let after = net.blocking.wait_for("over", |value| value["after"].as_u64()).await?;
    assert_eq!(after, 0, "milliseconds have passed");
    net.stop().await
}

#[tokio::test]
async fn the_clocks_of_services_keep_step() -> Result {
    let echo = Service::new(async |node: NodeContext| -> Result {
        let listener = node.listen()?;
        node.ready();
        loop {
            let (mut stream, _from) = tokio::select! {
                biased;
                () = node.stopped() => return Ok(()),
                accepted = listener.accept() => accepted?,
            };
            tokio::spawn(async move {
                stream.read_u8().await?;
                tokio::time::sleep(Duration::from_secs(7)).await;
                stream.write_u8(1).await
            });
        }
    });
    let asking = Service::new(async |node: NodeContext| -> Result {
        // It begins later than the other one.
        tokio::time::sleep(Duration::from_millis(1234)).await;
        let mut stream = node.connect(&node.peers()[0]).await?;
        let begun = tokio::time::Instant::now();
        stream.write_u8(1).await?;
        stream.read_u8().await?;
        node.event(Level::Info, "ask", "answered", json!({ "after": begun.elapsed().as_millis() as u64 }));
        node.ready();
        node.stopped().await;
        Ok(())
    });
    let net =
        cluster! { echo = echo.gated(); asking = asking.gated(); connect(asking, echo, latency = 100ms, jitter = 0ms) };
    let net = net.start().simulated(1).await?;
    let after = net.asking.wait_for("answered", |value| value["after"].as_u64()).await?;
    assert_eq!(after, 7200);
    net.stop().await
}
