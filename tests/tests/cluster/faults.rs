//! Faults of links, with proof, between nodes behind gates.

use std::future::IntoFuture;
use std::time::{Duration, Instant};

use cluster_runtime::error::FaultError;
use cluster_runtime::fault::Partition;
use cluster_runtime::net::Rate;
use cluster_runtime::{Cluster, Error, Level, Loopback, Node, NodeContext, Result, Service, cluster};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};

cluster_tests::on_both_runtimes! {
    nothing_crosses_a_cut_until_it_is_healed
    a_one_way_cut_is_one_way
    a_refusing_cut_closes_connections_and_they_come_back
}

/// The number in the journal of the first event of this name and node whose value has this text, if there is one.
fn number_of(net: &Cluster, node: &str, name: &str, text: &str) -> Option<u64> {
    let journal = net.journal();
    let event = journal
        .iter()
        .find(|event| &*event.node == node && event.name == name && (event.value["text"] == text || text.is_empty()));
    event.map(|event| event.number)
}

async fn message(node: &Node<Loopback>, text: &str) -> Result {
    node.wait_for("message", |value| (value["text"] == text).then_some(())).await
}

fn fault_error(error: Error) -> FaultError {
    match error {
        Error::Fault(error) => *error,
        other => panic!("not an error of a fault: {other:?}"),
    }
}

async fn nothing_crosses_a_cut_until_it_is_healed() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    let cut = net.cut(&net.a, &net.b).await?;
    net.a.publish("to b").await?;
    net.b.publish("to a").await?;
    cut.wait_bitten().await?;
    cut.heal().await?;
    message(&net.b, "to b").await?;
    message(&net.a, "to a").await?;
    let healed = number_of(&net, "cluster", "fault_healed", "");
    assert!(number_of(&net, "b", "message", "to b") > healed, "it crossed the cut");
    assert!(number_of(&net, "a", "message", "to a") > healed, "it crossed the cut");
    assert!(cut.evidence().bytes > 0, "{:?}", cut.evidence());
    net.stop().await
}

async fn a_one_way_cut_is_one_way() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    // Both roles: the dialling end of the link is at the one end, and at the other.
    for (from, to) in [(&net.a, &net.b), (&net.b, &net.a)] {
        let cut = net.cut_one_way(from, to).await?;
        let (held, free) = (format!("held by {}", from.name()), format!("free to {}", from.name()));
        from.publish(held.as_str()).await?;
        to.publish(free.as_str()).await?;
        message(from, &free).await?;
        cut.wait_bitten().await?;
        cut.heal().await?;
        message(to, &held).await?;
        let healed = last_healed(&net);
        assert!(number_of(&net, to.name(), "message", &held) > healed, "it crossed the cut");
        assert!(number_of(&net, from.name(), "message", &free) < healed, "it waited for the cut");
    }
    net.stop().await
}

/// The number of the last healing.
fn last_healed(net: &Cluster) -> Option<u64> {
    net.journal().iter().filter(|event| event.name == "fault_healed").map(|event| event.number).max()
}

async fn a_refusing_cut_closes_connections_and_they_come_back() -> Result {
    let net = cluster! { center; leaves[3]: star(center) }.start().wait_connections(true).await?;
    let cut = net.cut(&net.center, &net.leaves[1..]).refuse().await?;
    assert_eq!(cut.evidence().connections, 2, "{:?}", cut.evidence());
    let observed = |topology: &cluster_runtime::topology::Topology| topology.links().len() == 1;
    net.wait_until(observed).await?;
    cut.heal().await?;
    net.wait_connections().await?;
    net.stop().await
}

#[tokio::test]
async fn a_reset_closes_connections() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    let cut = net.cut(&net.a, &net.b).reset().await?;
    assert_eq!(cut.evidence().connections, 1, "{:?}", cut.evidence());
    net.b.wait_for("disconnected", |_| Some(())).await?;
    net.a.wait_for("disconnected", |_| Some(())).await?;
    cut.heal().await?;
    net.wait_connections().await?;
    net.stop().await
}

