//! A server of one's own, here a real axum one, as the nodes of a cluster: they greet their peers over HTTP, and each can
//! be asked for its neighbours. They use sockets of their nodes only, so that they run in simulated time too.
//!
//! `cargo run -p own-server-example`, and in simulated time `cargo test -p own-server-example`: this program asks the servers from
//! outside of their network, which takes real sockets.

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use cluster_runtime::error::BoxError;
use cluster_runtime::net::{Listener, Stream};
use cluster_runtime::{NodeContext, Peer, Service, cluster};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The listener of a node, for axum.
struct Listening(Listener);

impl axum::serve::Listener for Listening {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok(accepted) => return accepted,
                // As when no file descriptor is left.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Serves until the test stops the node.
async fn serve(node: NodeContext) -> Result<(), BoxError> {
    let router =
        Router::new().route("/hello/{name}", get(hello)).route("/neighbours", get(neighbours)).with_state(node.clone());
    let listener = Listening(node.listen()?);
    node.ready();
    let mut greetings: JoinSet<_> =
        node.peers().into_iter().filter(Peer::dial).map(|peer| greet(node.clone(), peer)).collect();
    axum::serve(listener, router).with_graceful_shutdown(async move { node.stopped().await }).await?;
    greetings.abort_all();
    Ok(())
}

/// Says hello to a peer, as soon as that listens.
async fn greet(node: NodeContext, peer: Peer) -> Result<(), BoxError> {
    let stream = node.connect(&peer).await?;
    ask(stream, &format!("/hello/{}", node.name())).await?;
    node.connected(peer.name());
    Ok(())
}

/// The other side of [`greet`].
async fn hello(State(node): State<NodeContext>, Path(name): Path<String>) {
    if node.peers().iter().any(|peer| peer.name() == name) {
        node.connected(&name);
    }
}

async fn neighbours(State(node): State<NodeContext>) -> String {
    node.peers().iter().map(Peer::name).collect::<Vec<_>>().join(", ")
}

async fn ask<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(stream: S, path: &str) -> Result<String, BoxError> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = hyper::Request::get(path).header("host", "node").body(Empty::<hyper::body::Bytes>::new())?;
    let body = sender.send_request(request).await?.into_body().collect().await?;
    Ok(String::from_utf8(body.to_bytes().to_vec())?)
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let net = cluster! {
        use Service::new(serve).gated();
        boot;
        servers[4]: ring + star(boot);
    }
    .start()
    .wait_connections(true)
    .await?;

    for node in net.nodes() {
        let stream = TcpStream::connect(node.addr()).await?;
        println!("{} is linked to {}", node.name(), ask(stream, "/neighbours").await?);
    }
    net.stop().await?;
    Ok(())
}
