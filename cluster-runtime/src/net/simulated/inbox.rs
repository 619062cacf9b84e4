use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::mail::Mail;
use super::network::Network;
use crate::clock;
use crate::net::path::{Fate, Path, Traffic};

/// The longest datagram of UDP over IPv4.
const LONGEST: usize = 65_507;
/// How much later a datagram comes that is overtaken.
const OVERTAKEN_BY: Duration = Duration::from_millis(20);

/// A simulated socket for datagrams.
#[derive(Debug)]
pub(crate) struct Inbox {
    network: Arc<Network>,
    addr: SocketAddr,
    mail: Arc<Mail>,
}

impl Inbox {
    /// # Errors
    /// When datagrams are taken there already.
    pub(crate) fn bind(network: &Arc<Network>, addr: SocketAddr) -> io::Result<Self> {
        Ok(Self { network: network.clone(), addr, mail: network.mail_at(addr)? })
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    /// Sends a datagram along this path, or does with it what its rules say.
    ///
    /// # Errors
    /// When it is too long.
    pub(crate) fn send(&self, path: Option<&Path>, bytes: &[u8], to: SocketAddr, traffic: Traffic) -> io::Result<()> {
        if bytes.len() > LONGEST {
            let why = format!("a datagram of {} bytes: expected at most {LONGEST}", bytes.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let as_it_is = || Fate::Sent { copies: vec![clock::instant()], is_overtaken: false };
        self.carry(path.map_or_else(as_it_is, |path| path.fate(bytes.len(), traffic)), bytes, to);
        Ok(())
    }

    /// Lets this happen to a datagram.
    pub(super) fn carry(&self, fate: Fate, bytes: &[u8], to: SocketAddr) {
        if let Fate::Sent { copies, is_overtaken } = fate
            && !self.mail.is_dead()
        {
            let late = if is_overtaken { OVERTAKEN_BY } else { Duration::ZERO };
            copies.into_iter().for_each(|due| self.network.deliver(due + late, self.addr, to, bytes));
        }
    }

    /// Waits for the next one, and returns how many of its bytes fit and where it comes from.
    pub(crate) async fn receive(&self, buffer: &mut [u8]) -> (usize, SocketAddr) {
        let (from, bytes) = poll_fn(|cx| self.mail.poll_take(self.network.schedule(), cx)).await;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        (count, from)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.network.no_longer_taking(self.addr, &self.mail);
    }
}
