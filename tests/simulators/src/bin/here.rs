//! The scenarios here. With the further argument `shared` nodes run on the runtime of the simulation.

#[path = "../../../../examples/raft/network.rs"]
mod network;
#[path = "../../../../examples/raft/store.rs"]
#[expect(dead_code, reason = "the example reads what was agreed on")]
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use cluster_runtime::kinds::{Provide, ServiceProtocol};
use cluster_runtime::{Cluster, Error, Level, Node, NodeContext, Peer, Result, Service, cluster};
use openraft::{BasicNode, Raft};
use simulators::{MEMBERS, MESSAGE, NAP, Scenario, WORDS, config, tell};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep};

use network::{Network, answer};
use store::{Disk, Types, Words};

/// What a node provides: the virtual time at which it has begun.
type Begun = Instant;

fn service<F, R, H>(serve: F) -> Service<ServiceProtocol, H>
where
    F: Fn(NodeContext, Provide<H>) -> R + Send + Sync + 'static,
    R: Future<Output = Result> + Send + 'static,
    H: Send + Sync + 'static,
{
    let service = Service::providing(serve).gated();
    if std::env::args().any(|arg| arg == "shared") { service.shared() } else { service }
}

/// How much virtual time has passed for a node.
async fn passed(node: &Node<Service<ServiceProtocol, Begun>>) -> Result<Duration> {
    node.call(async |begun| Ok::<_, Error>(begun.elapsed())).await
}

async fn nap(node: NodeContext, begun: Provide<Begun>) -> Result {
    begun.set(Instant::now());
    node.ready();
    loop {
        sleep(NAP).await;
    }
}

async fn idle(nodes: usize, length: Duration) -> Result<Duration> {
    let net = cluster! { nodes[dyn nodes] = service(nap) }.start().simulated(1).await?;
    net.sleep(length).await?;
    passed(&net.nodes[0]).await
}

async fn talk(node: NodeContext, begun: Provide<Begun>, times: usize) -> Result {
    begun.set(Instant::now());
    let listener = node.listen()?;
    node.ready();
    match node.peers().iter().find(|peer| peer.dial()) {
        Some(server) => ask(&node, server, times).await?,
        None => {
            let (mut stream, _from) = listener.accept().await?;
            let mut message = MESSAGE;
            while stream.read_exact(&mut message).await.is_ok() {
                stream.write_all(&message).await?;
            }
        }
    }
    node.stopped().await;
    Ok(())
}

async fn ask(node: &NodeContext, server: &Peer, times: usize) -> Result {
    let mut stream = node.connect(server).await?;
    for _ in 0..times {
        let mut answer = [0; MESSAGE.len()];
        stream.write_all(&MESSAGE).await?;
        stream.read_exact(&mut answer).await?;
        assert_eq!(answer, MESSAGE);
    }
    node.event(Level::Info, "echo", "done", serde_json::Value::Null);
    Ok(())
}

async fn echo(pairs: usize, times: usize) -> Result<Duration> {
    let net = cluster! {
        use service(move |node, begun| talk(node, begun, times));
        servers[dyn pairs];
        clients[dyn pairs];
    };
    net.clients.iter().zip(&net.servers).for_each(|(client, server)| cluster_runtime::add_peer(client, server));
    let net = net.start().simulated(1).await?;
    net.wait_for_all(&net.clients, "done", |_| Some(())).timeout(Duration::from_secs(600)).await?;
    passed(&net.servers[0]).await
}

struct Member {
    raft: Raft<Types>,
    begun: Begun,
}

async fn member(node: NodeContext, member: Provide<Member>) -> Result {
    let listener = node.listen()?;
    let raft = Raft::new(
        node.index() as u64,
        Arc::new(config()),
        Network(node.clone()),
        Disk::default().open(),
        Words::default(),
    );
    let raft = raft.await.map_err(Error::other)?;
    member.set(Member { raft: raft.clone(), begun: Instant::now() });
    node.ready();
    loop {
        let (stream, _from) = listener.accept().await?;
        tokio::spawn(answer(raft.clone(), stream));
    }
}

type Members = [Node<Service<ServiceProtocol, Member>>; MEMBERS];

/// The leader that all but this one follow, as soon as they do.
async fn leader(net: &Cluster, members: &Members, without: Option<usize>) -> Result<usize> {
    let leader = async || {
        let mut leaders = BTreeSet::new();
        for (_, member) in members.iter().enumerate().filter(|(id, _)| Some(*id) != without) {
            let leader = member.call(async |member| Ok::<_, Error>(member.raft.metrics().borrow().current_leader));
            leaders.insert(leader.await.ok()?);
        }
        let leader = leaders.pop_first()??;
        let leader = usize::try_from(leader).ok()?;
        (leaders.is_empty() && Some(leader) != without).then_some(leader)
    };
    net.eventually(leader).await
}

async fn write(member: &Node<Service<ServiceProtocol, Member>>) -> Result {
    for word in 0..WORDS {
        member.call(async move |member| member.raft.client_write(word.to_string()).await).await?;
    }
    Ok(())
}

async fn raft(seed: u64) -> Result<Duration> {
    let net = cluster! { raft[MEMBERS] = service(member): clique }.start().simulated(seed).await?;
    let nodes: BTreeMap<_, _> = (0..).zip(net.raft.iter().map(|node| BasicNode::new(node.addr()))).collect();
    net.raft[0].call(async move |member| member.raft.initialize(nodes).await).await?;
    let first = leader(&net, &net.raft, None).await?;
    write(&net.raft[first]).await?;
    let _isolation = net.isolate(&net.raft[first]).may_be_idle().await?;
    let second = leader(&net, &net.raft, Some(first)).await?;
    write(&net.raft[second]).await?;
    net.raft[second].call(async |member| Ok::<_, Error>(member.begun.elapsed())).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    tell(match Scenario::from_args() {
        Scenario::Idle(nodes, length) => idle(nodes, length).await?,
        Scenario::Echo(pairs, times) => echo(pairs, times).await?,
        Scenario::Raft(times) => {
            let mut passed = Duration::ZERO;
            for seed in 1..=times {
                passed += raft(seed).await?;
            }
            passed
        }
    });
    Ok(())
}
