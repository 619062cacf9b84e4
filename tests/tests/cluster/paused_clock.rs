//! A test that pauses tokio's clock makes it jump; no deadline and no retry of ours reads it.

use std::time::Duration;

use cluster_runtime::{Error, Loopback, Node, NodeContext, Result, Service, cluster, create, line, start};

#[tokio::test(start_paused = true)]
async fn a_cluster_starts_works_and_stops() -> Result {
    let net = cluster! {
        center;
        leaves[5]: star(center);
        k[4]: clique;
        connect(center, k)
    }
    .start()
    .wait_connections(true)
    .await?;
    assert_eq!(net.observed().await?, net.topology());
    net.leaves[0].publish("hello").await?;
    let hops = net.k[3].wait_for("message", |value| value["hops"].as_u64()).await?;
    assert_eq!(hops, 2);
    net.stop().await
}

#[tokio::test(start_paused = true)]
async fn a_jump_of_the_clock_ends_no_wait() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        // Each sleep makes the clock jump at once.
        for _ in 0..24 {
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        node.ready();
        tokio::time::sleep(Duration::from_secs(3600)).await;
        node.event(cluster_runtime::Level::Info, "clock", "a_day_later", serde_json::Value::Null);
        node.stopped().await;
        Ok::<_, Error>(())
    })
    .shared();
    let node = Node::new(&kind, "n");
    let net = start(&node).timeout(Duration::from_secs(20)).await?;
    node.wait_for("a_day_later", |_| Some(())).timeout(Duration::from_secs(20)).await?;
    net.stop().await
}

#[tokio::test(start_paused = true)]
async fn an_isolated_service_is_refused_with_the_way_out() {
    let kind = Service::new(|node: NodeContext| async move {
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let error = start(create(&kind, "n", 2)).await.expect_err("it has a clock of its own");
    let Error::Refused { refusals, .. } = error else { panic!("expected a refusal, found {error:?}") };
    assert_eq!(
        refusals[0].to_string(),
        "nodes `n.1` and `n.2` are isolated, each with a runtime and a clock of its own, and the test has paused tokio's clock\n\
         help: let them run on the test's runtime by `.shared()`"
    );
}

#[tokio::test(start_paused = true)]
async fn a_timeout_comes_all_the_same() -> Result {
    let nodes = create(&Loopback::new(), "n", 2);
    line(&nodes);
    let start = start(&nodes[1]).wait_connections(true).timeout(Duration::from_millis(50));
    let error = start.await.expect_err("the other is not started");
    assert!(matches!(error, Error::StartTimeout(_)), "{error:?}");
    let error = nodes[1].wait_for("rain", |_| Some(())).timeout(Duration::ZERO).await.expect_err("it is stopped");
    assert!(matches!(error, Error::Ended { .. } | Error::Timeout { .. }), "{error:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_link_is_dialled_again_until_it_is_up() -> Result {
    let nodes = create(&Loopback::new(), "n", 2);
    line(&nodes);
    // The later node dials.
    let late = start(&nodes[1]).event_level(cluster_runtime::DefaultLevel::Debug).await?;
    nodes[1].wait_for("dial_failed", |_| Some(())).await?;
    let early = start(&nodes[0]).wait_connections(true).await?;
    assert_eq!(nodes[0].connections().await?.len(), 1);
    early.stop().await?;
    late.stop().await
}
