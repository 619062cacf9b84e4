use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use super::backlog::Backlog;
use super::connection::End;
use super::network::Network;

/// An address that is listened on, as long as this lives.
#[derive(Debug)]
pub(crate) struct Listening {
    network: Arc<Network>,
    addr: SocketAddr,
    backlog: Arc<Backlog>,
}

impl Listening {
    /// # Errors
    /// When the address is listened on.
    pub(crate) fn bind(network: &Arc<Network>, addr: SocketAddr) -> io::Result<Self> {
        Ok(Self { network: network.clone(), addr, backlog: network.backlog_at(addr)? })
    }

    pub(crate) async fn accept(&self) -> End {
        loop {
            let dialled = self.backlog.dialled();
            if let Some(end) = self.backlog.take() {
                return end;
            }
            dialled.await;
        }
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.network.no_longer_listening(self.addr, &self.backlog);
    }
}
