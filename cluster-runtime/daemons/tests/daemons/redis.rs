use std::net::SocketAddr;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncCommands, Client};
use cluster_daemons::{redis, redis_cluster};
use cluster_runtime::fault::{Act, Plan};
use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Node, Result, cluster, connect, create, start};

fn is_installed() -> bool {
    cluster_tests::is_installed("redis-server", "redis-server")
}

async fn client(server: SocketAddr) -> Result<MultiplexedConnection> {
    let client = Client::open(format!("redis://{server}")).map_err(Error::other)?;
    client.get_multiplexed_async_connection().await.map_err(Error::other)
}

async fn set(server: SocketAddr, value: u32) -> Result {
    client(server).await?.set("key", value).await.map_err(Error::other)
}

async fn get(server: SocketAddr) -> Result<Option<u32>> {
    client(server).await?.get("key").await.map_err(Error::other)
}

#[tokio::test]
async fn replicas_have_what_is_written_to_their_primary() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! {
        use redis();
        primary;
        replicas[2]: star(primary);
        second_hand: connect(replicas[0]);
    }
    .start()
    .wait_connections(true)
    .await?;
    assert_eq!(net.observed().await?, net.topology());
    set(net.primary.addr(), 7).await?;
    for replica in net.replicas.iter().chain([&net.second_hand]) {
        net.eventually(|| async { Ok::<_, Error>(get(replica.addr()).await? == Some(7)) }).await?;
    }
    net.stop().await
}

#[tokio::test]
async fn what_was_written_survives_a_crash() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use redis(); primary; replica: connect(primary) }.start().wait_connections(true).await?;
    set(net.primary.addr(), 7).await?;
    net.primary.kill().await?;
    net.primary.restart().wait_connections(true).await?;
    assert_eq!(get(net.primary.addr()).await?, Some(7));
    net.stop().await
}

#[tokio::test]
async fn a_private_primary_admits_its_replicas_only() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let nodes = create(&redis(), "n", 2);
    connect(&nodes[0], &nodes[1]);
    let primary = nodes[0].addr();
    let stranger = redis().config(move |node: ProcessContext| async move {
        let text = node.read("redis.conf").await? + &format!("replicaof {} {}\n", primary.ip(), primary.port());
        node.write("redis.conf", text).await
    });
    let stranger = Node::new(&stranger, "stranger");
    let net = start(&nodes).wait_connections(true).await?;
    let strange_net = start(&stranger).await?;
    let is_refused = |line: &str| line.contains("AUTH") && line.contains("WRONGPASS");
    stranger.wait_for("log", |line| line.as_str().is_some_and(is_refused).then_some(())).await?;
    assert_eq!(net.observed().await?, net.topology());
    strange_net.stop().await?;
    net.stop().await
}

#[tokio::test]
async fn replicas_have_all_that_was_written_during_a_plan_of_faults() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use redis(); primary; replicas[2]: star(primary) }
        .start()
        .link_control(true)
        .wait_connections(true)
        .await?;
    let acts = [
        Act::kill_minority(),
        Act::pause_one(),
        Act::isolate_one(),
        Act::halves().refuse(),
        Act::cut_link().reset(),
        Act::cut_one_way(),
        Act::slow_link(),
    ];
    // A replica dials again once a second: an act lasts longer, so that it meets it.
    let every = Duration::from_millis(1600);
    let plan = Plan::seeded(3).any_of(acts).every(every).during(every * 7).quiet(every);
    let ran = net.run(plan, async |faults| {
        let mut last = 0;
        while faults.active() {
            let next = last + 1;
            // The primary may be down, or stand still.
            let written = tokio::time::timeout(Duration::from_millis(100), set(net.primary.addr(), next)).await;
            if let Ok(Ok(())) = written {
                last = next;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(last)
    });
    let ran = ran.await?;
    assert_eq!(ran.acts().len(), 7);
    assert!(ran.into_output() > 0, "nothing was written");
    assert_eq!(net.observed().await?, net.topology(), "not all is healed");
    set(net.primary.addr(), 0).await?;
    for replica in &net.replicas {
        net.eventually(|| async { Ok::<_, Error>(get(replica.addr()).await? == Some(0)) }).await?;
    }
    net.stop().await
}

#[tokio::test]
async fn nothing_crosses_a_cut_and_all_of_it_after_it_is_healed() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use redis(); primary; replicas[2]: star(primary) }
        .start()
        .link_control(true)
        .wait_connections(true)
        .await?;
    let (primary, [cut_off, other]) = (net.primary.addr(), &net.replicas);
    let cut = net.cut(&net.primary, cut_off).await?;
    set(primary, 7).await?;
    net.eventually(|| async { Ok::<_, Error>(get(other.addr()).await? == Some(7)) }).await?;
    cut.wait_bitten().await?;
    assert_eq!(get(cut_off.addr()).await?, None);
    cut.heal().await?;
    assert!(cut.evidence().bytes > 0, "{cut:?}");
    net.eventually(|| async { Ok::<_, Error>(get(cut_off.addr()).await? == Some(7)) }).await?;
    net.stop().await
}

#[tokio::test]
async fn a_replica_is_behind_by_the_latency_of_its_link() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use redis(); primary; replica: connect(primary, latency = 100ms) }
        .start()
        .wait_connections(true)
        .await?;
    let mut writer = client(net.primary.addr()).await?;
    let begun = std::time::Instant::now();
    let () = writer.set("key", 7).await.map_err(Error::other)?;
    // It returns when a replica has acknowledged the write: there and back.
    let replicas: u32 = ::redis::cmd("WAIT").arg(1).arg(10_000).query_async(&mut writer).await.map_err(Error::other)?;
    let took = begun.elapsed();
    assert_eq!(replicas, 1);
    assert!(took >= Duration::from_millis(200) && took < Duration::from_secs(2), "{took:?}");
    assert_eq!(get(net.replica.addr()).await?, Some(7));
    net.stop().await
}

#[tokio::test]
async fn a_ring_of_replicas_is_refused_with_the_reason() {
    let error =
        cluster! { use redis(); k[3]: ring }.start().await.map(drop).expect_err("it has no primary").to_string();
    let expected = "of kind `Process`, which forms a tree only: 3 links between 3 nodes make a circle";
    assert!(error.contains(expected), "{error}");
}

#[tokio::test]
async fn a_cluster_serves_all_slots_without_one_of_its_primaries() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use redis_cluster(1); k[6]: ring }.start().public(true).wait_connections(true).await?;
    let servers = net.k.each_ref().map(|node| format!("redis://{}", node.addr()));
    let client = ::redis::cluster::ClusterClient::new(servers.to_vec()).map_err(Error::other)?;
    let mut connection = client.get_async_connection().await.map_err(Error::other)?;
    for key in 0..50 {
        let () = connection.set(key, key).await.map_err(Error::other)?;
    }
    net.k[0].kill().await?;
    let connection = &connection;
    net.eventually(move || {
        let mut connection = connection.clone();
        async move {
            for key in 0..50 {
                let () = connection.set(key, key).await.map_err(Error::other)?;
            }
            Ok::<_, Error>(true)
        }
    })
    .await?;
    net.stop().await
}
