//! Networks of a real program that always gossips: NATS, as the examples describe it.

use std::future::IntoFuture;
use std::time::Duration;

use async_nats::Subscriber;
use cluster_daemons::{jetstream, nats};
use cluster_runtime::{Error, Result, cluster, connect, create, start};

fn is_installed() -> bool {
    cluster_tests::is_installed("nats-server", "nats-server")
}

#[tokio::test]
async fn private_mode_is_refused_for_it_always_gossips() {
    if !is_installed() {
        return;
    }
    let nodes = create(&nats(), "n", 2);
    connect(&nodes[0], &nodes[1]);
    let error = start(&nodes).await.expect_err("it has no private mode").to_string();
    assert!(
        error.contains("nodes `n.1` and `n.2` are of kind `Process`, which does not support private mode"),
        "{error}"
    );
    assert!(nodes.iter().all(|node| node.process_id().is_none()), "nothing was started");
}

#[tokio::test]
async fn in_public_mode_a_star_becomes_a_clique() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net =
        cluster! { use nats(); center; leaves[4]: star(center) }.start().public(true).wait_connections(true).await?;
    assert_eq!(net.topology().links().len(), 4, "as declared");
    cluster_tests::until_answered(
        "all servers know each other",
        async || Ok(net.observed().await?.links().len() == 10),
    )
    .await?;
    net.stop().await
}

#[tokio::test]
async fn what_is_published_on_one_node_is_heard_on_the_others() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use nats(); servers[4]: line }.start().public(true).wait_connections(true).await?;
    cluster_tests::until_answered("all servers know each other", async || Ok(net.observed().await?.links().len() == 6))
        .await?;
    let mut clients = Vec::new();
    for server in &net.servers {
        let client = server.addr_of("client").expect("it has this port");
        clients.push(async_nats::connect(client.to_string()).await.map_err(Error::other)?);
    }
    let mut hearers = Vec::new();
    for client in &clients[1..] {
        hearers.push(client.subscribe("news").await.map_err(Error::other)?);
        client.flush().await.map_err(Error::other)?;
    }
    // A server learns of the others' subscriptions with a delay: the message is published again until all have received it.
    let telling = async {
        loop {
            clients[0].publish("news", "spring".into()).await.expect("the client runs");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let hearing = async {
        for hearer in &mut hearers {
            assert_eq!(hear(hearer).await.as_deref(), Some("spring"));
        }
    };
    tokio::select! {
        never = telling => never,
        outcome = tokio::time::timeout(Duration::from_secs(20), hearing) => outcome.map_err(Error::other)?,
    }
    net.stop().into_future().await
}

async fn hear(hearer: &mut Subscriber) -> Option<String> {
    let message =
        std::future::poll_fn(|cx| futures_core::Stream::poll_next(std::pin::Pin::new(&mut *hearer), cx)).await?;
    Some(String::from_utf8_lossy(&message.payload).into_owned())
}

#[tokio::test]
async fn faults_are_refused_for_routes_gossip_addresses() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let refused = cluster! { use nats(); k[2]: clique }.start().public(true).link_control(true).await.map(drop);
    let error = refused.expect_err("it tells others its address").to_string();
    assert!(error.contains("does not support the control of its links by relays"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_message_in_a_stream_of_three_survives_a_server() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use jetstream(); k[3]: clique }.start().public(true).wait_connections(true).await?;
    let servers = net.k.each_ref().map(|server| server.addr_of("client").expect("it has this port").to_string());
    let client = async_nats::connect(servers.to_vec()).await.map_err(Error::other)?;
    let context = async_nats::jetstream::new(client);
    let config =
        async_nats::jetstream::stream::Config { name: "news".to_owned(), num_replicas: 3, ..Default::default() };
    let mut stream = context.create_stream(config).await.map_err(Error::other)?;
    context.publish("news", "spring".into()).await.map_err(Error::other)?.await.map_err(Error::other)?;
    net.k[0].kill().await?;
    net.eventually(|| async { context.get_stream("news").await.map(drop).map_err(Error::other) }).await?;
    assert_eq!(stream.info().await.map_err(Error::other)?.state.messages, 1);
    net.stop().await
}
