//! Nodes die and come back again and again: in the end the network is as it was declared, and nothing is left of it.
//!
//! A test binary of its own: it counts the threads, descriptors and children of the whole process.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use cluster_daemons::yggdrasil;
use cluster_runtime::kind::Kind;
use cluster_runtime::net::Stream;
use cluster_runtime::wiring::gnp;
use cluster_runtime::{
    Cluster, Error, Feature, Loopback, Node, NodeContext, Peer, Process, Ready, Result, Service, create, ring, start,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinSet;

/// One test at a time.
async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}

/// What this process has: tasks of the runtime, threads, descriptors and children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Holdings {
    tasks: usize,
    threads: usize,
    descriptors: usize,
    children: usize,
}

impl Holdings {
    fn now() -> Self {
        let entries = |directory: &str| std::fs::read_dir(directory).map_or(0, Iterator::count);
        let children = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("children")).ok();
        let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
        Self {
            tasks: tokio::runtime::Handle::current().metrics().num_alive_tasks(),
            threads: entries("/proc/self/task"),
            descriptors: entries("/proc/self/fd"),
            children: tasks.filter_map(children).map(|children| children.split_whitespace().count()).sum(),
        }
    }

    /// Whether there is no more of anything.
    fn is_within(&self, other: &Self) -> bool {
        self.tasks <= other.tasks
            && self.threads <= other.threads
            && self.descriptors <= other.descriptors
            && self.children <= other.children
    }
}

/// What there is before a test, once all that stays for the whole process has been started.
async fn before<K: Kind>(kind: &K) -> Result<Holdings> {
    let warm_up = create(kind, "warm-up", 1);
    start(&warm_up).await?.stop().await?;
    drop(warm_up);
    let mut last = Holdings::now();
    cluster_tests::until_answered("nothing changes any more", async || {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = Holdings::now();
        Ok(std::mem::replace(&mut last, now) == now)
    })
    .await?;
    Ok(last)
}

async fn nothing_is_left(before: &Holdings) {
    let began = Instant::now();
    while !Holdings::now().is_within(before) {
        assert!(began.elapsed() < Duration::from_secs(20), "left: {:?}, before: {before:?}", Holdings::now());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A service that keeps its links, and reports when they come and go.
async fn talk(node: NodeContext) -> Result {
    let listener = node.listen()?;
    for peer in node.peers().into_iter().filter(Peer::dial) {
        let dialler = node.clone();
        node.spawn(async move {
            while let Ok(stream) = dialler.connect(&peer).await {
                // The other end may be gone: it is dialled again.
                let _ = greet(&dialler, &peer, stream).await;
                dialler.sleep(Duration::from_millis(2)).await;
            }
        });
    }
    node.ready();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                let listening = node.clone();
                node.spawn(async move {
                    // As above.
                    let _ = admit(&listening, stream).await;
                });
            }
            () = node.stopped() => return Ok(()),
        }
    }
}

async fn greet(node: &NodeContext, peer: &Peer, mut stream: Stream) -> Result {
    stream.write_u8(u8::try_from(node.name().len()).map_err(Error::other)?).await?;
    stream.write_all(node.name().as_bytes()).await?;
    stream.read_u8().await?;
    keep(node, peer.name(), stream).await;
    Ok(())
}

async fn admit(node: &NodeContext, mut stream: Stream) -> Result {
    let mut name = vec![0; usize::from(stream.read_u8().await?)];
    stream.read_exact(&mut name).await?;
    stream.write_u8(1).await?;
    keep(node, &String::from_utf8_lossy(&name), stream).await;
    Ok(())
}

/// Keeps a link until its other end closes it.
async fn keep(node: &NodeContext, peer: &str, mut stream: Stream) {
    // Without this each link would leave a port in TIME_WAIT.
    let _ = stream.set_zero_linger();
    node.connected(peer);
    let _ = stream.read_u8().await;
    node.disconnected(peer);
}

/// A ring of five, in which one dies and another comes back, every quarter of a second.
async fn a_ring_lives<K: Kind>(kind: &K, wire: impl Fn(&[Node<K>]), duration: Duration) -> Result {
    let _turn = turn().await;
    let before = before(kind).await?;
    let nodes = create(kind, "n", 5);
    wire(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    let (began, mut rounds) = (Instant::now(), 0);
    net.kill(&nodes[0]).await?;
    while began.elapsed() < duration {
        let (dead, next) = (&nodes[rounds * 2 % 5], &nodes[(rounds + 1) * 2 % 5]);
        next.kill().await?;
        dead.restart().await?;
        net.wait_until(|observed| observed.links().len() == 3 && observed.degree(next.name()) == Some(0)).await?;
        rounds += 1;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    nodes[rounds * 2 % 5].restart().wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology(), "after {rounds} rounds");
    net.stop().await?;
    drop((net, nodes));
    nothing_is_left(&before).await;
    Ok(())
}

const SHORT: Duration = Duration::from_secs(5);
const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_ring_of_loopback_nodes_lives() -> Result {
    a_ring_lives(&Loopback::new(), |nodes| ring(nodes), SHORT).await
}

#[tokio::test]
async fn a_ring_of_services_lives() -> Result {
    a_ring_lives(&Service::new(talk), |nodes| ring(nodes), SHORT).await
}

#[tokio::test]
async fn a_ring_of_routers_lives() -> Result {
    if !cluster_tests::is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    a_ring_lives(&yggdrasil(), |nodes| ring(nodes), SHORT).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes three minutes"]
async fn rings_live_long() -> Result {
    a_ring_lives(&Loopback::new(), |nodes| ring(nodes), LONG).await?;
    a_ring_lives(&Service::new(talk), |nodes| ring(nodes), LONG).await?;
    if cluster_tests::is_installed("yggdrasil", "yggdrasil") {
        a_ring_lives(&yggdrasil(), |nodes| ring(nodes), LONG).await?;
    }
    Ok(())
}

/// A small random number generator, so that a seed gives the same acts again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap_or_default()
    }
}

