//! Starting clusters of `Loopback` nodes, against bare tokio code that binds, connects and greets the same sockets.
//!
//! Both are timed in turn in one run, from the bound listeners to the last greeting, and the medians are compared. Memory is
//! what the process grows by. Nothing here passes or fails on time.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures the system itself")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cluster_runtime::{Loopback, Node, Result, create, topology};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How often each start is timed.
const ROUNDS: usize = 15;
/// About as many bytes as a node's greeting has.
const GREETING: [u8; 128] = [7; 128];

/// A shape over indices, and the same over nodes.
struct Case {
    name: &'static str,
    nodes: usize,
    pairs: fn(usize) -> Vec<(usize, usize)>,
    wire: fn(&[Node<Loopback>]),
}

const CASES: [Case; 3] = [
    Case {
        name: "ring",
        nodes: 1000,
        pairs: |n| topology::index::ring(n).collect(),
        wire: |nodes| cluster_runtime::ring(nodes),
    },
    Case {
        name: "clique",
        nodes: 100,
        pairs: |n| topology::index::clique(n).collect(),
        wire: |nodes| cluster_runtime::clique(nodes),
    },
    Case {
        name: "star",
        nodes: 500,
        pairs: |n| (1..n).map(|leaf| (0, leaf)).collect(),
        wire: |nodes| cluster_runtime::star(&nodes[0], &nodes[1..]),
    },
];

fn main() -> Result {
    let arguments: Vec<_> = std::env::args().collect();
    if let [_, flag, name, links] = &*arguments
        && flag == "--memory"
    {
        let case = CASES.iter().find(|case| case.name == name).expect("called by this benchmark itself");
        return print_memory(case, links == "linked");
    }
    println!(
        "| start, to ready and connected | links | cluster | bare tokio | ratio | memory per node | memory per link |"
    );
    println!("|---|---|---|---|---|---|---|");
    for case in &CASES {
        let links = (case.pairs)(case.nodes).len();
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            bare.push(in_runtime(bare_start(case.nodes, (case.pairs)(case.nodes)))?);
            ours.push(in_runtime(cluster_start(case))?);
        }
        let (ours, bare) = (median(ours), median(bare));
        let (per_node, per_link) = memory(case)?;
        println!(
            "| {} of {} | {links} | {ours:.1?} | {bare:.1?} | {:.2} | {per_node} B | {per_link} B |",
            case.name,
            case.nodes,
            ours.as_secs_f64() / bare.as_secs_f64()
        );
    }
    Ok(())
}

/// Each start has a runtime of its own, so that none inherits the tasks of another.
fn in_runtime<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

async fn cluster_start(case: &Case) -> Result<Duration> {
    let started = Instant::now();
    let nodes = create(&Loopback::new(), "n", case.nodes);
    (case.wire)(&nodes);
    let cluster = cluster_runtime::start(&nodes).wait_connections(true).await?;
    let elapsed = started.elapsed();
    cluster.stop().await?;
    Ok(elapsed)
}

async fn bare_start(nodes: usize, links: Vec<(usize, usize)>) -> Result<Duration> {
    let started = Instant::now();
    let mut listeners = Vec::with_capacity(nodes);
    for _ in 0..nodes {
        let socket = TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 1], 0).into())?;
        listeners.push(socket.listen(1024)?);
    }
    let addrs: Vec<_> = listeners.iter().map(TcpListener::local_addr).collect::<std::io::Result<_>>()?;
    let (greeted, mut greetings) = mpsc::unbounded_channel();
    let mut tasks = JoinSet::new();
    for listener in listeners {
        tasks.spawn(bare_listen(listener, greeted.clone()));
    }
    let ends = 2 * links.len();
    for (a, b) in links {
        tasks.spawn(bare_dial(addrs[a.min(b)], greeted.clone()));
    }
    for _ in 0..ends {
        greetings.recv().await.expect("the tasks live on");
    }
    let elapsed = started.elapsed();
    tasks.shutdown().await;
    Ok(elapsed)
}

async fn bare_listen(listener: TcpListener, greeted: mpsc::UnboundedSender<()>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(bare_greet(stream, greeted.clone()));
    }
}

async fn bare_dial(addr: SocketAddr, greeted: mpsc::UnboundedSender<()>) {
    let stream = TcpStream::connect(addr).await.expect("the listener listens");
    bare_greet(stream, greeted).await;
}

async fn bare_greet(mut stream: TcpStream, greeted: mpsc::UnboundedSender<()>) {
    let mut other = GREETING;
    stream.set_nodelay(true).expect("a connected socket");
    stream.set_zero_linger().expect("a connected socket");
    stream.write_all(&GREETING).await.expect("the other side reads");
    stream.read_exact(&mut other).await.expect("the other side writes");
    let _ = greeted.send(());
    let _ = stream.read(&mut other).await;
}

/// Bytes that a running node, and a link on top of it, take: both its ends, without the kernel's buffers. Each is measured in
/// a process of its own, so that no memory is taken over from what ran before.
fn memory(case: &Case) -> Result<(usize, usize)> {
    let grown = |links: &str| -> Result<usize> {
        let bench = std::env::current_exe()?;
        let output = std::process::Command::new(bench).args(["--memory", case.name, links]).output()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().map_err(cluster_runtime::Error::other)
    };
    let (unlinked, linked) = (grown("unlinked")?, grown("linked")?);
    Ok((unlinked / case.nodes, linked.saturating_sub(unlinked) / (case.pairs)(case.nodes).len()))
}

/// Prints how many bytes the process grows by when the cluster is started.
fn print_memory(case: &Case, linked: bool) -> Result {
    in_runtime(async {
        let before = resident();
        let nodes = create(&Loopback::new(), "n", case.nodes);
        if linked {
            (case.wire)(&nodes);
        }
        let cluster = cluster_runtime::start(&nodes).wait_connections(true).await?;
        println!("{}", resident().saturating_sub(before));
        cluster.stop().await
    })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Bytes of this process that lie in memory.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0);
    pages * 4096
}
