//! Links that are cut, and what shows it.

use std::time::Duration;

use cluster_daemons::{EtcdProtocol, etcd, nats, redis, yggdrasil};
use cluster_runtime::net::Rate;
use cluster_runtime::{AnyNode, Error, Node, Process, Result, cluster};
use cluster_tests::{is_installed, remove_files};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{At, at_all_places};

at_all_places! {
    a_cut_lets_nothing_across_and_counts_it
    a_cut_of_one_way_lets_nothing_across_that_way
    servers_that_gossip_are_partitioned
    an_isolated_leader_is_replaced
    a_cut_that_refuses_is_noticed_at_once
    a_link_with_a_rate_is_slow
    a_cut_that_is_given_up_is_taken_back
}

/// How a link is seen from both ends.
async fn are_connected(a: &AnyNode, b: &AnyNode) -> Result<bool> {
    let sees = async |one: &AnyNode, other: &AnyNode| -> Result<bool> {
        Ok(one.connections().await?.iter().any(|peer| peer.name.as_deref() == Some(other.name())))
    };
    Ok(sees(a, b).await? && sees(b, a).await?)
}

async fn a_cut_lets_nothing_across_and_counts_it(at: At) -> Result {
    if !is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); a; b: connect(a); c: connect(a) }
        .start()
        .on(at.place())
        .link_control(true)
        .wait_connections(true)
        .await?;
    let cut = net.cut(&net.a, &net.b).await?;
    // Routers send each other something every few seconds.
    cut.wait_bitten().await?;
    assert!(are_connected(&net.a, &net.c).await?, "nobody else is cut off");
    cut.heal().await?;
    let evidence = cut.evidence();
    assert!(evidence.has_bitten(), "{evidence:?}");
    assert_eq!(evidence.crossed, 0, "{evidence:?}");
    if at.counts_packets() {
        assert!(evidence.packets > 0, "{evidence:?}");
    }
    net.wait_connections().await?;
    net.stop().await
}

async fn a_cut_of_one_way_lets_nothing_across_that_way(at: At) -> Result {
    if !is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); a; b: connect(a) }
        .start()
        .on(at.place())
        .link_control(true)
        .wait_connections(true)
        .await?;
    let cut = net.cut_one_way(&net.a, &net.b).await?;
    cut.wait_bitten().await?;
    cut.heal().await?;
    assert!(cut.evidence().has_bitten() && cut.evidence().crossed == 0, "{:?}", cut.evidence());
    net.wait_connections().await?;
    net.stop().await
}

/// Tells what the error of a fault is where nodes have ways around relays; `false` where they have none.
fn is_refused(at: &At, error: Option<&Error>) -> bool {
    match (at.has_ways_around(), error) {
        (true, Some(error)) => {
            assert!(error.to_string().contains("by sockets of its own"), "{error}");
            true
        }
        (false, None) => false,
        (_, error) => panic!("{at:?}: {error:?}"),
    }
}

async fn servers_that_gossip_are_partitioned(at: At) -> Result {
    if !is_installed("nats-server", "nats-server") {
        return Ok(());
    }
    let net = cluster! { use nats(); ring[4]: ring }.start().on(at.place()).public(true).wait_connections(true).await?;
    let links = async || -> Result<usize> { Ok(net.observed().await?.links().len()) };
    cluster_tests::until_answered("all servers know each other", async || Ok(links().await? == 6)).await?;
    let partition = net.partition((&net.ring[..2], &net.ring[2..])).refuse().await;
    if is_refused(&at, partition.as_ref().err()) {
        net.stop().await?;
        net.ring.iter().for_each(remove_files);
        return Ok(());
    }
    cluster_tests::until_answered("each half knows itself only", async || Ok(links().await? == 2)).await?;
    let partition = partition?;
    partition.wait_bitten().await?;
    partition.heal().await?;
    assert_eq!(partition.evidence().crossed, 0, "{:?}", partition.evidence());
    cluster_tests::until_answered("all servers know each other again", async || Ok(links().await? == 6)).await?;
    net.stop().await
}

type Member = Node<Process<EtcdProtocol>>;

