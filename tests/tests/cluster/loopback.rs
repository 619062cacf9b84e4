//! The built-in node: connections from others, messages, and public mode.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;

use cluster_runtime::kinds::LoopbackProtocol;
use cluster_runtime::{
    DefaultLevel, Error, Loopback, Node, NodeContext, Result, Service, cluster, connect, create, line, ring, start,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HELLO: u8 = 1;
const REFUSED: u8 = 2;
const MESSAGE: u8 = 4;

/// The other side of a connection to a node, which sends what the test wants.
struct Stranger(TcpStream);

impl Stranger {
    async fn knock(addr: SocketAddr) -> Result<Self> {
        Ok(Self(TcpStream::connect(addr).await?))
    }

    async fn say(&mut self, bytes: &[u8]) -> Result {
        Ok(self.0.write_all(bytes).await?)
    }

    async fn say_frame(&mut self, kind: u8, body: &[u8]) -> Result {
        let length = u32::try_from(body.len() + 1).expect("frames are short").to_be_bytes();
        self.say(&[&length[..], &[kind], body].concat()).await
    }

    async fn say_hello(&mut self, identity: &str, name: &str, private: bool) -> Result {
        let addr = self.0.local_addr()?.to_string();
        let texts = ["cluster-loopback/2", identity, name, &addr].map(text).concat();
        self.say_frame(HELLO, &[&texts[..], &[u8::from(private)]].concat()).await
    }

    async fn hear(&mut self) -> Result<(u8, Vec<u8>)> {
        let length = self.0.read_u32().await?;
        let kind = self.0.read_u8().await?;
        let mut body = vec![0; length as usize - 1];
        self.0.read_exact(&mut body).await?;
        Ok((kind, body))
    }

    /// Waits until the node has dropped the connection.
    async fn is_dropped(&mut self) {
        let mut rest = Vec::new();
        // A reset is as good as an end.
        let _ = self.0.read_to_end(&mut rest).await;
    }
}

/// A text in a frame.
fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("texts are short");
    [&length.to_be_bytes()[..], text.as_bytes()].concat()
}

/// The reason that the node reports for the connection that it dropped.
async fn reason(node: &Node<Loopback>) -> Result<String> {
    node.wait_for("connection_dropped", |value| value["error"].as_str().map(str::to_owned)).await
}

