//! What the control of links costs: a round trip and the throughput of a stream behind a gate and over a relay, against a direct
//! socket in the same run; a start with 1,000 relays, and one with 1,000 conditions that are proved; and cuts of 1 and of 1,000 links, with their proof.
//!
//! Nothing here passes or fails on time.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures the system itself")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cluster_runtime::kinds::Provide;
use cluster_runtime::net::Conditions;
use cluster_runtime::wiring::with_conditions;
use cluster_runtime::{Error, Node, NodeContext, Result, Service, cluster, create, start};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

const ROUND_TRIPS: usize = 20_000;
const BYTES: usize = 1 << 30;
const ROUNDS: usize = 5;

fn main() -> Result {
    in_runtime(streams())?;
    for links in [1, 1000] {
        in_runtime(cuts(links))?;
    }
    let latency = Conditions::default().latency(Duration::from_millis(40));
    for (name, control, conditions) in [
        ("without relays", false, Conditions::default()),
        ("with relays", true, Conditions::default()),
        ("with a latency of 40 ms, over relays", false, latency),
    ] {
        in_runtime(starts(name, control, conditions))?;
    }
    for (name, conditions) in [("without conditions", Conditions::default()), ("with a latency of 40 ms", latency)] {
        in_runtime(connects(name, conditions))?;
    }
    Ok(())
}

fn in_runtime<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// Echoes single bytes, and swallows what comes after a zero.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<()> {
    let mut buffer = vec![0; 256 << 10];
    loop {
        match stream.read_u8().await? {
            0 => break,
            byte => stream.write_u8(byte).await?,
        }
    }
    let mut left = BYTES;
    while left > 0 {
        left -= stream.read(&mut buffer).await?;
    }
    stream.write_u8(0).await
}

/// The median round trip, and the bytes a second.
async fn measure(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<(Duration, f64)> {
    let mut times = Vec::with_capacity(ROUND_TRIPS);
    for _ in 0..ROUND_TRIPS {
        let began = Instant::now();
        stream.write_u8(7).await?;
        stream.read_u8().await?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    stream.write_u8(0).await?;
    let began = Instant::now();
    let payload = vec![7; 256 << 10];
    for _ in 0..BYTES / payload.len() {
        stream.write_all(&payload).await?;
    }
    stream.read_u8().await?;
    Ok((times[ROUND_TRIPS / 2], BYTES as f64 / began.elapsed().as_secs_f64()))
}

async fn bare_server(node: NodeContext) -> Result {
    let listener = TcpListener::bind(node.addr()).await?;
    node.ready();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                stream.set_nodelay(true)?;
                tokio::spawn(answer(stream));
            }
            () = node.stopped() => return Ok(()),
        }
    }
}

/// Measures by the socket of its context when it is asked to.
async fn gated_client(node: NodeContext, handle: Provide<Mutex<NodeContext>>) -> Result {
    handle.set(Mutex::new(node.clone()));
    node.ready();
    node.stopped().await;
    Ok(())
}

async fn bare_client(node: NodeContext, handle: Provide<SocketAddr>) -> Result {
    handle.set(node.peers()[0].addr());
    node.ready();
    node.stopped().await;
    Ok(())
}

async fn by_socket(addr: SocketAddr) -> std::io::Result<(Duration, f64)> {
    let stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    measure(stream).await
}

async fn streams() -> Result {
    let gated = cluster! {
        client = Service::providing(gated_client).gated();
        server = Service::new(bare_server).gated();
        client -> server
    }
    .start()
    .await?;
    let relayed =
        cluster! { client = Service::providing(bare_client); server = Service::new(bare_server); client -> server }
            .start()
            .link_control(true)
            .await?;
    let relay = *relayed.client.provided::<SocketAddr>().expect("it has told");
    let direct = relayed.server.addr();
    let mut results: [Vec<(Duration, f64)>; 3] = Default::default();
    for _ in 0..ROUNDS {
        // All in the runtime of the clients, so that only the way differs.
        results[0].push(relayed.client.call(move |_| by_socket(direct)).timeout(Duration::from_secs(60)).await?);
        let by_gate = gated.client.call(|client| async move {
            let node = client.lock().await;
            let stream = node.connect(&node.peers()[0]).await?;
            Ok::<_, Error>(measure(stream).await?)
        });
        results[1].push(by_gate.timeout(Duration::from_secs(60)).await?);
        results[2].push(relayed.client.call(move |_| by_socket(relay)).timeout(Duration::from_secs(60)).await?);
    }
    println!("| stream | round trip, median | more | throughput | ratio |");
    println!("|---|--:|--:|--:|--:|");
    let medians = results.map(|mut of_way| {
        of_way.sort_by_key(|(trip, _)| *trip);
        let trip = of_way[ROUNDS / 2].0;
        of_way.sort_by(|a, b| a.1.total_cmp(&b.1));
        (trip, of_way[ROUNDS / 2].1)
    });
    for (name, (trip, rate)) in ["direct socket", "behind a gate", "over a relay"].into_iter().zip(medians) {
        let more = trip.saturating_sub(medians[0].0);
        println!("| {name} | {trip:.1?} | {more:.1?} | {:.2} GB/s | {:.2} |", rate / 1e9, rate / medians[0].1);
    }
    gated.stop().await?;
    relayed.stop().await
}

/// Cuts so many links of a star, and heals them.
async fn cuts(links: usize) -> Result {
    let kind = cluster_runtime::Loopback::new();
    let hub = Node::new(&kind, "hub");
    let leaves = create(&kind, "leaf", links);
    cluster_runtime::star(&hub, &leaves);
    let net = start((&hub, &leaves)).wait_connections(true).await?;
    let (mut cut, mut healed) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let fault = net.cut(&hub, &leaves).may_be_idle().await?;
        cut.push(began.elapsed());
        let began = Instant::now();
        fault.heal().await?;
        healed.push(began.elapsed());
    }
    cut.sort_unstable();
    healed.sort_unstable();
    println!("{links} links: cut and proved in {:.1?}, healed in {:.1?}", cut[ROUNDS / 2], healed[ROUNDS / 2]);
    net.stop().await
}

/// Starts a ring of 1,000 services, with and without relays on its links.
async fn starts(name: &str, control: bool, conditions: Conditions) -> Result {
    let listening = Service::new(async |node: NodeContext| {
        let _ = node.peers();
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let nodes = create(&listening.shared(), "n", 1000);
    with_conditions(conditions, || cluster_runtime::ring(&nodes));
    let began = Instant::now();
    let net = start(&nodes).link_control(control).await?;
    println!("1,000 services in a ring, {name}: ready in {:.1?}", began.elapsed());
    net.stop().await
}

/// Connects a ring of 1,000 nodes, with and without conditions of its links, which are proved meanwhile.
async fn connects(name: &str, conditions: Conditions) -> Result {
    let nodes = create(&cluster_runtime::Loopback::new(), "n", 1000);
    with_conditions(conditions, || cluster_runtime::ring(&nodes));
    let began = Instant::now();
    let net = start(&nodes).wait_connections(true).await?;
    println!("1,000 nodes in a ring, {name}: connected in {:.1?}", began.elapsed());
    net.stop().await
}