#[tokio::test]
async fn a_link_that_is_cut_is_named_so_where_one_end_reports_it() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.cut(&net.a, &net.b).await?;
    net.a.restart().await?;
    let missing = net.wait_connections().timeout(Duration::from_millis(20)).await.expect_err("it is cut");
    assert!(missing.to_string().contains("b - a: b reports it, a does not (cut by the test)"), "{missing}");
    net.stop().await
}

#[tokio::test]
async fn a_link_that_is_cut_is_named_so_where_it_is_missing() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.isolate(&net.b).refuse().await?;
    net.wait_until(|topology| topology.links().len() == 0).await?;
    let missing = net.wait_connections().timeout(Duration::from_millis(20)).await.expect_err("it is cut");
    assert!(missing.to_string().contains("cut by the test"), "{missing}");
    net.stop().await
}

#[tokio::test]
async fn a_new_node_cannot_dial_into_a_cut() -> Result {
    let net = cluster! { a; b: connect(a) }.start().hold(|net| &net.b).await?;
    net.add(&net.b).await?;
    net.wait_connections().await?;
    let cut = net.isolate(&net.a).await?;
    net.b.restart().await?;
    net.eventually(|| async { cut.evidence().dials > 0 }).await?;
    cut.heal().await?;
    net.wait_connections().await?;
    net.stop().await
}

#[tokio::test]
async fn links_that_are_learned_are_cut_too() -> Result {
    let net = cluster! { hub; a: connect(hub); b: connect(hub) }.start().public(true).hold(|net| &net.b).await?;
    let cut = net.cut(&net.a, &net.b).await?;
    net.add(&net.b).await?;
    // Whichever of the two learns of the other first dials it in vain.
    cut.wait_bitten().await?;
    let observed = net.observed().await?;
    assert_eq!(observed.links().len(), 2, "{observed}");
    cut.heal().await?;
    net.wait_until(|topology| topology.links().len() == 3).await?;
    net.stop().await
}

#[tokio::test]
async fn overlapping_faults_heal_in_any_order() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    let first = net.cut(&net.a, &net.b).await?;
    let second = net.isolate(&net.b).await?;
    net.a.publish("held").await?;
    first.wait_bitten().await?;
    first.heal().await?;
    net.b.publish("still held").await?;
    second.heal().await?;
    message(&net.b, "held").await?;
    message(&net.a, "still held").await?;
    let healed = last_healed(&net);
    assert!(number_of(&net, "b", "message", "held") > healed, "the second cut did not hold it");
    net.stop().await
}

#[tokio::test]
async fn faults_that_begin_and_heal_at_the_same_time_are_each_proved() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    for _ in 0..20 {
        let (held, refused, slow) = tokio::try_join!(
            net.cut(&net.a, &net.b).may_be_idle().into_future(),
            net.isolate(&net.b).refuse().may_be_idle().into_future(),
            net.condition(&net.a, &net.b).latency(Duration::from_millis(2)).may_be_idle().into_future(),
        )?;
        tokio::try_join!(refused.heal().into_future(), slow.heal().into_future(), held.heal().into_future())?;
    }
    net.stop().await
}

#[tokio::test]
async fn parts_talk_within_and_not_across() -> Result {
    let net = cluster! { center; k[4]: clique; connect(center, k) }.start().wait_connections(true).await?;
    let partition = net.partition((&net.center, &net.k[1..], &net.k[0])).refuse().await?;
    let links = [("k.2", "k.3"), ("k.2", "k.4"), ("k.3", "k.4")];
    net.wait_until(|observed| observed.links().len() == links.len()).await?;
    partition.heal().await?;
    net.wait_connections().await?;
    net.stop().await
}

