//! Faults and conditions act on the simulated network, with evidence.

use std::time::Duration;

use cluster_runtime::net::Rate;
use cluster_runtime::{NodeContext, Result, Service, cluster};
use serde_json::json;

#[tokio::test]
async fn a_cut_holds_a_message_until_it_is_healed() -> Result {
    let net = cluster! { a; b: connect(a) }.start().simulated(1).wait_connections(true).await?;
    let cut = net.cut(&net.a, &net.b).await?;
    let mark = net.mark();
    net.a.publish("held").await?;
    cut.wait_bitten().await?;
    net.sleep(Duration::from_secs(3600)).await?;
    let silence = net.b.wait_for("message", |_| Some(())).since(mark).timeout(Duration::from_millis(1)).await;
    assert!(silence.is_err(), "it came through the cut");
    cut.heal().await?;
    assert!(cut.evidence().bytes > 0, "{cut:?}");
    assert!(cut.evidence().lasted >= Duration::from_secs(3600), "{cut:?}");
    net.b.wait_for("message", |_| Some(())).since(mark).await?;
    net.stop().await
}

#[tokio::test]
async fn a_one_way_cut_holds_one_way_only() -> Result {
    let net = cluster! { a; b: connect(a) }.start().simulated(1).wait_connections(true).await?;
    let cut = net.cut_one_way(&net.a, &net.b).await?;
    net.b.publish("heard").await?;
    net.a.wait_for("message", |_| Some(())).await?;
    let mark = net.mark();
    net.a.publish("held").await?;
    net.sleep(Duration::from_secs(10)).await?;
    assert!(net.b.wait_for("message", |_| Some(())).since(mark).timeout(Duration::from_millis(1)).await.is_err());
    cut.heal().await?;
    net.stop().await
}

#[tokio::test]
async fn a_refusing_partition_resets_the_links_between_its_parts() -> Result {
    let net = cluster! { k[5]: clique }.start().simulated(1).wait_connections(true).await?;
    let partition = net.partition((&net.k[..2], &net.k[2..])).refuse().await?;
    assert_eq!(partition.evidence().connections, 6);
    net.k[0].wait_for("disconnected", |value| (value["peer"] == "k.5").then_some(())).await?;
    net.sleep(Duration::from_secs(5)).await?;
    assert_eq!(net.k[0].connections().await?.len(), 1);
    assert!(partition.evidence().dials > 0, "{partition:?}");
    partition.heal().await?;
    net.wait_connections().await?;
    net.stop().await
}

#[tokio::test]
async fn a_reset_and_an_isolation_end_connections_and_let_them_come_back() -> Result {
    let net = cluster! { k[4]: clique }.start().simulated(1).wait_connections(true).await?;
    let reset = net.cut(&net.k[0], &net.k[1]).reset().await?;
    assert_eq!(reset.evidence().connections, 1);
    reset.heal().may_be_idle().await?;
    net.wait_connections().await?;
    net.isolate(&net.k[3]).refuse().await?;
    net.sleep(Duration::from_secs(1)).await?;
    assert_eq!(net.k[3].connections().await?.len(), 0);
    net.heal().await?;
    net.wait_connections().await?;
    net.stop().await
}

#[tokio::test]
async fn a_latency_and_a_rate_are_exact() -> Result {
    let net = cluster! { a; b: connect(a, latency = 40ms) }.start().simulated(1).wait_connections(true).await?;
    let event = net.a.wait_for_event("connected", |event| Some(event.time)).await?;
    let sent = net.journal().last().expect("it is not empty").time.max(event);
    net.a.publish("x").await?;
    let arrived = net.b.wait_for_event("message", |event| Some(event.time)).await?;
    let took = arrived.duration_since(sent).expect("it arrives later");
    assert!((Duration::from_millis(40)..Duration::from_millis(43)).contains(&took), "{took:?}");
    net.condition(&net.a, &net.b).rate(Rate::kbit(8)).await?;
    net.a.publish(vec![b'x'; 10_000]).await?;
    let large = |value: &serde_json::Value| (value["text"].as_str()?.len() == 10_000).then_some(());
    let late = net.b.wait_for_event("message", |event| large(&event.value).map(|()| event.time)).await?;
    assert!(late.duration_since(arrived).expect("it is later") >= Duration::from_secs(10));
    net.stop().await
}

/// Sends a numbered datagram every 10 ms, and reports those that come.
async fn ping(node: NodeContext) -> Result {
    let socket = node.datagram()?;
    node.ready();
    let mut number: u64 = 0;
    let mut buffer = [0; 8];
    loop {
        tokio::select! {
            biased;
            () = node.stopped() => return Ok(()),
            received = socket.recv_from(&mut buffer) => {
                received?;
                let value = json!({ "number": u64::from_be_bytes(buffer) });
                node.event(cluster_runtime::Level::Info, "ping", "pinged", value);
            }
            () = node.sleep(Duration::from_millis(10)) => {
                for peer in node.peers() {
                    socket.send_to(&number.to_be_bytes(), peer.addr()).await?;
                }
                number += 1;
            }
        }
    }
}

#[tokio::test]
async fn datagrams_are_lost_doubled_and_overtaken() -> Result {
    let ping = Service::new(ping).gated();
    let net = cluster! { a = ping.clone(); b = ping: connect(a) }.start().simulated(3).await?;
    let mark = net.mark();
    net.sleep(Duration::from_secs(10)).await?;
    let numbers = |since: cluster_runtime::handle::Mark| -> Vec<u64> {
        let _ = since;
        let pings = net.journal().into_iter().filter(|event| event.name == "pinged" && &*event.node == "b");
        pings.filter_map(|event| event.value["number"].as_u64()).collect()
    };
    let before = numbers(mark);
    assert!(before.is_sorted() && before.len() > 300, "{} of 500 arrived in order", before.len());
    let all = net.condition(&net.a, &net.b).loss(0.3).duplicate(0.2).reorder(0.2).await?;
    net.sleep(Duration::from_secs(10)).await?;
    let after = &numbers(mark)[before.len()..];
    let mut distinct = after.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    assert!(!after.is_sorted(), "none was overtaken");
    assert!(distinct.len() < after.len(), "none came twice");
    assert!(
        distinct.len() < usize::try_from(distinct[distinct.len() - 1] - distinct[0]).expect("it fits"),
        "none was lost"
    );
    assert!(all.evidence().datagrams > 100, "{all:?}");
    net.stop().await
}
