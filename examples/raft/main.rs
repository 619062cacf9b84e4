//! A real Raft, of the crate `openraft`, as five nodes over TCP: they elect a leader and agree on what is written; the leader is
//! killed, the others elect another one and go on, and the old one comes back and catches up. Its tests break its network by plans
//! that are drawn from seeds, in `faults.rs`, and wait for what `openraft` itself reports, in `reports.rs`.
//!
//! `cargo run -p raft-example`, and in simulated time `CLUSTER_SIMULATED=7 cargo run -p raft-example`

#[cfg(test)]
mod faults;
mod network;
#[cfg(test)]
mod reports;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cluster_runtime::error::BoxError;
use cluster_runtime::kinds::{Provide, ServiceProtocol};
use cluster_runtime::{Error, Node, NodeContext, Result, Service, cluster};
use openraft::{BasicNode, Config, Raft, SnapshotPolicy};

use network::{Network, answer};
use store::{Disk, Types, Words};

/// What a running node provides for the test.
struct Member {
    raft: Raft<Types>,
    words: Words,
}

/// Runs a node: its log is on `disk`, which a crash leaves as it is.
async fn serve(node: NodeContext, member: Provide<Member>, disk: Disk) -> Result<(), BoxError> {
    let listener = node.listen()?;
    let config = Config {
        heartbeat_interval: 50,
        election_timeout_min: 200,
        election_timeout_max: 400,
        snapshot_policy: SnapshotPolicy::Never,
        ..Config::default()
    };
    let words = Words::default();
    let raft =
        Raft::new(node.index() as u64, Arc::new(config), Network(node.clone()), disk.open(), words.clone()).await?;
    member.set(Member { raft: raft.clone(), words });
    node.ready();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                tokio::spawn(answer(raft.clone(), accepted?.0));
            }
            () = node.stopped() => return Ok(raft.shutdown().await?),
        }
    }
}

type Members = [Node<Service<ServiceProtocol, Member>>];

/// The leader that all running members follow, itself too.
async fn leader(members: &Members) -> Option<usize> {
    let (mut running, mut leaders) = (BTreeSet::new(), BTreeSet::new());
    for (id, member) in members.iter().enumerate() {
        let leader = member.call(|member| async move { Ok::<_, Error>(member.raft.current_leader().await) });
        if let Ok(leader) = leader.await {
            running.insert(id);
            leaders.insert(leader);
        }
    }
    let leader = usize::try_from(leaders.pop_first()??).ok()?;
    (leaders.is_empty() && running.contains(&leader)).then_some(leader)
}

/// Has the members agree on a word, by way of their leader.
async fn write(members: &Members, leader: usize, word: &'static str) -> Result {
    let written = members[leader].call(|member| async move { member.raft.client_write(word.to_owned()).await });
    println!("{} has written {word:?} as entry {}", members[leader].name(), written.await?.log_id.index);
    Ok(())
}

/// What one member knows.
async fn words(members: &Members, id: usize) -> Result<Vec<String>> {
    members[id].call(|member| async move { Ok::<_, Error>(member.words.all()) }).await
}

/// A service that is a member, with these disks. It uses sockets of its node only, so that its links can be cut.
fn member(disks: [Disk; 5]) -> Service<ServiceProtocol, Member> {
    Service::providing(move |node: NodeContext, member| {
        let disk = disks[node.index()].clone();
        serve(node, member, disk)
    })
    .gated()
}

/// Tells the first member of all.
async fn found(members: &Members) -> Result {
    let all: BTreeMap<_, _> = (0..).zip(members.iter().map(|node| BasicNode::new(node.addr()))).collect();
    members[0].call(|member| async move { member.raft.initialize(all).await }).await
}

#[tokio::main]
async fn main() -> Result {
    let net = cluster! { raft[5] = member(Default::default()): clique }.start().await?;
    found(&net.raft).await?;
    let first = net.eventually(|| leader(&net.raft)).await?;
    println!("{} is elected", net.raft[first].name());
    write(&net.raft, first, "before").await?;

    net.raft[first].kill().await?;
    println!("{} is killed", net.raft[first].name());
    let second = net.eventually(|| leader(&net.raft)).await?;
    println!("{} is elected", net.raft[second].name());
    write(&net.raft, second, "meanwhile").await?;

    net.raft[first].restart().await?;
    println!("{} is back", net.raft[first].name());
    net.eventually(|| async { words(&net.raft, first).await.is_ok_and(|words| words == ["before", "meanwhile"]) })
        .await?;
    println!("{} has caught up", net.raft[first].name());
    net.stop().await
}

#[test]
fn a_raft_outlives_its_leader() -> Result {
    main()
}