#[tokio::test]
async fn grudges_leave_the_links_that_they_are_to_leave() -> Result {
    let net = cluster! { k[5]: clique }.start().wait_connections(true).await?;
    let bridge = net.partition(Partition::bridge(&net.k)).refuse().await?;
    // k.3 hears all, k.1 and k.2 each other, k.4 and k.5 each other.
    net.wait_until(|observed| observed.links().len() == 6 && observed.degree("k.3") == Some(4)).await?;
    bridge.heal().await?;
    net.wait_connections().await?;

    net.partition(Partition::majorities_ring(&net.k)).refuse().await?;
    net.wait_until(|observed| (1..=5).all(|node| observed.degree(&format!("k.{node}")) == Some(2))).await?;
    net.heal().await?;
    net.wait_connections().await?;

    net.partition(Partition::halves(&net.k, 7)).refuse().await?;
    net.wait_until(|observed| observed.links().len() == 4).await?;
    net.heal().await?;
    net.wait_connections().await?;
    net.stop().await
}

#[tokio::test]
async fn a_fault_that_bit_nothing_is_an_error_when_it_is_healed() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    let cut = net.cut(&net.a, &net.b).await?;
    let error = fault_error(cut.heal().await.expect_err("no traffic ran into it"));
    assert!(matches!(error, FaultError::BitNothing { .. }), "{error}");
    assert!(error.to_string().contains("help: make the nodes talk"), "{error}");
    net.cut(&net.a, &net.b).await?.heal().may_be_idle().await?;
    net.cut(&net.a, &net.b).may_be_idle().await?.heal().await?;
    net.stop().await
}

#[tokio::test]
async fn a_stop_ends_faults_and_names_one_that_bit_nothing() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.cut(&net.a, &net.b).await?;
    let error = fault_error(net.stop().await.expect_err("no traffic ran into it"));
    assert!(error.to_string().starts_with("the cut between `a` and `b` bit nothing"), "{error}");
    Ok(())
}

#[tokio::test]
async fn nodes_without_a_link_cannot_be_cut() -> Result {
    let net = cluster! { a; b: connect(a); c: connect(b) }.start().await?;
    let error = fault_error(net.cut(&net.a, &net.c).await.expect_err("there is no link"));
    assert!(error.to_string().contains("no link is between these nodes"), "{error}");
    net.stop().await
}

