use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

use super::Ports;
use crate::driver::Background;
use crate::net::Wire;
use crate::net::outbound::Outbound;
use crate::net::path::Traffic;
use crate::net::paths::Paths;

/// The longest datagram.
const LONGEST: usize = 64 << 10;
/// How many sockets without an address that is known an end may send from.
const MOST_UNKNOWN: usize = 64;

/// The relay of datagrams from one end to one port of the other.
struct Carrier {
    socket: Arc<UdpSocket>,
    to: SocketAddr,
    paths: Paths,
    background: Background,
    /// By the address of the sender: from where the other end receives its datagrams, so that it can answer there.
    senders: HashMap<SocketAddr, Arc<Outbound>>,
    unknown: Vec<AbortHandle>,
}

/// Carries the datagrams of both ends, `sockets[own]` those that this end sends to the ports of the other.
pub(super) fn serve(
    ports: [&Ports; 2],
    sockets: [Vec<UdpSocket>; 2],
    wire: &Wire,
    background: &Background,
) -> io::Result<Vec<AbortHandle>> {
    let sockets = sockets.map(|of_end| of_end.into_iter().map(Arc::new).collect::<Vec<_>>());
    let outbound = |socket: &Arc<UdpSocket>| Arc::new(Outbound::new(socket.clone(), background.clone()));
    // What one end sends from a port is sent on from where the other end reaches that port.
    let sent_from = [1, 0].map(|other: usize| sockets[other].iter().map(outbound).collect::<Vec<_>>());
    let mut tasks = Vec::new();
    for own in 0..2 {
        let paths = if own == 0 { wire.paths().clone() } else { wire.paths().reversed() };
        for (socket, (_, to)) in sockets[own].iter().zip(ports[1 - own]) {
            let known = ports[own].iter().map(|(_, addr)| *addr).zip(sent_from[own].iter().cloned());
            let carrier = Carrier {
                socket: socket.clone(),
                to: *to,
                paths: paths.clone(),
                background: background.clone(),
                senders: known.collect(),
                unknown: Vec::new(),
            };
            tasks.push(background.spawn(carrier.run()));
        }
    }
    Ok(tasks)
}

impl Carrier {
    async fn run(mut self) {
        let mut buffer = vec![0; LONGEST];
        loop {
            // An error is that of a datagram that was sent before, and was refused.
            let Ok((length, from)) = self.socket.recv_from(&mut buffer).await else { continue };
            if let Some(sender) = self.sender(from).await {
                let _ = sender.send(self.paths.out(), &buffer[..length], self.to, Traffic::OfNodes).await;
            }
        }
    }

    /// From where the other end receives what this address sends.
    async fn sender(&mut self, from: SocketAddr) -> Option<Arc<Outbound>> {
        if let Some(sender) = self.senders.get(&from) {
            return Some(sender.clone());
        }
        if self.unknown.len() == MOST_UNKNOWN {
            return None;
        }
        let socket = Arc::new(UdpSocket::bind((from.ip(), 0)).await.ok()?);
        let sender = Arc::new(Outbound::new(socket.clone(), self.background.clone()));
        self.senders.insert(from, sender.clone());
        let back = Outbound::new(self.socket.clone(), self.background.clone());
        self.unknown.push(self.background.spawn(answer(socket, back, from, self.paths.clone())));
        Some(sender)
    }
}

/// Carries answers back to a socket without an address that is known.
async fn answer(socket: Arc<UdpSocket>, back: Outbound, to: SocketAddr, paths: Paths) {
    let mut buffer = vec![0; LONGEST];
    loop {
        if let Ok((length, _)) = socket.recv_from(&mut buffer).await {
            let _ = back.send(paths.back(), &buffer[..length], to, Traffic::OfNodes).await;
        }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        self.unknown.iter().for_each(AbortHandle::abort);
    }
}
