//! Faults of links between nodes that open sockets of their own: by relays.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cluster_runtime::error::{FaultError, Refusal};
use cluster_runtime::kinds::Provide;
use cluster_runtime::net::Rate;
use cluster_runtime::{AnyNode, Error, Feature, Level, NodeContext, Result, Service, cluster};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// Echoes what comes in on streams, but only the last byte of what begins with a zero, up to the next one; and reports datagrams and answers them.
async fn echo(node: NodeContext) -> Result {
    let listener = TcpListener::bind(node.addr()).await?;
    let datagrams = UdpSocket::bind(node.addr()).await?;
    node.ready();
    let mut buffer = [0; 64];
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let mut stream = BufReader::new(accepted?.0);
                tokio::spawn(async move {
                    let first = stream.read_u8().await?;
                    while first == 0 && stream.read_u8().await? != 0 {}
                    stream.write_u8(first).await?;
                    let (mut reader, mut writer) = tokio::io::split(stream);
                    tokio::io::copy(&mut reader, &mut writer).await
                });
            }
            received = datagrams.recv_from(&mut buffer) => {
                let (length, from) = received?;
                let is_peer = node.peers().iter().any(|peer| peer.addr() == from);
                node.event(Level::Info, "echo", "datagram", json!({ "byte": buffer[0], "is_peer": is_peer }));
                datagrams.send_to(&buffer[..length], from).await?;
            }
            () = node.stopped() => return Ok(()),
        }
    }
}

/// Tells where its one peer is.
async fn client(node: NodeContext, handle: Provide<SocketAddr>) -> Result {
    handle.set(node.peers()[0].addr());
    node.ready();
    node.stopped().await;
    Ok(())
}

fn peer_of(client: &AnyNode) -> SocketAddr {
    *client.provided::<SocketAddr>().expect("it has told")
}

async fn round_trips(peer: SocketAddr, count: usize) -> Result<Vec<Duration>> {
    cluster_tests::round_trips(TcpStream::connect(peer).await?, count).await
}

macro_rules! client_and_echo {
    () => {
        cluster! { client = Service::providing(client); server = Service::new(echo): connect(client) }
    };
}

#[tokio::test]
async fn a_black_hole_holds_streams_and_answers_no_dial() -> Result {
    let net = client_and_echo!().start().link_control(true).await?;
    let peer = peer_of(&net.client);
    let mut stream = TcpStream::connect(peer).await?;
    stream.write_u8(1).await?;
    assert_eq!(stream.read_u8().await?, 1);

    let cut = net.cut(&net.client, &net.server).await?;
    stream.write_u8(2).await?;
    cut.wait_bitten().await?;
    let dial = tokio::time::timeout(Duration::from_millis(50), TcpStream::connect(peer)).await;
    assert!(dial.is_err(), "it was answered: {dial:?}");
    assert_eq!(stream.try_read(&mut [0]).expect_err("it is held").kind(), ErrorKind::WouldBlock);

    cut.heal().await?;
    assert_eq!(stream.read_u8().await?, 2);
    assert_eq!(round_trips(peer, 1).await?.len(), 1);
    net.stop().await
}

#[tokio::test]
async fn a_dial_that_a_black_hole_does_not_answer_is_a_bite_while_it_waits() -> Result {
    let net = client_and_echo!().start().link_control(true).await?;
    let peer = peer_of(&net.client);
    let cut = net.cut_one_way(&net.server, &net.client).await?;
    let dial = || tokio::spawn(TcpStream::connect(peer));
    let first = dial();
    cut.wait_bitten().await?;
    assert!(net.journal().iter().any(|event| event.name == "fault_bit"), "it is not in the journal");
    assert_eq!(cut.evidence().dials, 1, "{cut:?}");
    let second = dial();
    net.eventually(|| async { cut.evidence().dials == 2 }).await?;
    for dial in [first, second] {
        assert!(!dial.is_finished(), "it was answered");
        dial.abort();
    }
    cut.heal().await?;
    assert_eq!(cut.evidence().dials, 2, "{cut:?}");
    net.stop().await
}

#[tokio::test]
async fn probes_of_another_fault_are_no_bites() -> Result {
    let net = client_and_echo!().start().link_control(true).await?;
    let cut = net.cut(&net.client, &net.server).await?;
    for _ in 0..10 {
        net.isolate(&net.client).may_be_idle().await?.heal().await?;
        assert!(!cut.evidence().has_bitten(), "{cut:?}");
    }
    cut.heal().may_be_idle().await?;
    net.stop().await
}