#[tokio::test]
async fn the_end_of_a_node_does_not_cross_a_cut_and_is_evidence() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    let cut = net.cut(&net.a, &net.b).await?;
    net.b.kill().await?;
    cut.wait_bitten().await?;
    assert!(cut.evidence().ends > 0, "{cut:?}");
    assert_eq!(net.a.connections().await?.len(), 1, "it heard of the end of b across the cut");
    cut.heal().await?;
    net.a.wait_for("disconnected", |value| (value["peer"] == "b").then_some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn a_cut_holds_for_a_link_that_is_declared_later() -> Result {
    let net = cluster! { hub; a: connect(hub); b: connect(hub) }.start().wait_connections(true).await?;
    let cut = net.cut(&net.a, (&net.b, &net.hub)).refuse().await?;
    cluster_runtime::connect(&net.a, &net.b);
    net.b.restart().await?;
    let missing = net.wait_connections().timeout(Duration::from_millis(100)).await.expect_err("it is cut");
    assert!(missing.to_string().contains("b - a: cut by the test"), "{missing}");
    cut.heal().await?;
    net.wait_connections().await?;
    net.stop().await
}

#[tokio::test]
async fn a_cut_holds_for_a_link_that_is_declared_while_both_ends_run() -> Result {
    let net = cluster! { hub; a: connect(hub); b: connect(hub) }.start().wait_connections(true).await?;
    let cut = net.cut(&net.a, (&net.b, &net.hub)).refuse().await?;
    let dials = cut.evidence().dials;
    cluster_runtime::connect(&net.a, &net.b);
    net.eventually(|| async { cut.evidence().dials > dials }).await?;
    let missing = net.wait_connections().timeout(Duration::from_millis(100)).await.expect_err("it is cut");
    assert!(missing.to_string().contains("b - a: cut by the test"), "{missing}");
    cut.heal().await?;
    net.wait_connections().await?;
    net.stop().await
}

#[tokio::test]
async fn a_restart_with_sockets_that_a_cut_would_not_hold_is_refused() -> Result {
    let net = cluster! { use Service::new(echo).gated(); a; b: connect(a) }.start().await?;
    let cut = net.cut(&net.a, &net.b).await?;
    let bare = || {
        Service::new(async |node: NodeContext| {
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        })
    };
    let error = net.a.restart().with(bare()).await.expect_err("it is cut").to_string();
    assert!(error.contains("a fault of its links would not hold them"), "{error}");
    cut.heal().may_be_idle().await?;
    net.a.restart().with(bare()).await?;
    net.stop().await
}

#[tokio::test]
async fn what_cannot_be_a_fault_is_refused_with_the_reason() -> Result {
    let net = cluster! { a; k[3]: clique; connect(a, k) }.start().await?;
    let other = cluster! { x; y: connect(x) }.start().await?;
    let none = Node::new(&Loopback::new(), "none");
    for (fault, reason) in [
        (net.partition((&net.k[..2], &net.k[1..])).await, "`k.2` is in two parts"),
        (net.cut(&net.a, &other.y).await, "`a` and `y` was refused: node `y` is of another cluster, that of `x`"),
        (net.cut_one_way(&other.x, &net.a).await, "node `x` is of another cluster, that of `y`"),
        (net.isolate(&other.x).await, "the isolation of `x` was refused: node `x` is of another cluster"),
        (net.partition((&net.a, [&other.x, &net.k[0]])).await, "node `x` is of another cluster"),
        (net.partition(Partition::bridge([&net.a, &other.x, &net.k[0]])).await, "node `x` is of another cluster"),
        (net.condition(&net.a, &other.x).loss(0.5).await, "node `x` is of another cluster"),
        (net.cut(&net.a, &none).await, "node `none` is of no cluster"),
        (net.cut(&net.k[..0], &net.a).await, "the cut between no node and `a` was refused"),
        (net.condition(&net.a, &net.k).await, "it sets nothing"),
        (net.condition(&net.a, &net.k).loss(2.0).await, "2 is no probability"),
        (net.condition(&net.a, &net.k).loss(1e-6).await, "no probe would see a probability of 0.000001"),
    ] {
        let error = fault_error(fault.expect_err(reason)).to_string();
        assert!(error.contains(reason) && error.contains("help: "), "{error}");
    }
    other.stop().await?;
    net.stop().await?;
    let error = fault_error(net.isolate(&net.a).await.expect_err("nothing runs")).to_string();
    assert!(error.contains("no node of the cluster runs"), "{error}");
    Ok(())
}

/// The first byte of a stream of which only the last byte is answered.
const SWALLOW: u8 = 1;
/// The last byte of such a stream.
const LAST: u8 = 2;

/// Echoes what comes in, over streams and datagrams.
async fn echo(node: NodeContext) -> Result {
    let listener = node.listen()?;
    let datagrams = node.datagram()?;
    node.ready();
    let mut buffer = vec![0; 64 << 10];
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let mut stream = BufReader::new(accepted?.0);
                tokio::spawn(async move {
                    if stream.read_u8().await? == SWALLOW {
                        while stream.read_u8().await? != LAST {}
                        return stream.write_u8(LAST).await;
                    }
                    stream.write_u8(7).await?;
                    let (mut reader, mut writer) = tokio::io::split(stream);
                    tokio::io::copy(&mut reader, &mut writer).await.map(drop)
                });
            }
            received = datagrams.recv_from(&mut buffer) => {
                let (length, _) = received?;
                node.event(Level::Info, "echo", "datagram", json!(buffer[0]));
                assert_eq!(length, 1);
            }
            () = node.stopped() => return Ok(()),
        }
    }
}

