//! Connections of the test to the network of a container.

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::thread;

use rustix::process::geteuid;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use socket2::{Domain, Socket, Type};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;

/// Connects to an address, from the network of this process where the test may enter it: that of an engine need not be its own.
pub(crate) async fn connect(process: i64, to: SocketAddr) -> io::Result<TcpStream> {
    if !geteuid().is_root() {
        return TcpStream::connect(to).await;
    }
    let socket = socket_in(format!("/proc/{process}/ns/net")).await?;
    TcpSocket::from_std_stream(socket.into()).connect(to).await
}

/// A socket keeps its network, wherever it is used. The thread that makes it has entered that, and ends.
async fn socket_in(network: String) -> io::Result<Socket> {
    let (made, socket) = oneshot::channel();
    let make = move || {
        let network = File::open(network)?;
        move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))?;
        Socket::new(Domain::IPV4, Type::STREAM.nonblocking(), None)
    };
    // Nobody may wait any more.
    thread::Builder::new().name("cluster-socket".to_owned()).spawn(move || drop(made.send(make())))?;
    socket.await.map_err(io::Error::other)?
}
