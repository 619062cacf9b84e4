//! Nodes in simulated time are killed, paused, restarted, added and removed.

use std::time::Duration;

use cluster_runtime::error::End;
use cluster_runtime::fault::{Act, Plan};
use cluster_runtime::{Error, Level, Loopback, Node, NodeContext, Result, Service, cluster, connect};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn a_killed_node_is_missed_and_comes_back() -> Result {
    let net = cluster! { k[3]: clique }.start().simulated(1).wait_connections(true).await?;
    net.k[1].kill().await?;
    net.k[0].wait_for("disconnected", |value| (value["peer"] == "k.2").then_some(())).await?;
    net.k[1].restart().wait_connections(true).await?;
    assert_eq!(net.k[0].connections().await?.len(), 2);
    net.stop().await
}

#[tokio::test]
async fn a_paused_node_reads_nothing_until_it_is_resumed() -> Result {
    let net = cluster! { a; b: connect(a) }.start().simulated(1).wait_connections(true).await?;
    net.a.pause().await?;
    net.b.publish("hello").await?;
    net.sleep(Duration::from_secs(60)).await?;
    assert!(net.journal().iter().all(|event| event.name != "message" || &*event.node == "b"), "it has read");
    net.a.resume().await?;
    net.a.wait_for("message", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn nodes_are_added_and_removed() -> Result {
    let net = cluster! { k[3]: clique }.start().simulated(1).wait_connections(true).await?;
    let late = Node::new(&Loopback::new(), "late");
    connect(&late, &net.k);
    net.add(&late).await?;
    net.wait_connections().await?;
    assert_eq!(net.k[0].connections().await?.len(), 3);
    net.remove(&net.k[2]).await?;
    net.eventually(async || net.k[0].connections().await.is_ok_and(|connections| connections.len() == 2)).await?;
    net.stop().await
}

#[tokio::test]
async fn a_death_ends_the_waits_of_its_cluster() -> Result {
    let dying = Service::new(async |node: NodeContext| {
        node.ready();
        tokio::time::sleep(Duration::from_secs(100)).await;
        Err::<(), _>("out of memory")
    });
    let net = cluster! { a; db = dying.gated() }.start().simulated(1).await?;
    let error = net.a.wait_for("message", |_| Some(())).timeout(Duration::from_secs(3600)).await;
    assert!(matches!(error, Err(Error::Died { .. })), "{error:?}");
    assert!(matches!(net.db.wait_ended().await?, End::Failed(_)));
    net.stop().await
}

#[tokio::test]
async fn a_socket_of_the_system_is_the_death_of_a_node() -> Result {
    let reaching_out = Service::new(async |node: NodeContext| -> Result {
        node.ready();
        let _socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await?;
        node.stopped().await;
        Ok(())
    });
    let net = cluster! { out = reaching_out.gated() }.start().simulated(1).await;
    let end = match &net {
        Ok(net) => net.out.wait_ended().await?.to_string(),
        Err(error) => error.to_string(),
    };
    assert!(end.contains("node.datagram"), "{end}");
    Ok(())
}

#[tokio::test]
async fn a_plan_of_faults_takes_no_time_of_the_test() -> Result {
    let net = cluster! { k[5]: clique }.start().simulated(4).wait_connections(true).await?;
    let plan = Plan::seeded(4)
        .any_of([Act::halves(), Act::pause_one(), Act::kill_minority()])
        .every(Duration::from_secs(30))
        .during(Duration::from_secs(600))
        .quiet(Duration::from_secs(10));
    let ran = net.run(plan, async |faults| {
        while faults.active() {
            for node in &net.k {
                let _ = node.publish("news").await;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Ok(())
    });
    assert!(ran.timeout(Duration::from_secs(3600)).await?.acts().len() > 10);
    net.stop().await
}

#[tokio::test]
async fn a_cluster_that_is_dropped_ends_the_waits_on_its_nodes() -> Result {
    let net = cluster! { a; b: connect(a) }.start().simulated(1).await?;
    let a = net.a.clone();
    drop(net);
    let error = a.wait_for("message", |_| Some(())).await.expect_err("nobody publishes any more");
    assert!(error.to_string().contains("was killed before"), "{error}");
    Ok(())
}

#[test]
fn a_test_that_is_not_async_waits_as_well() -> Result {
    let net = cluster! { a; b: connect(a) }.start().simulated(1).wait_connections(true).blocking()?;
    net.sleep(Duration::from_secs(3600)).blocking()?;
    net.a.publish("hello").blocking()?;
    net.b.wait_for("message", |_| Some(())).blocking()?;
    net.stop().blocking()
}

#[tokio::test]
async fn a_killed_service_answers_no_more_whatever_it_has_spawned() -> Result {
    let echo = Service::new(async |node: NodeContext| -> Result {
        let listener = node.listen()?;
        tokio::spawn(async move {
            loop {
                let (mut stream, _from) = listener.accept().await.expect("it listens");
                tokio::spawn(async move {
                    let (mut reader, mut writer) = stream.split();
                    let _ = tokio::io::copy(&mut reader, &mut writer).await;
                });
            }
        });
        node.ready();
        node.stopped().await;
        Ok(())
    });
    let asking = Service::new(async |node: NodeContext| -> Result {
        let peer = node.peers().remove(0);
        let mut stream = node.connect(&peer).await?;
        stream.write_u8(1).await?;
        assert_eq!(stream.read_u8().await?, 1);
        node.ready();
        let end = stream.read_u8().await.expect_err("the other node is killed");
        let again = node.dial(peer.addr()).await.expect_err("nobody listens any more");
        node.event(Level::Info, "asking", "unheard", json!({ "end": end.to_string(), "again": again.to_string() }));
        node.stopped().await;
        Ok(())
    });
    let net = cluster! { echo = echo.gated(); asking = asking.gated(): connect(echo) }.start().simulated(1).await?;
    net.echo.kill().await?;
    net.asking.wait_for("unheard", |_| Some(())).await?;
    net.echo.restart().await?;
    net.asking.restart().await?;
    net.stop().await
}

#[tokio::test]
async fn a_value_that_was_refused_ends_no_run_of_another() -> Result {
    let nodes = cluster_runtime::create(&Loopback::new(), "n", 2);
    connect(&nodes[0], &nodes[1]);
    let net = cluster_runtime::start(&nodes).simulated(1).wait_connections(true).await?;
    let again = cluster_runtime::start(&nodes[0]).simulated(1).await.expect_err("it runs");
    assert!(again.to_string().contains("started already"), "{again}");
    nodes[0].publish("hello").await?;
    nodes[1].wait_for("message", |_| Some(())).await?;
    drop(net);
    nodes[1].wait_stopped().await
}