/// Sends what the test asks for to its one peer.
#[derive(Clone)]
struct Client(NodeContext);

impl Client {
    /// The times of so many round trips of one byte.
    async fn round_trips(&self, count: usize) -> Result<Vec<Duration>> {
        cluster_tests::round_trips(self.0.connect(&self.0.peers()[0]).await?, count).await
    }

    /// The bytes a second that reach the other side, which sends the last one back.
    async fn throughput(&self, bytes: usize) -> Result<f64> {
        let mut stream = self.0.connect(&self.0.peers()[0]).await?;
        stream.write_u8(SWALLOW).await?;
        let begun = Instant::now();
        stream.write_all(&vec![7; bytes - 1]).await?;
        stream.write_u8(LAST).await?;
        stream.read_u8().await?;
        Ok(bytes as f64 / begun.elapsed().as_secs_f64())
    }

    async fn send(&self, count: u8) -> Result {
        let socket = self.0.datagram()?;
        for number in 0..count {
            socket.send_to(&[number], self.0.peers()[0].addr()).await?;
        }
        // The socket is bound as long as it is there, and delayed datagrams are sent by it.
        tokio::time::sleep(Duration::from_millis(30)).await;
        Ok(())
    }
}

async fn client(node: NodeContext, handle: cluster_runtime::kinds::Provide<Client>) -> Result {
    handle.set(Client(node.clone()));
    node.ready();
    node.stopped().await;
    Ok(())
}

macro_rules! client_and_echo {
    () => {
        cluster! {
            client = Service::providing(client).gated();
            server = Service::new(echo).gated();
            client -> server;
        }
    };
}

#[tokio::test]
async fn a_latency_is_never_seen_as_less_and_its_median_is_right() -> Result {
    let net = client_and_echo!().start().public(true).await?;
    net.condition(&net.client, &net.server).latency(Duration::from_millis(100)).await?;
    let times = net.client.call(|client| async move { client.round_trips(9).await }).await?;
    assert!(times[0] >= Duration::from_millis(200), "{times:?}");
    assert!(times[4] <= Duration::from_millis(220), "{times:?}");
    net.heal().await?;
    let times = net.client.call(|client| async move { client.round_trips(9).await }).await?;
    assert!(times[4] < Duration::from_millis(100), "{times:?}");
    net.stop().await
}

#[tokio::test]
async fn a_dial_that_is_delayed_is_evidence() -> Result {
    let net = client_and_echo!().start().public(true).await?;
    let slow = net.condition(&net.client, &net.server).latency(Duration::from_millis(200)).await?;
    let dialling = net.client.call(|client| async move { client.round_trips(1).await });
    dialling.timeout(Duration::from_millis(20)).await.expect_err("it takes longer");
    assert_eq!(slow.evidence().dials, 1, "{:?}", slow.evidence());
    slow.heal().await?;
    net.stop().await
}

#[tokio::test]
async fn a_condition_holds_for_connections_that_are_there() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.condition(&net.a, &net.b).latency(Duration::from_millis(50)).await?;
    for (from, to) in [(&net.a, &net.b), (&net.b, &net.a)] {
        let begun = Instant::now();
        from.publish(from.name()).await?;
        message(to, from.name()).await?;
        assert!(begun.elapsed() >= Duration::from_millis(50), "{:?}", begun.elapsed());
    }
    net.stop().await
}

#[tokio::test]
async fn a_rate_is_kept() -> Result {
    let net = client_and_echo!().start().public(true).await?;
    net.condition(&net.client, &net.server).rate(Rate::mbit(8)).await?;
    let rate = net.client.call(|client| async move { client.throughput(3_000_000).await }).await?;
    // A busy machine is slower, and never faster.
    assert!((500_000.0..=1_010_000.0).contains(&rate), "{rate} bytes a second");
    net.stop().await
}

