//! Programs that go past the relays of their links, and those that do not.

use std::net::SocketAddr;

use cluster_runtime::error::FaultError;
use cluster_runtime::{Error, Feature, Node, Process, Ready, Result, connect, start};
use cluster_tests::is_installed;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A redis-server, which replicates this address or else that of its peer; without peers it is the primary.
fn redis(primary: Option<SocketAddr>) -> Process {
    Process::new("redis-server", move |node, command| {
        command.args(["--bind", &node.addr().ip().to_string(), "--port", &node.addr().port().to_string()]);
        command.args(["--save", "", "--appendonly", "no", "--protected-mode", "no", "--repl-diskless-sync-delay", "0"]);
        let dialled = node.peers().into_iter().find(|peer| peer.dial()).map(|peer| peer.addr());
        if let Some(primary) = primary.filter(|_| dialled.is_some()).or(dialled) {
            command.args(["--replicaof", &primary.ip().to_string(), &primary.port().to_string()]);
        }
    })
    .supports(Feature::Private)
    .ready(Ready::log_line("Ready to accept connections"))
}

/// What a server answers to a command, up to the end of its first line.
async fn ask(server: SocketAddr, command: &str) -> Result<String> {
    let mut stream = tokio::net::TcpStream::connect(server).await?;
    stream.write_all(format!("{command}\r\n").as_bytes()).await?;
    let mut answer = String::new();
    while !answer.ends_with("\r\n") {
        answer.push(stream.read_u8().await?.into());
    }
    Ok(answer.trim_end().to_owned())
}

fn has_redis() -> bool {
    is_installed("redis-server", "redis-server")
}

#[tokio::test]
async fn a_replica_hears_nothing_across_a_cut_and_all_after_it() -> Result {
    if !has_redis() {
        return Ok(());
    }
    let primary = Node::new(&redis(None), "primary");
    let replica = Node::new(&redis(None), "replica");
    connect(&replica, &primary);
    let net = start((&primary, &replica)).link_control(true).await?;
    // Writes wait for the replica: `WAIT` returns how many have them.
    let replicated = async || Ok::<_, Error>(ask(primary.addr(), "WAIT 1 100").await? == ":1");
    ask(primary.addr(), "SET before 1").await?;
    net.eventually(|| async { replicated().await.unwrap_or(false) }).await?;

    let cut = net.cut(&primary, &replica).await?;
    ask(primary.addr(), "SET during 1").await?;
    cut.wait_bitten().await?;
    assert_eq!(ask(replica.addr(), "GET during").await?, "$-1", "it crossed the cut");
    cut.heal().await?;
    net.eventually(|| async { ask(replica.addr(), "GET during").await.is_ok_and(|answer| answer == "$1") }).await?;
    net.stop().await
}

#[tokio::test]
async fn a_program_that_goes_past_its_relay_is_named() -> Result {
    if !has_redis() {
        return Ok(());
    }
    let primary = Node::new(&redis(None), "primary");
    let replica = Node::new(&redis(Some(primary.addr())), "replica");
    connect(&replica, &primary);
    let net = start((&primary, &replica)).link_control(true).await?;
    net.eventually(|| async { ask(primary.addr(), "WAIT 1 100").await.is_ok_and(|answer| answer == ":1") }).await?;
    let Err(Error::Fault(error)) = net.cut(&primary, &replica).await else { panic!("it is bypassed") };
    assert!(matches!(*error, FaultError::Bypassed { .. }), "{error}");
    assert!(error.to_string().contains(&format!("to {}", primary.addr())), "{error}");
    net.stop().await
}
