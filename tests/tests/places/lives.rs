//! What is done to nodes that run.

use std::net::SocketAddr;
use std::time::Duration;

use cluster_daemons::redis;
use cluster_runtime::{Result, cluster};
use cluster_tests::is_installed;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{At, at_all_places};

at_all_places! {
    replicas_survive_their_primary
    a_node_that_runs_again_has_its_data_and_its_address
    a_paused_node_answers_once_it_is_resumed
    a_wiped_node_has_no_data
}

/// Asks a server of redis as a client of the test.
async fn ask(server: SocketAddr, question: &str) -> Result<String> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(format!("{question}\r\nQUIT\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn replicas_survive_their_primary(at: At) -> Result {
    if !is_installed("redis-server", "redis-server") {
        return Ok(());
    }
    let net = cluster! { use redis(); primary; replicas[2]: star(primary) }
        .start()
        .on(at.place())
        .wait_connections(true)
        .await?;
    ask(net.primary.reach("")?, "SET key value").await?;
    for replica in &net.replicas {
        cluster_tests::until_answered("the replicas have it", async || {
            Ok(ask(replica.reach("")?, "GET key").await?.contains("value"))
        })
        .await?;
    }
    net.primary.kill().await?;
    assert!(ask(net.replicas[1].reach("")?, "GET key").await?.contains("value"), "a replica keeps what it has");
    net.primary.restart().wait_connections(true).await?;
    net.stop().await
}

async fn a_node_that_runs_again_has_its_data_and_its_address(at: At) -> Result {
    if !is_installed("redis-server", "redis-server") {
        return Ok(());
    }
    let net = cluster! { server = redis() }.start().on(at.place()).await?;
    let addr = net.server.addr();
    ask(net.server.reach("")?, "SET key value").await?;
    net.server.kill().await?;
    net.server.restart().await?;
    assert_eq!(net.server.addr(), addr);
    let answer = ask(net.server.reach("")?, "GET key").await?;
    assert!(answer.contains("value"), "{answer}");
    net.stop().await
}

async fn a_wiped_node_has_no_data(at: At) -> Result {
    if !is_installed("redis-server", "redis-server") {
        return Ok(());
    }
    let net = cluster! { server = redis() }.start().on(at.place()).await?;
    ask(net.server.reach("")?, "SET key value").await?;
    net.server.restart().wiped().await?;
    let answer = ask(net.server.reach("")?, "GET key").await?;
    assert!(!answer.contains("value"), "{answer}");
    net.stop().await
}

async fn a_paused_node_answers_once_it_is_resumed(at: At) -> Result {
    if !is_installed("redis-server", "redis-server") {
        return Ok(());
    }
    let net = cluster! { server = redis() }.start().on(at.place()).await?;
    let server = net.server.reach("")?;
    net.server.pause().await?;
    let mut asking = Box::pin(ask(server, "PING"));
    assert!(timeout(Duration::from_millis(100), &mut asking).await.is_err(), "it answers though it is paused");
    net.server.resume().await?;
    let answer = asking.await?;
    assert!(answer.contains("PONG"), "{answer}");
    net.stop().await
}
