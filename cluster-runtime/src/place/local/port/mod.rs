//! A port of a node: reserved, and listened on.

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod elsewhere;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use socket2::{Domain, Socket, Type};
use tokio::net::TcpListener;

use crate::lock::lock;
use crate::net::Listener;

#[cfg(not(any(target_os = "linux", target_os = "android")))]
use elsewhere as system;
#[cfg(any(target_os = "linux", target_os = "android"))]
use linux as system;

pub(super) use system::is_taken;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// A port, reserved by a socket that is bound and does not listen: the system does not assign it to a bind to port 0, and it
/// cannot be reserved a second time.
#[derive(Debug)]
pub(super) struct Port {
    addr: SocketAddr,
    /// `None` while it listens, and once it is released.
    socket: Arc<Mutex<Option<Socket>>>,
}

impl Port {
    pub(super) fn reserve(ip: Ipv4Addr) -> io::Result<Self> {
        let (socket, addr) = system::reserve(ip)?;
        Ok(Self { addr, socket: Arc::new(Mutex::new(Some(socket))) })
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Listens with the socket that reserves it, which reserves it again when that is over.
    pub(super) fn listen(&self) -> io::Result<Listener> {
        let mut held = lock(&self.socket);
        system::hold(&mut held, self.addr)?;
        held.as_ref().ok_or(io::ErrorKind::AddrInUse)?.listen(BACKLOG)?;
        let socket = held.take().ok_or(io::ErrorKind::AddrInUse)?;
        let (holder, addr) = (self.socket.clone(), self.addr);
        let reserve = move |listener| *lock(&holder) = system::reserve_again(listener, addr);
        Ok(Listener::new(TcpListener::from_std(socket.into())?, Box::new(reserve)))
    }

    /// Listens with a socket that does not come back.
    pub(super) fn listener(&self) -> io::Result<TcpListener> {
        let socket = system::another(&mut lock(&self.socket), self.addr)?;
        socket.listen(BACKLOG)?;
        TcpListener::from_std(socket.into())
    }

    /// Lets in a server that sets SO_REUSEADDR.
    pub(super) fn share(&self) {
        system::share(&mut lock(&self.socket));
    }

    /// Lets in any server.
    pub(super) fn release(&self) {
        drop(lock(&self.socket).take());
    }
}

/// Binds an address as a server that does not set SO_REUSEADDR does, and releases it.
pub(super) fn bind_unshared(addr: SocketAddr) -> io::Result<()> {
    stream_socket()?.bind(&addr.into())
}

fn bind_shared(addr: SocketAddr) -> io::Result<Socket> {
    let socket = stream_socket()?;
    socket.set_reuse_address(true)?;
    socket.bind(&addr.into())?;
    Ok(socket)
}

fn stream_socket() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}
