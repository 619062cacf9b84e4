use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::connection::End;
use super::network::Network;

/// Connections that were dialled and are not accepted yet.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    ends: Mutex<VecDeque<End>>,
    dialled: Notify,
    /// Its node has ended.
    is_dead: AtomicBool,
}

/// An address that is listened on, as long as this lives.
#[derive(Debug)]
pub(crate) struct Listening {
    network: Arc<Network>,
    addr: SocketAddr,
    backlog: Arc<Backlog>,
}

impl Backlog {
    pub(super) fn add(&self, end: End) {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).push_back(end);
        self.dialled.notify_waiters();
    }

    /// The node has ended: nobody accepts any more.
    pub(super) fn die(&self) {
        self.is_dead.store(true, Ordering::SeqCst);
        let ends = std::mem::take(&mut *self.ends.lock().unwrap_or_else(PoisonError::into_inner));
        drop(ends);
    }

    fn take(&self) -> Option<End> {
        if self.is_dead.load(Ordering::SeqCst) {
            return None;
        }
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl Listening {
    pub(super) fn new(network: Arc<Network>, addr: SocketAddr, backlog: Arc<Backlog>) -> Self {
        Self { network, addr, backlog }
    }

    pub(crate) async fn accept(&self) -> End {
        loop {
            let dialled = self.backlog.dialled.notified();
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
