use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::UdpSocket;

use super::path::{Fate, Path, Traffic};
use crate::clock;
use crate::driver::Background;
use crate::lock::lock;

/// How long a datagram waits for one that overtakes it.
const OVERTAKEN_BY: Duration = Duration::from_millis(20);

/// Sends datagrams of one socket along paths: it drops, delays, doubles or reorders them.
#[derive(Debug)]
pub(crate) struct Outbound {
    socket: Arc<UdpSocket>,
    background: Background,
    overtaken: Arc<Overtaken>,
}

/// Datagrams that wait for the next one.
type Overtaken = Mutex<Vec<(SocketAddr, Vec<u8>)>>;

impl Outbound {
    pub(crate) fn new(socket: Arc<UdpSocket>, background: Background) -> Self {
        Self { socket, background, overtaken: Arc::default() }
    }

    /// Sends one along this path, or does with it what its rules say.
    ///
    /// # Errors
    /// When the system refuses to send it.
    pub(crate) async fn send(&self, path: &Path, bytes: &[u8], to: SocketAddr, traffic: Traffic) -> io::Result<()> {
        self.send_by(&path.fate(bytes.len(), traffic), bytes, to).await
    }

    /// The same where its fate is decided.
    pub(crate) async fn send_by(&self, fate: &Fate, bytes: &[u8], to: SocketAddr) -> io::Result<()> {
        if let Fate::Sent { copies, is_overtaken } = fate {
            for due in copies {
                let wait = due.saturating_duration_since(clock::instant());
                if *is_overtaken {
                    self.hold(bytes, to, wait);
                } else if wait.is_zero() {
                    self.socket.send_to(bytes, to).await?;
                    self.send_overtaken().await?;
                } else {
                    self.send_later(bytes, to, wait);
                }
            }
        }
        Ok(())
    }

    fn send_later(&self, bytes: &[u8], to: SocketAddr, wait: Duration) {
        let (socket, bytes, overtaken) = (self.socket.clone(), bytes.to_vec(), self.overtaken.clone());
        self.background.spawn(async move {
            clock::pause(wait).await;
            // As of any datagram, its loss is not reported.
            let _ = socket.send_to(&bytes, to).await;
            let _ = send_all(&socket, &overtaken).await;
        });
    }

    /// Holds one until the next has been sent, but not for long.
    fn hold(&self, bytes: &[u8], to: SocketAddr, wait: Duration) {
        lock(&self.overtaken).push((to, bytes.to_vec()));
        let (socket, overtaken) = (self.socket.clone(), self.overtaken.clone());
        self.background.spawn(async move {
            clock::pause(wait + OVERTAKEN_BY).await;
            let _ = send_all(&socket, &overtaken).await;
        });
    }

    async fn send_overtaken(&self) -> io::Result<()> {
        send_all(&self.socket, &self.overtaken).await
    }
}

async fn send_all(socket: &UdpSocket, overtaken: &Overtaken) -> io::Result<()> {
    let held = std::mem::take(&mut *lock(overtaken));
    for (to, bytes) in held {
        socket.send_to(&bytes, to).await?;
    }
    Ok(())
}