#[tokio::test]
async fn a_refusal_resets_streams_and_refuses_dials() -> Result {
    let net = client_and_echo!().start().link_control(true).await?;
    let peer = peer_of(&net.client);
    for _ in 0..3 {
        let mut stream = TcpStream::connect(peer).await?;
        stream.write_u8(1).await?;
        assert_eq!(stream.read_u8().await?, 1);
        let cut = net.cut(&net.client, &net.server).refuse().await?;
        assert_eq!(cut.evidence().connections, 1, "{cut:?}");
        assert_eq!(stream.read_u8().await.expect_err("it is reset").kind(), ErrorKind::ConnectionReset);
        assert_eq!(TcpStream::connect(peer).await.expect_err("it refuses").kind(), ErrorKind::ConnectionRefused);
        cut.heal().await?;
    }
    net.stop().await
}

#[tokio::test]
async fn a_reset_accepts_and_resets() -> Result {
    let net = client_and_echo!().start().link_control(true).await?;
    let peer = peer_of(&net.client);
    let cut = net.cut(&net.client, &net.server).reset().await?;
    // It may be reset before the dial has returned.
    let read = async { TcpStream::connect(peer).await?.read_u8().await };
    assert_eq!(read.await.expect_err("it is reset").kind(), ErrorKind::ConnectionReset);
    assert_eq!(cut.evidence().dials, 1, "{cut:?}");
    cut.heal().await?;
    net.stop().await
}

#[tokio::test]
async fn what_one_end_closes_is_closed_at_the_other() -> Result {
    let net = client_and_echo!().start().link_control(true).await?;
    let peer = peer_of(&net.client);
    let mut stream = TcpStream::connect(peer).await?;
    stream.write_all(b"last words").await?;
    stream.shutdown().await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    assert_eq!(text, "last words");
    net.stop().await
}

#[tokio::test]
async fn a_latency_and_a_rate_are_kept() -> Result {
    let net = client_and_echo!().start().link_control(true).await?;
    let peer = peer_of(&net.client);
    let slow = net.condition(&net.client, &net.server).latency(Duration::from_millis(100)).await?;
    let times = round_trips(peer, 9).await?;
    assert!(times[0] >= Duration::from_millis(200), "{times:?}");
    // It is not there twice; a busy machine adds to it.
    assert!(times[4] < Duration::from_millis(400), "{times:?}");
    slow.heal().await?;
    let _narrow = net.condition(&net.client, &net.server).rate(Rate::mbit(8)).await?;
    // The server swallows what begins with a zero, and answers its last byte.
    let mut stream = TcpStream::connect(peer).await?;
    let mut bytes = vec![7; 3_000_000];
    (bytes[0], bytes[2_999_999]) = (0, 0);
    let begun = Instant::now();
    stream.write_all(&bytes).await?;
    stream.read_u8().await?;
    let rate = 3_000_000.0 / begun.elapsed().as_secs_f64();
    // A busy machine is slower, and never faster.
    assert!((500_000.0..=1_010_000.0).contains(&rate), "{rate} bytes a second");
    net.stop().await
}

#[tokio::test]
async fn declared_conditions_hold_from_the_start() -> Result {
    let net = cluster! {
        client = Service::providing(client);
        server = Service::new(echo): connect(client, latency = 50ms);
    }
    .start()
    .await?;
    let peer = peer_of(&net.client);
    assert_ne!(peer, net.server.addr(), "there is no relay");
    let times = round_trips(peer, 3).await?;
    assert!(times[0] >= Duration::from_millis(100), "{times:?}");
    net.stop().await
}

#[tokio::test]
async fn without_conditions_and_link_control_not_a_byte_takes_a_detour() -> Result {
    let net = client_and_echo!().start().await?;
    let peer = peer_of(&net.client);
    assert_eq!(peer, net.server.addr());
    net.stop().await
}