/// The member that this one takes for the leader.
async fn leader_of(member: &Member) -> Result<String> {
    let mut stream = TcpStream::connect(member.reach("client")?).await?;
    stream.write_all(b"POST /v3/maintenance/status HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    let status: Value = serde_json::from_str(body).map_err(Error::other)?;
    let leader = status["leader"].as_str().and_then(|leader| leader.parse::<u64>().ok()).unwrap_or_default();
    Ok(format!("{leader:x}"))
}

async fn an_isolated_leader_is_replaced(at: At) -> Result {
    if !is_installed("etcd", "etcd-server") {
        return Ok(());
    }
    let net = cluster! { use etcd(); k[5]: clique }.start().on(at.place()).wait_connections(true).await?;
    let first = leader_of(&net.k[0]).await?;
    let is_first = |member: &&Member| member.identity().is_some_and(|identity| identity.as_str() == first);
    let leader = net.k.iter().find(is_first).expect("it is one of them");
    let isolation = net.isolate(leader).await;
    if is_refused(&at, isolation.as_ref().err()) {
        net.stop().await?;
        net.k.iter().for_each(remove_files);
        return Ok(());
    }
    let other = net.k.iter().find(|member| member.name() != leader.name()).expect("there are five");
    cluster_tests::until_answered("the others have another leader", async || {
        let now = leader_of(other).await?;
        Ok(now != first && now != "0")
    })
    .await?;
    let isolation = isolation?;
    isolation.heal().await?;
    assert_eq!(isolation.evidence().crossed, 0, "{:?}", isolation.evidence());
    cluster_tests::until_answered("it follows the new one", async || {
        Ok(leader_of(leader).await? == leader_of(other).await?)
    })
    .await?;
    net.stop().await
}

async fn a_cut_that_refuses_is_noticed_at_once(at: At) -> Result {
    if !is_installed("redis-server", "redis-server") {
        return Ok(());
    }
    let net = cluster! { use redis(); primary; replica: connect(primary) }
        .start()
        .on(at.place())
        .link_control(true)
        .wait_connections(true)
        .await?;
    let cut = net.cut(&net.primary, &net.replica).refuse().await?;
    // A black hole would be noticed after a minute.
    cluster_tests::until_answered("the replica has lost its primary", async || {
        Ok(!are_connected(net.primary.any(), net.replica.any()).await?)
    })
    .await?;
    cut.heal().await?;
    net.wait_connections().await?;
    net.stop().await
}

async fn a_link_with_a_rate_is_slow(at: At) -> Result {
    if !is_installed("redis-server", "redis-server") {
        return Ok(());
    }
    let net = cluster! { use redis(); primary; replica: connect(primary, rate = 8mbit) }
        .start()
        .on(at.place())
        .wait_connections(true)
        .await?;
    let slower = net.condition(&net.primary, &net.replica).rate(Rate::mbit(4)).may_be_idle().await?;
    let value = "x".repeat(500_000);
    let set = format!("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n${}\r\n{value}\r\n", value.len());
    let mut client = TcpStream::connect(net.primary.reach("")?).await?;
    let begun = std::time::Instant::now();
    client.write_all(format!("{set}WAIT 1 20000\r\nQUIT\r\n").as_bytes()).await?;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await?;
    assert!(answer.contains(":1"), "the replica has it: {answer}");
    // 4 Mbit at 4 Mbit/s, of which a burst may go at once.
    assert!(begun.elapsed() > Duration::from_millis(800), "{:?}", begun.elapsed());
    slower.heal().may_be_idle().await?;
    net.stop().await
}

async fn a_cut_that_is_given_up_is_taken_back(at: At) -> Result {
    if !is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); a; b: connect(a) }
        .start()
        .on(at.place())
        .link_control(true)
        .wait_connections(true)
        .await?;
    for delay in 0..8 {
        let given_up = tokio::time::timeout(Duration::from_millis(delay), net.cut(&net.a, &net.b)).await;
        if let Ok(cut) = given_up {
            cut?.heal().may_be_idle().await?;
        }
    }
    // A cut that is healed has seen a probe get through.
    net.cut(&net.a, &net.b).may_be_idle().await?.heal().may_be_idle().await?;
    net.stop().await
}