/// What may become of a kill or a restart while others are under way.
fn is_expected(error: &Error) -> bool {
    let text = error.to_string();
    match error {
        Error::NotRunning { .. } => true,
        Error::Failed(failure) => !failure.end.is_death(),
        Error::Refused { .. } => text.contains("is started already"),
        Error::Other(_) => text.contains("another restart of it is under way"),
        _ => false,
    }
}

async fn act<K: Kind>(node: Node<K>, kills: bool) -> Result {
    let outcome = if kills { node.kill().await } else { node.restart().await };
    match outcome {
        Err(error) if !is_expected(&error) => Err(error),
        _ => Ok(()),
    }
}

/// A thousand kills and restarts at random moments, many of them at the same time and during the starts of others.
async fn a_thousand_acts<K: Kind>(kind: &K, wire: impl Fn(&[Node<K>]), seed: u64) -> Result {
    let (_turn, before, nodes) = a_thousand_acts_on(kind, wire, seed).await?;
    drop(nodes);
    nothing_is_left(&before).await;
    Ok(())
}

async fn a_thousand_acts_on<K: Kind>(
    kind: &K,
    wire: impl Fn(&[Node<K>]),
    seed: u64,
) -> Result<(MutexGuard<'static, ()>, Holdings, Vec<Node<K>>)> {
    let turn = turn().await;
    let before = before(kind).await?;
    let nodes = create(kind, "n", 20);
    wire(&nodes);
    let net: Cluster = start(&nodes).await?;
    net.wait_connections().await?;
    let (mut random, mut acts) = (Random(seed), JoinSet::new());
    for _ in 0..1000 {
        acts.spawn(act(nodes[random.below(20)].clone(), random.below(2) == 0));
        for _ in 0..random.below(40) {
            tokio::task::yield_now().await;
        }
        while acts.len() > 8 {
            acts.join_next().await.expect("there are some").expect("no panic")?;
        }
    }
    while let Some(act) = acts.join_next().await {
        act.expect("no panic")?;
    }
    for node in &nodes {
        if node.connections().await.is_err() {
            node.restart().await?;
        }
    }
    net.wait_connections().await?;
    assert_eq!(net.observed().await?, net.topology(), "seed {seed}");
    net.stop().await?;
    let names: BTreeSet<_> = net.journal().iter().map(|event| event.node.to_string()).collect();
    assert_eq!(names.len(), 20);
    Ok((turn, before, nodes))
}

const SEED: u64 = 20_260_708;

#[tokio::test]
async fn a_thousand_acts_on_loopback_nodes() -> Result {
    a_thousand_acts(&Loopback::new(), |nodes| gnp(nodes, 0.3, SEED), SEED).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_acts_on_loopback_nodes_on_two_threads() -> Result {
    a_thousand_acts(&Loopback::new(), |nodes| gnp(nodes, 0.3, SEED), SEED + 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_acts_on_services() -> Result {
    a_thousand_acts(&Service::new(talk), |nodes| gnp(nodes, 0.3, SEED), SEED + 2).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_acts_on_programs() -> Result {
    // Of a child, one in a session of its own, and one whose parent has gone, by which they are found.
    let seconds = format!("1000.{}", std::process::id());
    let sleeping = format!("sleep {seconds}");
    let script = format!("{sleeping} & setsid {sleeping} & (setsid {sleeping} &); touch ready; wait");
    let sleeper = Process::new("sh", move |_, command| {
        command.args(["-c", &script]);
    });
    let sleeper = sleeper.supports(Feature::Private).ready(Ready::file("ready"));
    let (_turn, before, nodes) = a_thousand_acts_on(&sleeper, |_| {}, SEED + 3).await?;
    for node in &nodes {
        // The errors of restarts that were killed have kept their files.
        std::fs::remove_dir_all(node.dir()?)?;
    }
    drop(nodes);
    nothing_is_left(&before).await;
    cluster_tests::until("no descendant is left", || cluster_tests::processes_with(&seconds).is_empty()).await;
    Ok(())
}
