//! The sockets and the directory of a node.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cluster_runtime::net::Stream;
use cluster_runtime::{Error, Node, NodeContext, Result, Service, cluster, connect, create, line, start};
use cluster_tests::report;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

cluster_tests::on_both_runtimes! {
    a_peer_that_listens_late_is_reached
    each_half_of_a_stream_ends_by_itself
    a_listener_can_be_had_again
    datagrams_come_from_the_address_of_their_node
}

/// Waits for the one connection of a node, unless the test stops it.
async fn accepted(node: &NodeContext) -> Result<Stream> {
    let listener = node.listen()?;
    tokio::select! {
        accepted = listener.accept() => Ok(accepted?.0),
        () = node.stopped() => Err(Error::Stopped { node: node.name().into() }),
    }
}

async fn a_peer_that_listens_late_is_reached() -> Result {
    let net = cluster! {
        early = Service::new(async |node: NodeContext| {
            let mut stream = node.connect(&node.peers()[0]).await?;
            node.event(cluster_runtime::Level::Info, "test", "read", stream.read_u8().await?.into());
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        });
        late = Service::new(async |node: NodeContext| {
            tokio::time::sleep(Duration::from_millis(50)).await;
            accepted(&node).await?.write_u8(7).await?;
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        });
        early -> late;
    }
    .start()
    .public(true)
    .await?;
    net.early.wait_for("read", |value| (*value == 7).then_some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn a_dial_in_vain_ends_with_its_node_and_a_report_tells_why() -> Result {
    let dialling = Service::new(async |node: NodeContext| {
        node.ready();
        let peers = node.peers();
        let dialled = peers.iter().find(|peer| peer.dial());
        if let Some(peer) = dialled {
            node.connect(peer).await?;
        }
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let nodes = create(&dialling, "n", 2);
    line(&nodes);
    start(&nodes).await?.stop().await?;
    let starting = start(&nodes).wait_connections(true).timeout(Duration::from_millis(100));
    let report = report(&starting.await.expect_err("nobody listens"));
    assert!(report.contains("n.2 has dialled and failed: Connection refused"), "{report}");
    Ok(())
}

async fn each_half_of_a_stream_ends_by_itself() -> Result {
    let answering = Service::new(async |node: NodeContext| {
        node.ready();
        let mut stream = accepted(&node).await?;
        let mut question = String::new();
        stream.read_to_string(&mut question).await?;
        stream.write_all(format!("{question}!").as_bytes()).await?;
        Ok::<_, Error>(())
    });
    let asking = Service::new(async |node: NodeContext| {
        let stream = node.connect(&node.peers()[0]).await?;
        assert_eq!(stream.peer_addr()?, node.peers()[0].addr());
        let (mut reader, mut writer) = stream.into_split();
        writer.write_all(b"well").await?;
        drop(writer);
        let mut answer = String::new();
        reader.read_to_string(&mut answer).await?;
        node.event(cluster_runtime::Level::Info, "test", "answer", answer.into());
        node.ready();
        Ok::<_, Error>(())
    });
    let (answering, asking) = (Node::new(&answering, "answering"), Node::new(&asking, "asking"));
    connect(&answering, &asking);
    let net = start((&answering, &asking)).await?;
    assert_eq!(asking.wait_for("answer", |value| value.as_str().map(str::to_owned)).await?, "well!");
    net.stop().await
}

async fn a_listener_can_be_had_again() -> Result {
    let node = Node::new(
        &Service::new(async |node: NodeContext| {
            for _ in 0..3 {
                let listener = node.listen()?;
                assert_eq!(listener.local_addr()?, node.addr());
                assert!(node.listen().is_err() && node.listener().is_err(), "it listens already");
                node.dial(node.addr()).await?;
                drop(listener);
                node.dial(node.addr()).await.expect_err("nobody listens");
                drop(node.listener()?);
            }
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        }),
        "n",
    );
    start(&node).await?.stop().await?;
    start(&node).await?.stop().await
}

async fn datagrams_come_from_the_address_of_their_node() -> Result {
    let kind = Service::new(async |node: NodeContext| {
        let socket = node.datagram()?;
        assert_eq!(socket.local_addr()?, node.addr());
        assert!(node.datagram().is_err(), "it is bound already");
        let peer = &node.peers()[0];
        // Before the other one is bound nothing arrives.
        let mut buffer = [0; 16];
        let from = loop {
            socket.send_to(b"ping", peer.addr()).await?;
            tokio::select! {
                received = socket.recv_from(&mut buffer) => match received {
                    Ok((length, from)) => break (buffer[..length].to_vec(), from),
                    Err(_refused) => tokio::time::sleep(Duration::from_millis(1)).await,
                },
                () = tokio::time::sleep(Duration::from_millis(5)) => {}
            }
        };
        assert_eq!(from, (b"ping".to_vec(), peer.addr()));
        socket.send_to(b"ping", peer.addr()).await?;
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let nodes = create(&kind, "n", 2);
    line(&nodes);
    start(&nodes).await?.stop().await
}

#[tokio::test]
async fn every_node_has_a_directory_that_stays_as_long_as_it() -> Result {
    let kind = Service::new(async |node: NodeContext| {
        let count = node.dir()?.join("runs");
        let runs = std::fs::read_to_string(&count).map_or(0, |text| text.len());
        std::fs::write(&count, "x".repeat(runs + 1))?;
        node.provide(Arc::new(count));
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let nodes = create(&kind, "n", 2);
    let mut files = Vec::new();
    for runs in 1..=2 {
        let net = start(&nodes).await?;
        files = nodes.iter().filter_map(|node| node.provided::<PathBuf>()).collect();
        assert_eq!(
            files.iter().filter(|file| std::fs::read_to_string(&***file).is_ok_and(|text| text.len() == runs)).count(),
            2
        );
        net.stop().await?;
    }
    drop(nodes);
    for file in files {
        cluster_tests::until("its directory is gone", || !file.parent().is_some_and(Path::exists)).await;
    }
    Ok(())
}
