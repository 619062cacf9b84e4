//! A test's own server in the test's own process, and what it can do wrong.

use std::collections::BTreeSet;
use std::future::IntoFuture;
use std::io::ErrorKind;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use cluster_runtime::error::BoxError;
use cluster_runtime::kinds::{LoopbackProtocol, ServiceProtocol};
use cluster_runtime::net::Stream;
use cluster_runtime::{
    Error, Feature, Identity, Loopback, Node, NodeContext, Peer, Result, Service, Speaks, cluster, connect, create,
    start,
};
use cluster_tests::report;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

cluster_tests::on_both_runtimes! {
    a_service_takes_the_listener_of_its_node
    a_server_binds_the_address_of_its_node_itself
    services_tell_of_the_links_between_them
}

/// The body of the answer to a GET.
async fn get_body(addr: std::net::SocketAddr, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(addr).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| Error::other("no body"))?;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    Ok(body.to_owned())
}

async fn serve_http(node: NodeContext, listener: TcpListener) -> Result<(), BoxError> {
    let name = node.name().to_owned();
    let router = Router::new().route("/name", get(move || async move { name }));
    node.ready();
    axum::serve(listener, router).with_graceful_shutdown(async move { node.stopped().await }).await?;
    Ok(())
}

async fn a_service_takes_the_listener_of_its_node() -> Result {
    let net = cluster! {
        use Service::new(|node: NodeContext| async move {
            let listener = node.listener()?;
            serve_http(node, listener).await
        });
        servers[4];
    }
    .start()
    .await?;
    for server in &net.servers {
        assert_eq!(get_body(server.addr(), "/name").await?, server.name());
    }
    net.stop().await
}

async fn a_server_binds_the_address_of_its_node_itself() -> Result {
    let net = cluster! {
        use Service::new(|node: NodeContext| async move {
            let listener = TcpListener::bind(node.addr()).await?;
            serve_http(node, listener).await
        });
        servers[4];
    }
    .start()
    .await?;
    for server in &net.servers {
        assert_eq!(get_body(server.addr(), "/name").await?, server.name());
    }
    net.stop().await?;
    let error = TcpStream::connect(net.servers[0].addr()).await.expect_err("it is stopped");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    Ok(())
}

/// Greets its peers by name over real sockets, and keeps the links.
async fn greet(node: NodeContext) -> Result<(), BoxError> {
    let listener = node.listen()?;
    let mut links: JoinSet<Result<Stream>> = JoinSet::new();
    for peer in node.peers().into_iter().filter(Peer::dial) {
        let node = node.clone();
        links.spawn(async move {
            let mut stream = node.connect(&peer).await?;
            stream.write_u8(u8::try_from(node.name().len()).expect("names are short")).await?;
            stream.write_all(node.name().as_bytes()).await?;
            stream.read_u8().await?;
            node.connected(peer.name());
            Ok(stream)
        });
    }
    node.ready();
    let accepting = async {
        let mut accepted = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await?;
            let mut name = vec![0; usize::from(stream.read_u8().await?)];
            stream.read_exact(&mut name).await?;
            node.connected(&String::from_utf8(name)?);
            stream.write_u8(1).await?;
            accepted.push(stream);
        }
    };
    tokio::select! {
        broken = accepting => broken,
        () = node.stopped() => Ok(()),
    }
}

async fn services_tell_of_the_links_between_them() -> Result {
    let net = cluster! {
        use Service::new(greet);
        hub;
        rim[6]: ring + star(hub);
        out;
        hub -> out
    };
    let net = net.start().wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology());
    let names: Vec<_> = net.rim[0].connections().await?.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["hub", "rim.2", "rim.6"]);
    net.stop().await
}

