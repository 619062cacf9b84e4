//! gRPC servers of tonic as the nodes of a cluster: each watches the health of its peers, and learns at once when one is killed.
//!
//! `cargo run -p grpc-example`

#[cfg(test)]
mod tests;

use cluster_runtime::error::BoxError;
use cluster_runtime::{NodeContext, Peer, Service, cluster};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::server::health_reporter;

/// Serves until the test stops the node, and watches the peers that it dials.
async fn serve(node: NodeContext) -> Result<(), BoxError> {
    let (_reporter, health) = health_reporter();
    let incoming = TcpListenerStream::new(node.listener()?);
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
        if let Ok(mut health) = health_of(peer.addr().to_string()).await
            && let Ok(answer) = health.watch(HealthCheckRequest::default()).await
        {
            node.connected(peer.name());
            let mut changes = answer.into_inner();
            while let Ok(Some(_)) = changes.message().await {}
            node.disconnected(peer.name());
        }
        node.sleep(std::time::Duration::from_millis(10)).await;
    }
}

async fn health_of(addr: String) -> Result<HealthClient<Channel>, tonic::transport::Error> {
    Ok(HealthClient::new(Endpoint::from_shared(format!("http://{addr}"))?.connect().await?))
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let net = cluster! { use Service::new(serve); boot; servers[4]: star(boot) }.start().await?;
    for server in &net.servers {
        server.wait_for("connected", |value| (value["peer"] == "boot").then_some(())).await?;
    }
    println!("{} servers watch the health of {}", net.servers.len(), net.boot.name());

    net.boot.kill().await?;
    for server in &net.servers {
        server.wait_for("disconnected", |value| (value["peer"] == "boot").then_some(())).await?;
    }
    println!("{} was killed, and all have noticed", net.boot.name());

    let mark = net.mark();
    net.boot.restart().await?;
    for server in &net.servers {
        server.wait_for("connected", |value| (value["peer"] == "boot").then_some(())).since(mark).await?;
    }
    println!("{} is back", net.boot.name());
    net.stop().await?;
    Ok(())
}
