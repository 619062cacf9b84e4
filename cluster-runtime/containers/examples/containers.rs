//! A declaration in containers of Podman or Docker, where servers that tell each other their addresses are partitioned:
//! `cargo run -p cluster-containers --example containers [SOCKET..]`. Several sockets are those of a swarm, a manager's first.
//!
//! It needs NATS, an engine, and a user who may use its socket: `apt-get install nats-server podman catatonit`, and
//! `podman system service --time=0 unix:///tmp/podman.sock` if no engine runs.
#![allow(clippy::disallowed_methods, reason = "an example measures time")]

use std::time::Instant;

use cluster_containers::Containers;
use cluster_daemons::nats;
use cluster_runtime::{Result, cluster};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let sockets: Vec<_> = std::env::args().skip(1).collect();
    let place = match &sockets[..] {
        [] => Containers::docker(),
        [socket] => Containers::at(socket),
        _ => Containers::swarm((1..).map(|number: usize| format!("h{number}")).zip(&sockets)),
    };
    let place = place.with_faults();
    let begun = Instant::now();
    let net = cluster! { use nats(); servers[4]: ring }.start().on(place).public(true).wait_connections(true).await?;
    println!("4 servers in {:.1?}, the first at {}", begun.elapsed(), net.servers[0].addr());

    let partition = net.partition((&net.servers[..2], &net.servers[2..])).refuse().await?;
    net.eventually(async || net.observed().await.is_ok_and(|seen| seen.links().len() == 2)).await?;
    partition.heal().await?;
    println!("{} has held {}, and let {} across", partition.name(), partition.evidence(), partition.evidence().crossed);
    net.stop().await
}