#[tokio::test]
async fn datagrams_are_dropped_by_a_cut_and_by_loss() -> Result {
    let net = client_and_echo!().start().public(true).await?;
    let cut = net.cut(&net.client, &net.server).await?;
    net.client.call(|client| async move { client.send(10).await }).await?;
    assert_eq!(cut.evidence().datagrams, 10);
    cut.heal().await?;
    let loss = net.condition(&net.client, &net.server).loss(0.5).await?;
    net.client.call(|client| async move { client.send(100).await }).await?;
    let arrived = || net.journal().iter().filter(|event| event.name == "datagram").count();
    let lost = usize::try_from(loss.evidence().datagrams).expect("it is small");
    net.eventually(|| async { arrived() + lost == 100 }).await?;
    assert!((20..80).contains(&lost), "{lost} of 100 were lost");
    net.stop().await
}

#[tokio::test]
async fn datagrams_are_doubled_and_reordered() -> Result {
    let net = client_and_echo!().start().public(true).await?;
    let arrived = || -> Vec<u64> {
        net.journal().iter().filter(|event| event.name == "datagram").filter_map(|event| event.value.as_u64()).collect()
    };
    net.condition(&net.client, &net.server).duplicate(1.0).await?;
    net.client.call(|client| async move { client.send(3).await }).await?;
    net.eventually(|| async { arrived() == [0, 0, 1, 1, 2, 2] }).await?;
    net.heal().await?;
    net.condition(&net.client, &net.server).reorder(0.3).await?;
    net.client.call(|client| async move { client.send(100).await }).await?;
    net.eventually(|| async { arrived().len() == 106 }).await?;
    assert!(!arrived()[6..].is_sorted(), "{:?}", arrived());
    net.stop().await
}

#[tokio::test]
async fn a_service_with_sockets_of_its_own_cannot_be_cut_without_relays() -> Result {
    let net = cluster! { use Service::new(echo); a; b: connect(a) }.start().await?;
    let error = fault_error(net.cut(&net.a, &net.b).await.expect_err("it may go past all gates"));
    assert!(error.to_string().contains("help: start with `.link_control(true)`"), "{error}");
    net.stop().await
}

mod no_false_green {
    //! With a data path that does nothing, each fault says so.

    use super::*;

    async fn idle() -> Result<impl std::ops::Deref<Target = Cluster>> {
        let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
        cluster_runtime::__private::make_faults_idle(&net);
        Ok(net)
    }

    fn words(error: Error) -> String {
        fault_error(error).to_string()
    }

    #[tokio::test]
    async fn cuts_blocked_nothing() -> Result {
        let net = idle().await?;
        let nodes = net.nodes();
        let (a, b) = (&nodes[0], &nodes[1]);
        let results = [
            net.cut(a, b).await,
            net.cut(a, b).refuse().await,
            net.cut(a, b).reset().await,
            net.cut_one_way(a, b).await,
            net.cut_one_way(b, a).await,
            net.isolate(a).await,
            net.partition((a, b)).await,
            net.partition(Partition::halves((a, b), 1)).await,
        ];
        for result in results {
            let words = words(result.expect_err("it does nothing"));
            assert!(words.contains("blocked nothing"), "{words}");
        }
        Ok(())
    }

    #[tokio::test]
    async fn conditions_delayed_or_changed_nothing() -> Result {
        let net = idle().await?;
        let nodes = net.nodes();
        let condition = || net.condition(&nodes[0], &nodes[1]);
        for (result, expected) in [
            (condition().latency(Duration::from_millis(20)).await, "delayed nothing"),
            (condition().jitter(Duration::from_millis(20)).await, "delayed nothing"),
            (condition().rate(Rate::kbit(100)).await, "delayed nothing"),
            (condition().loss(0.5).await, "lost nothing"),
            (condition().duplicate(0.5).await, "duplicated nothing"),
            (condition().reorder(0.5).await, "reordered nothing"),
        ] {
            let words = words(result.expect_err("it does nothing"));
            assert!(words.contains(expected), "{words}");
        }
        Ok(())
    }
}
