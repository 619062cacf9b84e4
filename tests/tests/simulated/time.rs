//! When virtual time passes.

use std::time::{Duration, Instant};

use cluster_runtime::{Error, NodeContext, Result, Service, cluster};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A node that beats once a second.
async fn beat(node: NodeContext) -> Result {
    node.ready();
    for number in 0_u64.. {
        tokio::select! {
            biased;
            () = node.stopped() => break,
            () = tokio::time::sleep(Duration::from_secs(1)) => {
                node.event(cluster_runtime::Level::Info, "heart", "beat", json!({ "number": number }));
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn nodes_connect_and_a_message_arrives() -> Result {
    let net = cluster! { k[4]: clique; far: connect(k[0]) }.start().simulated(1).wait_connections(true).await?;
    net.far.publish("hello").await?;
    let hops = net.k[3].wait_for("message", |value| value["hops"].as_u64()).await?;
    assert_eq!(hops, 2);
    net.stop().await
}

#[tokio::test]
async fn an_hour_of_heartbeats_takes_a_moment() -> Result {
    let wall = Instant::now();
    let net = cluster! { hearts[3] = Service::new(beat).gated().shared() }.start().simulated(1).await?;
    net.sleep(Duration::from_secs(3600)).await?;
    let beats = |node: &str| net.journal().iter().filter(|event| event.name == "beat" && &*event.node == node).count();
    assert!(beats("hearts.2") > 3590, "{} beats", beats("hearts.2"));
    assert!(wall.elapsed() < Duration::from_secs(30), "it took {:?}", wall.elapsed());
    net.stop().await
}

#[tokio::test]
async fn no_time_passes_while_the_test_waits_for_something_else() -> Result {
    let net = cluster! { heart = Service::new(beat).gated() }.start().simulated(1).await?;
    let before = net.journal().len();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(net.journal().len(), before, "time has passed");
    net.stop().await
}

#[tokio::test]
async fn a_timeout_is_of_virtual_time() -> Result {
    let net = cluster! { a; b: connect(a) }.start().simulated(1).wait_connections(true).await?;
    let wall = Instant::now();
    let waiting = net.a.wait_for("message", |_| Some(())).timeout(Duration::from_secs(600));
    let error = waiting.await.expect_err("nobody publishes");
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
    assert!(wall.elapsed() < Duration::from_secs(20), "it took {:?}", wall.elapsed());
    net.stop().await
}

#[tokio::test]
async fn messages_of_the_same_moment_all_arrive() -> Result {
    let service = Service::new(|node: NodeContext| async move {
        let listener = node.listen()?;
        node.ready();
        let peer = node.peers().remove(0);
        let mut stream = if peer.dial() { node.connect(&peer).await? } else { listener.accept().await?.0 };
        for number in 0..10 {
            if peer.dial() {
                stream.write_u8(number).await?;
            }
            let heard = stream.read_u8().await?;
            if !peer.dial() {
                stream.write_u8(heard).await?;
            }
        }
        node.event(cluster_runtime::Level::Info, "talk", "over", json!({}));
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { n[2] = service.gated().shared(): line(latency = 0ms, jitter = 0ms) };
    let net = net.start().simulated(1).await?;
    net.wait_for_all(&net.n, "over", |_| Some(())).await?;
    let over: Vec<_> = net.journal().iter().filter(|event| event.name == "over").map(|event| event.time).collect();
    assert_eq!(over[0], over[1], "time has passed between messages that take none");
    net.stop().await
}
