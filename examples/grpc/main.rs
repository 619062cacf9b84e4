//! gRPC servers of tonic as the nodes of a cluster: each watches the health of its peers, learns at once when one is killed, and by
//! keep-alive pings when one is cut off. They use sockets of their nodes only, by the adapter `transport.rs`.
//!
//! `cargo run -p grpc-example`, and in simulated time `CLUSTER_SIMULATED=7 cargo run -p grpc-example`: all timers of tonic and hyper are
//! tokio's there. What goes by the clock of the system is the header `date`, and how long `h2` remembers a stream that was reset.

#[cfg(test)]
mod tests;
mod transport;

use std::time::Duration;

use cluster_runtime::error::BoxError;
use cluster_runtime::start::Start;
use cluster_runtime::{NodeContext, Peer, Result, Service, cluster};
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::server::health_reporter;

cluster! {
    pub struct Servers(server: Service);
    use server;
    boot;
    servers[4]: star(boot);
}

/// Serves until the test stops the node, and watches the peers that it dials.
async fn serve(node: NodeContext) -> Result<(), BoxError> {
    let (_reporter, health) = health_reporter();
    let incoming = transport::incoming(node.listen()?);
    // In a task that nobody looks at again: it ends with the node.
    tokio::spawn(Server::builder().add_service(health).serve_with_incoming(incoming));
    for peer in node.peers().into_iter().filter(Peer::dial) {
        tokio::spawn(watch(node.clone(), peer));
    }
    node.ready();
    node.stopped().await;
    Ok(())
}

/// Watches the health of a peer for as long as the node runs.
async fn watch(node: NodeContext, peer: Peer) {
    loop {
        // A peer that does not listen yet, or not any more, is tried again.
        if let Ok(mut health) = health_of(&node, &peer).await
            && let Ok(answer) = health.watch(HealthCheckRequest::default()).await
        {
            node.connected(peer.name());
            let mut changes = answer.into_inner();
            while let Ok(Some(_)) = changes.message().await {}
            node.disconnected(peer.name());
        }
        node.sleep(Duration::from_millis(10)).await;
    }
}

/// A peer is pinged four times a second, and has a second to answer.
async fn health_of(node: &NodeContext, peer: &Peer) -> Result<HealthClient<Channel>, tonic::transport::Error> {
    let endpoint = Endpoint::from_shared(format!("http://{}", peer.addr()))?
        .http2_keep_alive_interval(Duration::from_millis(250))
        .keep_alive_timeout(Duration::from_secs(1));
    Ok(HealthClient::new(endpoint.connect_with_connector(transport::dialler(node.clone())).await?))
}

/// Five servers, whose links can be cut.
fn servers() -> Servers {
    Servers::create(Service::new(serve).gated())
}

/// Starts them, and waits until all others watch `boot`.
async fn watching(start: Start<Servers>) -> Result<Servers> {
    let net = start.await?;
    net.wait_for_all(&net.servers, "connected", |_| Some(())).await?;
    println!("{} servers watch the health of {}", net.servers.len(), net.boot.name());
    Ok(net)
}

async fn notice_a_kill(net: &Servers) -> Result {
    let mark = net.mark();
    net.boot.kill().await?;
    net.wait_for_all(&net.servers, "disconnected", |_| Some(())).since(mark).await?;
    println!("{} was killed, and all have noticed", net.boot.name());
    let mark = net.mark();
    net.boot.restart().await?;
    net.wait_for_all(&net.servers, "connected", |_| Some(())).since(mark).await?;
    println!("{} is back", net.boot.name());
    Ok(())
}

async fn notice_a_cut(net: &Servers) -> Result {
    let mark = net.mark();
    let isolation = net.isolate(&net.boot).await?;
    net.wait_for_all(&net.servers, "disconnected", |_| Some(())).since(mark).await?;
    println!("{} was cut off, and all have noticed", net.boot.name());
    let mark = net.mark();
    isolation.heal().await?;
    net.wait_for_all(&net.servers, "connected", |_| Some(())).since(mark).await?;
    println!("{} is healed", net.boot.name());
    Ok(())
}

#[tokio::main]
async fn main() -> Result {
    let net = watching(servers().start()).await?;
    notice_a_kill(&net).await?;
    notice_a_cut(&net).await?;
    net.stop().await
}
