//! Networks of a real program: Yggdrasil, as the examples describe it.

use std::future::IntoFuture;
use std::time::Duration;

use cluster_daemons::{YggdrasilProtocol, yggdrasil};
use cluster_runtime::error::End;
use cluster_runtime::process::{ProcessContext, ProcessKind, Signal};
use cluster_runtime::{
    Error, Identity, Level, Loopback, Node, NodeContext, Result, Service, cluster, connect, create, ring, start,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn is_installed() -> bool {
    cluster_tests::is_installed("yggdrasil", "yggdrasil")
}

/// A router that dials an address in addition to those of its peers.
fn dialling(addr: std::net::SocketAddr) -> impl ProcessKind<Protocol = YggdrasilProtocol> {
    yggdrasil().config(move |node: ProcessContext| async move {
        let mut conf: Value = serde_json::from_str(&node.read("node.json").await?)?;
        conf["Peers"] = json!([format!("tcp://{addr}")]);
        node.write("node.json", conf.to_string()).await
    })
}

#[tokio::test]
async fn the_first_declaration_that_anyone_reads_runs_on_it() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! {
        use yggdrasil();
        center;
        leaves[5]: star(center);
        k[4]: clique;
        connect(center, k)
    }
    .start()
    .wait_connections(true)
    .await?;
    assert_eq!(net.center.connections().await?.len(), 9);
    assert_eq!(net.leaves[0].name(), "leaves.1");
    assert_eq!(net.k[3].connections().await?.len(), 4);
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_ring_of_sixty() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let nodes = create(&yggdrasil(), "n", 60);
    ring(&nodes);
    let net = start(&nodes).wait_connections(true).timeout(Duration::from_secs(60)).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn private_mode_keeps_an_undeclared_node_out() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let nodes = create(&yggdrasil(), "n", 2);
    connect(&nodes[0], &nodes[1]);
    let stranger = Node::new(&dialling(nodes[0].addr()), "stranger");
    let net = start(&nodes).wait_connections(true).await?;
    // Only now: after a dial that fails a router retries much later.
    let strange_net = start(&stranger).await?;
    let key = stranger.identity().expect("it has one").to_string();
    let is_refused = |line: &str| line.contains(&key) && line.contains("is not in AllowedPublicKeys");
    nodes[0].wait_for("log", |line| line.as_str().is_some_and(is_refused).then_some(())).await?;
    assert_eq!(net.observed().await?, net.topology());
    strange_net.stop().await?;
    net.stop().await?;

    // The same stranger is admitted in public mode.
    let net = start(&nodes).public(true).wait_connections(true).await?;
    let strange_net = start(&stranger).public(true).await?;
    cluster_tests::until_answered("the stranger is connected", async || {
        let connections = nodes[0].connections().await?;
        Ok(connections.iter().any(|connection| Some(&connection.identity) == stranger.identity().as_ref()))
    })
    .await?;
    strange_net.stop().await?;
    net.stop().await
}

#[tokio::test]
async fn private_routers_admit_a_late_one_when_they_are_restarted() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); k[3]: clique; late: connect(k) }
        .start()
        .hold(|net| &net.late)
        .wait_connections(true)
        .await?;
    net.add(&net.late).await?;
    let key = net.late.identity().expect("it has one").to_string();
    let is_refused = |line: &str| line.contains(&key) && line.contains("is not in AllowedPublicKeys");
    net.k[0].wait_for("log", |line| line.as_str().is_some_and(is_refused).then_some(())).await?;
    assert_eq!(net.observed().await?.links().len(), 3, "nobody knows its key");
    net.restart(&net.k).one_by_one().await?;
    net.wait_connections().await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_wrong_key_is_reported() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let impostor = yggdrasil().identity(async |node: ProcessContext| {
        node.write("keys.json", node.command().args(["-genconf", "-json"]).run().await?).await?;
        // Not the key that it has.
        Ok::<_, Error>(Identity::new("0".repeat(64)))
    });
    let (honest, impostor) = (Node::new(&yggdrasil(), "honest"), Node::new(&impostor, "impostor"));
    connect(&honest, &impostor);
    let starting = start((&honest, &impostor)).wait_connections(true).timeout(Duration::from_secs(3));
    let error = starting.await.expect_err("honest knows nobody of that key");
    assert!(error.to_string().contains("1 link is missing: impostor - honest"), "{error}");
    let report = cluster_tests::report(&error);
    // Routers of a link both dial, and check keys of those that dial them only: where honest's dial succeeds, it is connected to a
    // stranger.
    let states =
        ["impostor answers that it is connected to nobody; honest, to nobody", "impostor reports it, honest does not"];
    assert!(states.iter().any(|state| report.contains(state)), "{report}");
    Ok(())
}

