//! The scenarios in turmoil.

mod network {
    include!(concat!(env!("OUT_DIR"), "/network.rs"));
}
#[path = "../../../../examples/raft/store.rs"]
#[expect(dead_code, reason = "the example reads what was agreed on")]
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openraft::{BasicNode, Raft};
use simulators::{LATENCY, MEMBERS, MESSAGE, NAP, PAUSE, Scenario, WORDS, config, tell};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;
use turmoil::net::{TcpListener, TcpStream};
use turmoil::{Builder, Result, Sim};

use network::{Network, answer};
use store::{Disk, Types, Words};

const PORT: u16 = 1000;
const ANY: (IpAddr, u16) = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), PORT);

/// What the network of the example takes for its node.
mod host {
    use std::io;
    use std::net::SocketAddr;

    use turmoil::net::TcpStream;

    #[derive(Clone)]
    pub struct Host;

    impl Host {
        pub async fn dial(&self, addr: SocketAddr) -> io::Result<TcpStream> {
            TcpStream::connect(addr).await
        }
    }
}

fn simulation(seed: u64) -> Sim<'static> {
    let [least, most] = LATENCY;
    Builder::new()
        .rng_seed(seed)
        .simulation_duration(Duration::from_secs(600))
        .min_message_latency(least)
        .max_message_latency(most)
        .build()
}

fn idle(nodes: usize, length: Duration) -> Result<Duration> {
    let mut sim = simulation(1);
    for node in 0..nodes {
        sim.host(format!("node{node}"), || async {
            loop {
                sleep(NAP).await;
            }
        });
    }
    sim.client("test", async move {
        sleep(length).await;
        Ok(())
    });
    sim.run()?;
    Ok(sim.elapsed())
}

async fn serve() -> Result {
    let listener = TcpListener::bind(ANY).await?;
    loop {
        let (mut stream, _from) = listener.accept().await?;
        let mut message = MESSAGE;
        while stream.read_exact(&mut message).await.is_ok() {
            stream.write_all(&message).await?;
        }
    }
}

async fn ask(server: String, times: usize) -> Result {
    let mut stream = TcpStream::connect((server, PORT)).await?;
    for _ in 0..times {
        let mut answer = [0; MESSAGE.len()];
        stream.write_all(&MESSAGE).await?;
        stream.read_exact(&mut answer).await?;
        assert_eq!(answer, MESSAGE);
    }
    Ok(())
}

fn echo(pairs: usize, times: usize) -> Result<Duration> {
    let mut sim = simulation(1);
    for pair in 0..pairs {
        sim.host(format!("server{pair}"), serve);
        sim.client(format!("client{pair}"), ask(format!("server{pair}"), times));
    }
    sim.run()?;
    Ok(sim.elapsed())
}

type Members = Arc<Mutex<BTreeMap<u64, Raft<Types>>>>;

async fn member(id: u64, members: Members) -> Result {
    let listener = TcpListener::bind(ANY).await?;
    let raft = Raft::new(id, Arc::new(config()), Network(host::Host), Disk::default().open(), Words::default()).await?;
    members.lock().expect("nobody panics").insert(id, raft.clone());
    loop {
        let (stream, _from) = listener.accept().await?;
        tokio::spawn(answer(raft.clone(), stream));
    }
}

fn name(id: u64) -> String {
    format!("raft{id}")
}

/// The leader that all of these follow, as soon as they do.
async fn leader(members: &BTreeMap<u64, Raft<Types>>) -> u64 {
    loop {
        let leaders: BTreeSet<_> = members.values().map(|raft| raft.metrics().borrow().current_leader).collect();
        if let (1, Some(&Some(leader))) = (leaders.len(), leaders.first())
            && members.contains_key(&leader)
        {
            return leader;
        }
        sleep(PAUSE).await;
    }
}

async fn write(raft: &Raft<Types>) -> Result {
    for word in 0..WORDS {
        raft.client_write(word.to_string()).await?;
    }
    Ok(())
}

async fn two_leaders(members: Members) -> Result {
    let mut members = loop {
        let running = members.lock().expect("nobody panics").clone();
        if running.len() == MEMBERS {
            break running;
        }
        sleep(PAUSE).await;
    };
    let nodes: BTreeMap<_, _> =
        members.keys().map(|id| (*id, BasicNode::new(format!("{}:{PORT}", turmoil::lookup(name(*id)))))).collect();
    members[&0].initialize(nodes).await?;
    let first = leader(&members).await;
    write(&members[&first]).await?;
    members.remove(&first);
    members.keys().for_each(|other| turmoil::partition(name(first), name(*other)));
    let second = leader(&members).await;
    write(&members[&second]).await
}

fn raft(seed: u64) -> Result<Duration> {
    let mut sim = simulation(seed);
    let members = Members::default();
    for id in 0..MEMBERS as u64 {
        let members = members.clone();
        sim.host(name(id), move || member(id, members.clone()));
    }
    sim.client("test", two_leaders(members));
    sim.run()?;
    Ok(sim.elapsed())
}

fn main() -> Result {
    tell(match Scenario::from_args() {
        Scenario::Idle(nodes, length) => idle(nodes, length)?,
        Scenario::Echo(pairs, times) => echo(pairs, times)?,
        Scenario::Raft(times) => (1..=times).map(raft).sum::<Result<_>>()?,
    });
    Ok(())
}