/// A node reports why it drops this connection, and continues to serve its peers.
async fn survives(bytes: &[u8], expected: &str) -> Result {
    let net = cluster! { k[3]: clique }.start().wait_connections(true).await?;
    let mut stranger = Stranger::knock(net.k[0].addr()).await?;
    stranger.say(bytes).await?;
    stranger.0.shutdown().await?;
    assert_eq!(reason(&net.k[0]).await?, expected);
    stranger.is_dropped().await;
    assert_eq!(net.observed().await?, net.topology());
    net.k[0].publish("still here").await?;
    net.k[2].wait_for("message", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn it_survives_another_protocol() -> Result {
    survives(b"GET / HTTP/1.1\r\n\r\n", "expected a frame of 1 to 1114112 bytes, found one of 1195725856").await
}

#[tokio::test]
async fn it_survives_an_oversized_frame() -> Result {
    survives(&[0xff, 0xff, 0xff, 0xff, HELLO], "expected a frame of 1 to 1114112 bytes, found one of 4294967295").await
}

#[tokio::test]
async fn it_survives_an_empty_frame() -> Result {
    survives(&[0, 0, 0, 0], "expected a frame of 1 to 1114112 bytes, found one of 0").await
}

#[tokio::test]
async fn it_survives_garbage_in_a_frame() -> Result {
    survives(&[0, 0, 0, 3, 9, b'x', b'y'], r#"expected a frame of this protocol, found "\txy""#).await
}

#[tokio::test]
async fn it_survives_a_hello_of_another_version() -> Result {
    let frame = [&[0, 0, 0, 21, HELLO], &text("cluster-loopback/9")[..]].concat();
    survives(&frame, r#"expected a frame of this protocol, found "\u{1}\0\u{12}cluster-loopback/9""#).await
}

#[tokio::test]
async fn it_survives_a_connection_that_breaks_off() -> Result {
    survives(&[0, 0, 1], "the connection is closed").await
}

#[tokio::test]
async fn it_survives_a_message_before_the_hello() -> Result {
    survives(&[&[0, 0, 0, 24, MESSAGE][..], &[0; 23]].concat(), "expected a hello, found another frame").await
}

#[tokio::test]
async fn it_serves_on_beside_half_open_connections() -> Result {
    let nodes = create(&Loopback::new(), "n", 2);
    connect(&nodes[0], &nodes[1]);
    let first = start(&nodes[0]).await?;
    let mut half_open = Vec::new();
    for bytes in [&b""[..], &[0, 0], &[0, 0, 0, 200, HELLO]] {
        let mut stranger = Stranger::knock(nodes[0].addr()).await?;
        stranger.say(bytes).await?;
        half_open.push(stranger);
    }
    let second = start(&nodes[1]).wait_connections(true).await?;
    assert_eq!(nodes[0].connections().await?.len(), 1);
    first.stop().await?;
    for stranger in &mut half_open {
        stranger.is_dropped().await;
    }
    second.stop().await
}

#[tokio::test]
async fn garbage_on_a_link_ends_the_link() -> Result {
    let net = cluster! { a; b: connect(a) }.start().public(true).wait_connections(true).await?;
    let mut stranger = Stranger::knock(net.a.addr()).await?;
    stranger.say_hello("0badc0de", "stranger", true).await?;
    assert_eq!(stranger.hear().await?.0, HELLO);
    net.a.wait_for("connected", |value| (value["peer"] == "0badc0de").then_some(())).await?;
    stranger.say_frame(99, b"what").await?;
    assert_eq!(reason(&net.a).await?, r#"expected a frame of this protocol, found "cwhat""#);
    net.a.wait_for("disconnected", |value| (value["peer"] == "0badc0de").then_some(())).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_private_node_keeps_an_undeclared_one_out() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    let mut stranger = Stranger::knock(net.a.addr()).await?;
    stranger.say_hello("0badc0de", "stranger", false).await?;
    let (kind, why) = stranger.hear().await?;
    assert_eq!(kind, REFUSED);
    assert_eq!(String::from_utf8_lossy(&why), "`stranger` (0badc0de) is not a declared peer of `a`, which is private");
    stranger.is_dropped().await;
    assert!(reason(&net.a).await?.starts_with("refused: `stranger`"));
    assert_eq!(net.a.connections().await?.len(), 1);
    net.stop().await
}

#[tokio::test]
async fn a_private_node_of_a_public_cluster_keeps_an_undeclared_one_out() -> Result {
    let net = cluster! { open; hidden = Loopback::new().private(true): connect(open) }.start().public(true).await?;
    for (node, answer) in [(&net.open, HELLO), (&net.hidden, REFUSED)] {
        let mut stranger = Stranger::knock(node.addr()).await?;
        stranger.say_hello("0badc0de", "stranger", true).await?;
        assert_eq!(stranger.hear().await?.0, answer, "{}", node.name());
    }
    net.stop().await
}

#[tokio::test]
async fn a_public_node_lets_an_undeclared_one_in() -> Result {
    let net = cluster! { a; b: connect(a) }.start().public(true).wait_connections(true).await?;
    let mut stranger = Stranger::knock(net.a.addr()).await?;
    stranger.say_hello("0badc0de", "stranger", true).await?;
    assert_eq!(stranger.hear().await?.0, HELLO);
    net.a.wait_for("connected", |value| (value["peer"] == "0badc0de").then_some(())).await?;
    let connections = net.a.connections().await?;
    let stranger = connections.iter().find(|connection| connection.name.is_none()).expect("it is let in");
    assert_eq!(stranger.identity.as_str(), "0badc0de");
    assert_eq!(net.observed().await?, net.topology(), "a stranger is no node of the cluster");
    net.stop().await
}

#[tokio::test]
async fn a_node_does_not_link_to_itself() -> Result {
    let net = cluster! { a }.start().public(true).await?;
    let identity = net.a.identity().expect("it runs");
    let mut mirror = Stranger::knock(net.a.addr()).await?;
    mirror.say_hello(identity.as_str(), "a", false).await?;
    assert_eq!(mirror.hear().await?.0, REFUSED);
    assert_eq!(net.a.connections().await?, []);
    net.stop().await
}

/// A server at the address of a declared peer with another identity.
async fn impostor(node: NodeContext) -> Result {
    let listener = node.listener()?;
    node.ready();
    let answering = async {
        loop {
            let mut stranger = Stranger(listener.accept().await?.0);
            // It may hang up at any time.
            if stranger.hear().await.is_ok() {
                let _ = stranger.say_hello("someone else", node.name(), false).await;
            }
        }
    };
    tokio::select! {
        broken = answering => broken,
        () = node.stopped() => Ok(()),
    }
}

#[tokio::test]
async fn a_wrong_identity_is_no_peer() -> Result {
    let peer = Node::new(&Service::new(impostor).protocol::<LoopbackProtocol>(), "peer");
    let node = Node::new(&Loopback::new(), "node");
    connect(&peer, &node);
    // The peer may listen late, which is of level debug.
    let net = start((&peer, &node)).event_level(DefaultLevel::Debug).await?;
    let error = node
        .wait_for("dial_failed", |value| {
            value["error"].as_str().filter(|why| why.contains("someone")).map(str::to_owned)
        })
        .await?;
    assert_eq!(error, "expected identity peer, found someone else");
    assert_eq!(node.connections().await?, []);
    net.stop().await?;

    let start = start((&peer, &node)).wait_connections(true).timeout(Duration::from_secs(1));
    let error = start.into_future().await.expect_err("the peer is someone else");
    let Error::StartTimeout(timeout) = error else { panic!("expected a timeout, found {error:?}") };
    let link = timeout.missing[0].to_string();
    assert!(link.starts_with("node - peer: node has dialled"), "{link}");
    Ok(())
}

/// The hops of the message that everyone has.
async fn hops(node: &Node<Loopback>) -> Result<u64> {
    node.wait_for("message", |value| value["hops"].as_u64()).await
}

#[tokio::test]
async fn a_message_reaches_everyone_once_and_counts_its_hops() -> Result {
    let nodes = create(&Loopback::new(), "n", 6);
    line(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    nodes[1].publish("hello").await?;
    let mut hops_of_all = Vec::new();
    for node in &nodes {
        hops_of_all.push(hops(node).await?);
    }
    assert_eq!(hops_of_all, [1, 0, 1, 2, 3, 4]);
    net.stop().await?;
    for node in &nodes {
        let (mut events, mut messages) = (node.events(), Vec::new());
        while let Some(event) = events.next().await? {
            messages.extend((event.name == "message").then(|| event.value.clone()));
        }
        assert_eq!(messages.len(), 1, "{} has {messages:?}", node.name());
        assert_eq!((&messages[0]["from"], &messages[0]["text"]), (&json!("n.2"), &json!("hello")));
    }
    Ok(())
}

#[tokio::test]
async fn a_message_in_a_clique_is_told_once_however_many_ways_it_comes() -> Result {
    let net = cluster! { k[8]: clique }.start().wait_connections(true).await?;
    for number in 0..20 {
        net.k[0].publish(format!("message {number}")).await?;
    }
    let last = |value: &Value| (value["text"] == "message 19").then_some(());
    for node in &net.k {
        node.wait_for("message", last).await?;
    }
    net.stop().await?;
    for node in &net.k {
        let (mut events, mut count) = (node.events(), 0);
        while let Some(event) = events.next().await? {
            count += usize::from(event.name == "message");
        }
        assert_eq!(count, 20, "{}", node.name());
    }
    Ok(())
}

#[tokio::test]
async fn bytes_that_are_no_text_come_as_hex() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.a.publish([0xff, 0x00, 0x10]).await?;
    let hex = net.b.wait_for("message", |value| value["hex"].as_str().map(str::to_owned)).await?;
    assert_eq!(hex, "ff0010");
    net.stop().await
}

#[tokio::test]
async fn the_largest_message_passes_and_a_larger_one_is_refused() -> Result {
    let nodes = create(&Loopback::new(), "n", 4);
    ring(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    nodes[0].publish(vec![b'x'; 1 << 20]).await?;
    let length = nodes[2].wait_for("message", |value| value["text"].as_str().map(str::len)).await?;
    assert_eq!(length, 1 << 20);
    let error = nodes[0].publish(vec![b'x'; (1 << 20) + 1]).await.expect_err("it is too large");
    assert_eq!(error.to_string(), "node `n.1` cannot publish 1048577 bytes: a message has at most 1048576");
    net.stop().await
}

#[tokio::test]
async fn only_a_running_node_publishes() -> Result {
    let node = Node::new(&Loopback::new(), "n");
    let error = node.publish("too early").await.expect_err("it does not run");
    assert_eq!(error.to_string(), "node `n` cannot publish a message: it was not started");
    start(&node).await?.stop().await?;
    let error = node.publish("too late").await.expect_err("it does not run");
    assert_eq!(error.to_string(), "node `n` cannot publish a message: it has ended");
    Ok(())
}

#[tokio::test]
async fn a_neighbour_that_does_not_read_loses_its_link() -> Result {
    let net = cluster! { a; b: connect(a) }.start().public(true).wait_connections(true).await?;
    let mut stranger = Stranger::knock(net.a.addr()).await?;
    stranger.say_hello("0badc0de", "sleeper", true).await?;
    assert_eq!(stranger.hear().await?.0, HELLO);
    net.a.wait_for("connected", |value| (value["peer"] == "0badc0de").then_some(())).await?;
    // What the sleeper does not read fills its buffers, and then its queue of 64 MiB.
    let mut published = 0;
    while net.a.connections().await?.len() > 1 {
        assert!(published < 500, "500 MiB wait for one who sleeps");
        net.a.publish(vec![b'x'; 1 << 20]).await?;
        published += 1;
        tokio::task::yield_now().await;
    }
    assert_eq!(reason(&net.a).await?, "the other side does not read what it is sent");
    net.a.wait_for("disconnected", |value| (value["peer"] == "0badc0de").then_some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn public_nodes_learn_of_each_other() -> Result {
    let nodes = create(&Loopback::new(), "n", 5);
    line(&nodes);
    let net = start(&nodes).public(true).wait_connections(true).await?;
    for node in &nodes {
        for other in nodes.iter().filter(|other| other.name() != node.name()) {
            node.wait_for("connected", |value| (value["peer"] == other.name()).then_some(())).await?;
        }
    }
    assert_eq!(net.topology().links().len(), 4, "what is declared stays");
    assert_eq!(net.observed().await?.links().len(), 10, "what is observed has grown");
    net.stop().await
}

#[tokio::test]
async fn private_nodes_learn_of_nobody() -> Result {
    let nodes = create(&Loopback::new(), "n", 5);
    line(&nodes);
    let net = start(&nodes).wait_connections(true).event_level(DefaultLevel::Debug).await?;
    nodes[0].publish("through all of them").await?;
    hops(&nodes[4]).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await?;
    for node in &nodes {
        node.wait_for("learned", |_| Some(())).await.expect_err("it is private");
    }
    Ok(())
}

#[tokio::test]
async fn a_private_node_is_not_told_of_in_a_public_cluster() -> Result {
    let net = cluster! {
        open[4]: line;
        hidden = Loopback::new().private(true): connect(open[0]);
    }
    .start()
    .public(true)
    .wait_connections(true)
    .await?;
    // Once the ends of the line know each other, news of the hidden node would have come as far.
    net.open[3].wait_for("connected", |value| (value["peer"] == "open.1").then_some(())).await?;
    net.open[0].wait_for("connected", |value| (value["peer"] == "open.4").then_some(())).await?;
    let names: Vec<_> = net.hidden.connections().await?.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["open.1"]);
    net.stop().await
}

#[tokio::test]
async fn a_link_comes_back_when_its_peer_does() -> Result {
    let (a, b) = (Node::new(&Loopback::new(), "a"), Node::new(&Loopback::new(), "b"));
    cluster_runtime::add_peer(&a, &b);
    let net = start((&a, &b)).wait_connections(true).await?;
    b.stop().await?;
    let again = start(&b).wait_connections(true).await?;
    assert_eq!(b.connections().await?[0].name.as_deref(), Some("a"));
    again.stop().await?;
    a.stop().await?;
    // The other way round: now the side that dials comes later.
    let listens = start(&b).await?;
    let dials = start(&a).wait_connections(true).await?;
    assert_eq!(b.connections().await?.len(), 1);
    dials.stop().await?;
    listens.stop().await?;
    net.stop().await
}