#[tokio::test]
async fn a_killed_node_is_seen_at_once_and_its_links_are_missing() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); k[5]: clique }.start().wait_connections(true).await?;
    let waiting = tokio::spawn(net.k[2].wait_for("log", |line| (line == "never").then_some(())).into_future());
    net.k[2].signal(Signal::Kill)?;
    let error = waiting.await.map_err(Error::other)?.expect_err("it is dead").to_string();
    assert!(error.contains("SIGKILL"), "{error}");
    let End::Exited(exited) = net.k[2].wait_ended().await? else { panic!("it was killed") };
    assert_eq!(exited.exit, Signal::Kill.into());
    cluster_tests::until_answered("its links are missing", async || Ok(net.observed().await?.links().len() == 6))
        .await?;
    assert_eq!(net.observed().await?.degree("k.3"), Some(0));
    net.stop().await?;
    std::fs::remove_dir_all(net.k[2].dir()?)?;
    Ok(())
}

/// A test's own server that greets routers: it reads the beginning of their handshake, which has their key.
async fn greet(node: NodeContext) -> Result {
    let listener = node.listener()?;
    node.ready();
    let greeting = async {
        loop {
            let (mut router, _) = listener.accept().await?;
            let mut hello = [0; 38];
            router.read_exact(&mut hello).await?;
            let Some(key) = hello.strip_prefix(b"meta\x00\x04") else { return Err(Error::other("another protocol")) };
            let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            let peers = node.peers();
            let known = peers.iter().find(|peer| peer.identity() == Some(Identity::new(&key)));
            let peer = known.ok_or_else(|| Error::other(format!("nobody has the key {key}")))?;
            router.write_all(b"meta\x00\x04").await?;
            router.write_all(&[7; 32]).await?;
            node.event(Level::Info, "greeter", "greeted", json!(peer.name()));
            node.connected(peer.name());
        }
    };
    tokio::select! {
        outcome = greeting => outcome,
        () = node.stopped() => Ok(()),
    }
}

#[tokio::test]
async fn kinds_are_mixed_in_one_cluster_where_they_can_talk() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! {
        routers[3] = yggdrasil(): ring;
        greeter = Service::new(greet).protocol::<YggdrasilProtocol>();
        routers -> greeter;
        bystanders[3] = Loopback::new(): clique;
    }
    .start()
    // The greeter has no key that a private router could admit.
    .public(true)
    .await?;
    for router in &net.routers {
        net.greeter.wait_for("greeted", |name| (name == router.name()).then_some(())).await?;
        router.wait_for("log", |line| line.as_str()?.contains("Connected outbound").then_some(())).await?;
    }
    assert_eq!(net.greeter.connections().await?.len(), 3);
    net.bystanders[0].publish("hello").await?;
    net.bystanders[2].wait_for("message", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn routers_see_that_a_link_refuses() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); k[3]: ring }.start().link_control(true).wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology());
    let cut = net.cut(&net.k[0], &net.k[1]).refuse().await?;
    assert!(cut.evidence().connections > 0, "{cut:?}");
    net.eventually(|| async { Ok::<_, Error>(net.observed().await?.links().len() == 2) }).await?;
    cut.heal().await?;
    net.stop().await
}

#[tokio::test]
async fn a_held_link_of_private_routers_goes_on_when_it_is_healed() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); k[3]: ring }.start().link_control(true).wait_connections(true).await?;
    let cut = net.cut(&net.k[0], &net.k[1]).await?;
    cut.wait_bitten().await?;
    cut.heal().await?;
    assert!(cut.evidence().bytes > 0, "{cut:?}");
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}