#[tokio::test]
async fn datagrams_come_from_the_address_that_their_receiver_knows() -> Result {
    let net = client_and_echo!().start().link_control(true).await?;
    let (own, peer) = (net.client.addr(), peer_of(&net.client));
    // From the node's own address, and from a socket that nobody knows: both are answered.
    for (from, is_peer) in [(own, true), (SocketAddr::from((own.ip(), 0)), false)] {
        let mark = net.mark();
        let socket = UdpSocket::bind(from).await?;
        socket.send_to(&[9], peer).await?;
        let mut answer = [0; 4];
        let (length, sender) = socket.recv_from(&mut answer).await?;
        assert_eq!((length, answer[0], sender), (1, 9, peer));
        let known = net.server.wait_for("datagram", |value| value["is_peer"].as_bool()).since(mark).await?;
        assert_eq!(known, is_peer);
    }
    let cut = net.cut(&net.client, &net.server).await?;
    let socket = UdpSocket::bind(own).await?;
    socket.send_to(&[9], peer).await?;
    cut.wait_bitten().await?;
    assert_eq!(cut.evidence().datagrams, 1);
    cut.heal().await?;
    net.stop().await
}

#[tokio::test]
async fn public_nodes_are_refused_relays() {
    let refused = client_and_echo!().start().link_control(true).public(true).await.map(drop);
    let Err(Error::Refused { refusals, .. }) = refused else { panic!("{refused:?}") };
    assert!(matches!(&refusals[..], [Refusal::PublicRelays { nodes }] if nodes.len() == 2), "{refusals:?}");
}

#[tokio::test]
async fn a_kind_that_tells_others_its_address_is_refused_relays() {
    let telling = Service::new(echo).does_not_support(Feature::LinkControl);
    let refused = cluster! { use telling; a; b: connect(a, latency = 1ms) }.start().await.map(drop);
    let Err(Error::Refused { refusals, .. }) = refused else { panic!("{refused:?}") };
    let text = refusals[0].to_string();
    assert!(text.contains("does not support the control of its links by relays"), "{text}");
}

#[tokio::test]
async fn a_node_that_is_added_late_is_reached_over_relays() -> Result {
    let net = cluster! { client = Service::providing(client); server = Service::new(echo): connect(client) }
        .start()
        .link_control(true)
        .hold(|net| &net.client)
        .await?;
    net.add(&net.client).await?;
    let peer = peer_of(&net.client);
    assert_ne!(peer, net.server.addr(), "there is no relay");
    net.stop().await
}

#[tokio::test]
async fn a_relay_that_is_opened_under_a_cut_answers_no_dial() -> Result {
    let net = cluster! {
        server = Service::new(echo);
        client = Service::providing(client): connect(server);
        late = Service::providing(client): connect(client);
    }
    .start()
    .link_control(true)
    .hold(|net| &net.late)
    .await?;
    let cut = net.cut(&net.late, (&net.server, &net.client)).await?;
    cluster_runtime::connect(&net.late, &net.server);
    net.add(&net.late).await?;
    let peer = peer_of(&net.late);
    assert_ne!(peer, net.server.addr(), "there is no relay");
    let dial = tokio::time::timeout(Duration::from_millis(50), TcpStream::connect(peer)).await;
    assert!(dial.is_err(), "it was answered: {dial:?}");
    let dial = tokio::spawn(TcpStream::connect(peer));
    cut.wait_bitten().await?;
    cut.heal().await?;
    drop(dial);
    assert_eq!(round_trips(peer, 1).await?.len(), 1);
    net.stop().await
}

#[tokio::test]
async fn a_restart_with_a_kind_that_has_a_port_without_a_relay_is_refused() -> Result {
    let net = client_and_echo!().start().link_control(true).await?;
    let more = Service::new(echo).ports(["admin"]);
    let error = net.server.restart().with(more).await.expect_err("it would be reached past all relays").to_string();
    assert!(error.contains("has the port `admin`: its links have relays, and none for that port"), "{error}");
    assert!(error.contains("help: "), "{error}");
    assert_eq!(round_trips(peer_of(&net.client), 1).await?.len(), 1, "it does not run on");
    net.stop().await
}

#[tokio::test]
async fn a_data_path_that_does_nothing_is_found() -> Result {
    let net = client_and_echo!().start().link_control(true).await?;
    cluster_runtime::__private::make_faults_idle(&net);
    let (a, b) = (&net.client, &net.server);
    let blocked = [net.cut(a, b).await, net.cut(a, b).refuse().await, net.cut(a, b).reset().await];
    for cut in blocked {
        let Err(Error::Fault(error)) = cut else { panic!("{cut:?}") };
        assert!(matches!(*error, FaultError::BlockedNothing { .. }), "{error}");
    }
    let slow = net.condition(a, b).latency(Duration::from_millis(20)).await;
    assert!(
        matches!(&slow, Err(Error::Fault(error)) if matches!(**error, FaultError::DelayedNothing { .. })),
        "{slow:?}"
    );
    Ok(())
}
