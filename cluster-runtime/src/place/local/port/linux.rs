//! On Linux two sockets that set SO_REUSEADDR may be bound to one port as long as neither listens, and a listener that is shut
//! down keeps its port and may listen again.
//!
//! A port is chosen here, so that its socket keeps it after it has listened, and below the range that the system assigns from, so
//! that the UDP port of the same number is free too. It is bound without SO_REUSEADDR, which only one socket can, and is then
//! shared by that option.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use socket2::Socket;
use tokio::net::TcpListener;

use super::{bind_shared, stream_socket};

const FIRST: u16 = 10_000;
/// The system assigns 32768 and above, unless it is configured otherwise.
const COUNT: u16 = 22_768;

pub(super) fn reserve(ip: Ipv4Addr) -> io::Result<(Socket, SocketAddr)> {
    // Processes begin far from each other, so that they seldom try a port that another one has.
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| (std::process::id().wrapping_mul(2_654_435_761) >> 8).into());
    let socket = stream_socket()?;
    for _ in 0..COUNT {
        let number = NEXT.fetch_add(1, Ordering::Relaxed) % u32::from(COUNT);
        let addr = SocketAddr::from((ip, FIRST + number as u16));
        match socket.bind(&addr.into()) {
            Ok(()) => {
                socket.set_reuse_address(true)?;
                return Ok((socket, addr));
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

/// It has been held since it was reserved.
pub(super) fn hold(_: &mut Option<Socket>, _: SocketAddr) -> io::Result<()> {
    Ok(())
}

pub(super) fn reserve_again(listener: TcpListener, _: SocketAddr) -> Option<Socket> {
    let socket = Socket::from(listener.into_std().ok()?);
    socket.shutdown(Shutdown::Both).ok()?;
    Some(socket)
}

pub(super) fn another(_: &mut Option<Socket>, addr: SocketAddr) -> io::Result<Socket> {
    bind_shared(addr)
}

/// It is shared as it is.
pub(super) fn share(_: &mut Option<Socket>) {}

/// Whether somebody listens on a port.
pub(in crate::place::local) fn is_taken(addr: SocketAddr) -> bool {
    bind_shared(addr).is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}
