//! Elsewhere, as on BSD and macOS, one socket has a port at a time: the one that reserves it listens itself or makes way, and a
//! new one reserves the port when it has listened.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::Socket;
use tokio::net::TcpListener;

use super::bind_shared;

pub(super) fn reserve(ip: Ipv4Addr) -> io::Result<(Socket, SocketAddr)> {
    let socket = bind_shared((ip, 0).into())?;
    let addr = socket.local_addr()?.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
    Ok((socket, addr))
}

pub(super) fn hold(held: &mut Option<Socket>, addr: SocketAddr) -> io::Result<()> {
    if held.is_none() {
        *held = Some(bind_shared(addr)?);
    }
    Ok(())
}

pub(super) fn reserve_again(listener: TcpListener, addr: SocketAddr) -> Option<Socket> {
    drop(listener);
    bind_shared(addr).ok()
}

pub(super) fn another(held: &mut Option<Socket>, addr: SocketAddr) -> io::Result<Socket> {
    held.take().map_or_else(|| bind_shared(addr), Ok)
}

pub(super) fn share(held: &mut Option<Socket>) {
    drop(held.take());
}

/// Whether somebody listens on a port.
pub(in crate::place::local) fn is_taken(addr: SocketAddr) -> bool {
    TcpStream::connect(addr).is_ok()
}
