//! A cluster of NATS servers for the tests of a client. nats.rs' `run_cluster` draws ports from 3000 to 50000, and sleeps for 2 s until
//! a leader is elected; here the ports are reserved, and the start ends when there is a leader.

use std::time::Instant;

use cluster_daemons::{NatsProtocol, jetstream, nats};
use cluster_runtime::{Cluster, Error, Node, Process, Result, clique, create, start};

// The harness: 12 lines.
struct Servers(Vec<Node<Process<NatsProtocol>>>, Cluster);

async fn run_cluster(kind: Process<NatsProtocol>) -> Result<Servers> {
    let servers = create(&kind, "servers", 3);
    clique(&servers);
    let net = start(&servers).public(true).wait_connections(true).await?;
    Ok(Servers(servers, net))
}

impl Servers {
    fn urls(&self) -> Vec<String> {
        self.0.iter().filter_map(|server| server.addr_of("client")).map(|addr| addr.to_string()).collect()
    }
}

#[tokio::test]
async fn a_client_goes_on_with_another_server() -> Result {
    if !cluster_tests::is_installed("nats-server", "nats-server") {
        return Ok(());
    }
    let begun = Instant::now();
    let servers = run_cluster(nats()).await?;
    println!("ready in {:?}", begun.elapsed());
    // All know all others, so that a client may be told of them.
    assert_eq!(servers.1.observed().await?, servers.1.topology());
    let client = async_nats::connect(servers.urls()).await.map_err(Error::other)?;
    let connected = client.server_info().server_name;
    let server = servers.0.iter().find(|server| server.name() == connected).expect("it is one of them");
    server.kill().await?;
    servers.1.eventually(|| async { Ok::<_, Error>(client.server_info().server_name != connected) }).await?;
    client.flush().await.map_err(Error::other)
}

#[tokio::test]
async fn a_stream_of_three_has_a_leader() -> Result {
    if !cluster_tests::is_installed("nats-server", "nats-server") {
        return Ok(());
    }
    let begun = Instant::now();
    let servers = run_cluster(jetstream()).await?;
    println!("ready with JetStream in {:?}", begun.elapsed());
    let client = async_nats::connect(servers.urls()).await.map_err(Error::other)?;
    let context = async_nats::jetstream::new(client);
    let config = async_nats::jetstream::stream::Config { name: "s".into(), num_replicas: 3, ..Default::default() };
    let stream = context.create_stream(config).await.map_err(Error::other)?;
    assert!(stream.cached_info().cluster.as_ref().is_some_and(|cluster| cluster.leader.is_some()));
    Ok(())
}
