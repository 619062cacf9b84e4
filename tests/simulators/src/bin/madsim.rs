//! The scenarios in madsim, but for the Raft: openraft runs on tokio, which madsim replaces by a package of another name.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use madsim::net::{TcpListener, TcpStream};
use madsim::runtime::Runtime;
use madsim::time::{Instant, sleep};
use simulators::{LATENCY, MESSAGE, NAP, Scenario, tell};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn simulation() -> Runtime {
    let mut config = madsim::Config::default();
    let [least, most] = LATENCY;
    config.net.send_latency = least..most;
    Runtime::with_seed_and_config(1, config)
}

/// The address of a node of this number.
fn ip(number: usize) -> IpAddr {
    let number = u32::try_from(number + 1).expect("there are few nodes");
    Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() + number).into()
}

fn idle(nodes: usize, length: Duration) -> Duration {
    let sim = simulation();
    for node in 0..nodes {
        let handle = sim.create_node().ip(ip(node)).build();
        handle.spawn(async {
            loop {
                sleep(NAP).await;
            }
        });
    }
    sim.block_on(async move {
        let begun = Instant::now();
        sleep(length).await;
        begun.elapsed()
    })
}

async fn serve(listener: TcpListener) -> std::io::Result<()> {
    let (mut stream, _from) = listener.accept().await?;
    let mut message = MESSAGE;
    while stream.read_exact(&mut message).await.is_ok() {
        stream.write_all(&message).await?;
        stream.flush().await?;
    }
    Ok(())
}

async fn ask(server: SocketAddr, times: usize) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    for _ in 0..times {
        let mut answer = [0; MESSAGE.len()];
        stream.write_all(&MESSAGE).await?;
        stream.flush().await?;
        stream.read_exact(&mut answer).await?;
        assert_eq!(answer, MESSAGE);
    }
    Ok(())
}

fn echo(pairs: usize, times: usize) -> Duration {
    let sim = simulation();
    let clients: Vec<_> = (0..pairs)
        .map(|pair| {
            let server = SocketAddr::new(ip(2 * pair), 1000);
            let serving = sim.create_node().ip(server.ip()).build();
            let listening = serving.spawn(TcpListener::bind(server));
            let client = sim.create_node().ip(ip(2 * pair + 1)).build();
            (listening, serving, client, server)
        })
        .collect();
    sim.block_on(async {
        let begun = Instant::now();
        let mut asking = Vec::new();
        for (listening, serving, client, server) in clients {
            let listener = listening.await.expect("it runs").expect("the address is free");
            serving.spawn(serve(listener));
            asking.push(client.spawn(ask(server, times)));
        }
        for client in asking {
            client.await.expect("it runs").expect("its server answers");
        }
        begun.elapsed()
    })
}

fn main() {
    tell(match Scenario::from_args() {
        Scenario::Idle(nodes, length) => idle(nodes, length),
        Scenario::Echo(pairs, times) => echo(pairs, times),
        Scenario::Raft(_) => panic!("openraft does not run in madsim"),
    });
}