#[tokio::test]
async fn a_service_has_named_ports_for_tcp_and_udp_that_are_reserved() -> Result {
    let kind = Service::new(async |node: NodeContext| {
        let rpc = node.addr_of("rpc");
        let streams = TcpListener::bind(rpc).await?;
        let datagrams = UdpSocket::bind(rpc).await?;
        node.ready();
        let mut datagram = [0; 4];
        let (_, sender) = datagrams.recv_from(&mut datagram).await?;
        datagrams.send_to(&datagram, sender).await?;
        streams.accept().await?.0.write_all(&datagram).await?;
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { use kind.ports(["rpc", "metrics"]); k[2] }.start().await?;
    let addrs: Vec<_> = net
        .k
        .iter()
        .flat_map(|node| ["", "rpc", "metrics"].map(|port| node.addr_of(port).expect("it asks for it")))
        .collect();
    assert_eq!(addrs.iter().collect::<BTreeSet<_>>().len(), 6, "{addrs:?}");
    for (node, addrs) in net.k.iter().zip(addrs.chunks(3)) {
        assert!(addrs.iter().all(|addr| addr.ip() == node.addr().ip()), "{addrs:?}");
        let rpc = node.addr_of("rpc").expect("it asks for it");
        let client = UdpSocket::bind("127.0.0.1:0").await?;
        let mut echo = [0; 4];
        client.send_to(b"ping", rpc).await?;
        client.recv_from(&mut echo).await?;
        assert_eq!(&echo, b"ping");
        TcpStream::connect(rpc).await?.read_exact(&mut echo).await?;
        assert_eq!(&echo, b"ping");
    }
    net.stop().await
}

#[tokio::test]
async fn a_service_says_what_its_nodes_need_and_support() -> Result {
    let stubborn = Service::new(async |node: NodeContext| {
        node.ready();
        node.stopped().await;
        std::future::pending::<Result>().await
    });
    let stubborn = stubborn.grace(Duration::from_millis(20)).localhost();
    let net = cluster! { k[2] = stubborn }.start().await?;
    assert!(net.k.iter().all(|node| node.addr().ip().to_string() == "127.0.0.1"), "{net:?}");
    net.stop().await?;
    net.k[0].wait_for("stopped_hard", |value| (value["after"] == "20ms").then_some(())).await?;

    let private = Service::new(async |_: NodeContext| Ok::<_, Error>(())).does_not_support(Feature::Public);
    let error = cluster! { n = private }.start().public(true).await.expect_err("it cannot").to_string();
    assert!(error.starts_with("the start was refused: node `n` is of kind `Service`"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_service_has_its_identity_before_it_runs_or_from_its_run() -> Result {
    let before = Service::new(async |node: NodeContext| {
        assert_eq!(node.identity(), Some(Identity::new("the key of a")));
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    })
    .identity(async |node: NodeContext| Ok::<_, Error>(Identity::new(format!("the key of {}", node.name()))));
    let in_run = Service::new(async |node: NodeContext| {
        node.set_identity(Identity::new("the key of this run"));
        let peer = node.peer_by_identity(&Identity::new("the key of a")).expect("it had it before");
        node.connected(peer.name());
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { a = before; b = in_run; connect(a, b) }.start().await?;
    assert_eq!(net.a.identity(), Some(Identity::new("the key of a")));
    assert_eq!(net.b.identity(), Some(Identity::new("the key of this run")));
    assert_eq!(net.b.connections().await?[0].name.as_deref(), Some("a"));
    net.stop().await
}

#[tokio::test]
async fn two_listeners_on_one_node_are_refused() {
    let kind = Service::new(|node: NodeContext| async move {
        let _first = node.listener()?;
        let _second = node.listener()?;
        Ok::<_, Error>(())
    });
    let node = Node::new(&kind, "n");
    let error = start(&node).await.expect_err("the second cannot listen");
    let text = error.to_string();
    let expected = format!("node `n` failed in phase `ready`: it failed: node `n` cannot listen on {}: ", node.addr());
    assert!(text.starts_with(&expected), "{text}");
    assert!(text.contains("in use"), "{text}");
}

#[tokio::test]
async fn a_service_that_returns_before_it_is_ready_is_told_what_to_do() {
    let node = Node::new(&Service::new(|_| async { Ok::<_, Error>(()) }), "n");
    let error = start(&node).await.expect_err("it was never ready");
    assert_eq!(
        report(&error),
        "node `n` failed in phase `ready`: it returned before it was ready\n\
         help: a service calls `node.ready()`, and serves until `node.stopped().await`\n\
         the nodes that were started with it were stopped\n\
         the end of the log of `n`:\n  notice  node ended"
    );
}

#[tokio::test]
async fn a_service_that_panics_is_told_with_its_message() {
    for (kind, message) in [
        (Service::new(|node: NodeContext| async move { nothing(node.name().len() > 99) }), "no luck with 1"),
        (Service::new(|_| async { wordless() }), "no message"),
    ] {
        let error = start(create(&kind, "n", 1)).await.expect_err("it panics");
        assert_eq!(error.to_string(), format!("node `n.1` failed in phase `ready`: it panicked: {message}"));
    }
}

fn wordless() -> Result {
    std::panic::resume_unwind(Box::new(7_u8))
}

fn nothing(lucky: bool) -> Result {
    assert!(lucky, "no luck with {}", 1);
    Ok(())
}

#[tokio::test]
async fn a_service_that_returns_before_it_is_connected_is_told() {
    let kind = Service::new(|node: NodeContext| async move {
        node.ready();
        Ok::<_, Error>(())
    });
    let nodes = create(&kind, "n", 2);
    connect(&nodes[0], &nodes[1]);
    let error = start(&nodes[1]).wait_connections(true).await.expect_err("it is never connected");
    assert_eq!(
        error.to_string(),
        "node `n.2` failed in phase `connected`: it returned before it was connected to all its peers"
    );
}

#[tokio::test]
async fn a_service_that_names_a_peer_that_does_not_exist_is_told_its_peers() {
    for name_it in
        [NodeContext::connected, NodeContext::disconnected, NodeContext::dialled] as [fn(&NodeContext, &str); 3]
    {
        let kind = Service::new(move |node: NodeContext| async move {
            name_it(&node, "b.9");
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        });
        let (a, b) = (Node::new(&kind, "a"), create(&Service::new(greet), "b", 2));
        connect(&a, &b);
        let error = start((&a, &b)).await.expect_err("there is no b.9");
        let text = error.to_string();
        assert!(text.starts_with("node `a` failed in phase "), "{text}");
        assert!(text.ends_with(": it failed: it named `b.9`, which is not one of its peers (`b.1`, `b.2`)"), "{text}");
        let error = start(Node::new(&kind, "alone")).await.expect_err("there is no b.9");
        assert!(error.to_string().ends_with("it named `b.9`, which is not one of its peers (it has none)"), "{error}");
    }
}

#[tokio::test]
async fn a_service_may_return_any_error() {
    let io = Service::new(|_| async { Err(std::io::Error::other("io")) });
    let text = Service::new(|_| async { Err("text") });
    let string = Service::new(|_| async { Err("string".to_owned()) });
    let boxed = Service::new(|_| async { Err::<(), BoxError>("boxed".into()) });
    let ours = Service::new(|_| async { Err(Error::other("ours")) });
    for (kind, cause) in [(io, "io"), (text, "text"), (string, "string"), (boxed, "boxed"), (ours, "ours")] {
        let error = start(create(&kind, "n", 1)).await.expect_err("it fails");
        assert_eq!(error.to_string(), format!("node `n.1` failed in phase `ready`: it failed: {cause}"));
    }
}

#[tokio::test]
async fn a_service_is_told_whether_it_is_private() -> Result {
    let tell = |node: NodeContext| async move {
        node.event(cluster_runtime::Level::Info, "test", "mode", serde_json::json!(node.private()));
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    };
    for (public, own, expected) in [(false, false, true), (true, false, false), (true, true, true), (false, true, true)]
    {
        let net = cluster! { n = Service::new(tell).private(own) }.start().public(public).await?;
        assert_eq!(net.n.wait_for("mode", |value| value.as_bool()).await?, expected);
        net.stop().await?;
    }
    Ok(())
}

struct Raft;
impl Speaks<Raft> for Raft {}
impl Speaks<ServiceProtocol> for Raft {}
impl Speaks<Raft> for ServiceProtocol {}

#[tokio::test]
async fn services_of_several_protocols_are_linked_where_they_understand_each_other() -> Result {
    let raft = Service::new(greet).protocol::<Raft>();
    let net = cluster! {
        servers[3] = raft: clique;
        observer = Service::new(greet): connect(servers);
    };
    let net = net.start().wait_connections(true).await?;
    assert_eq!(net.topology().degree("observer"), Some(3));
    net.stop().await
}

#[tokio::test]
async fn what_a_service_provides_is_gone_when_it_has_ended() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        node.provide(std::sync::Arc::new(42_u32));
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { n = kind }.start().await?;
    assert_eq!(net.n.provided::<u32>().as_deref(), Some(&42));
    assert_eq!(net.n.provided::<String>(), None);
    net.stop().await?;
    assert_eq!(net.n.provided::<u32>(), None);
    Ok(())
}

#[tokio::test]
async fn a_service_can_speak_to_the_built_in_node() -> Result {
    let silent = Service::new(|node: NodeContext| async move {
        let _listener = node.listener()?;
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    })
    .protocol::<LoopbackProtocol>();
    let (silent, node) = (Node::new(&silent, "silent"), Node::new(&Loopback::new(), "node"));
    connect(&silent, &node);
    let start = start((&silent, &node)).wait_connections(true).timeout(Duration::from_secs(1));
    let error = start.into_future().await.expect_err("the service says nothing");
    assert!(
        error
            .to_string()
            .ends_with("1 link is missing: node - silent: node has dialled, neither has reported `connected`"),
        "{error}"
    );
    Ok(())
}
