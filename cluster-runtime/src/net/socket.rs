use tokio::net::{TcpStream, UdpSocket};

use super::simulated::{End, Inbox};

/// One end of a connection, as a place makes it.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    Simulated(End),
}

/// A socket for datagrams, as a place makes it.
#[derive(Debug)]
pub(crate) enum DatagramSocket {
    Udp(UdpSocket),
    Simulated(Inbox),
}
