use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;

use crate::lock::lock;

/// The named ports of a node at a place where they need not be reserved by sockets.
#[derive(Debug, Default)]
pub struct NamedPorts(Mutex<Vec<(&'static str, SocketAddr)>>);

impl NamedPorts {
    /// Each with its address.
    pub fn all(&self) -> Vec<(&'static str, SocketAddr)> {
        lock(&self.0).clone()
    }

    /// Adds those of these names that it does not have yet, each with the address that is returned for its index and itself.
    ///
    /// # Errors
    /// Those of `addr`, with the names before that added.
    pub fn add(
        &self,
        names: &[&'static str],
        mut addr: impl FnMut(usize, &str) -> io::Result<SocketAddr>,
    ) -> io::Result<()> {
        let mut ports = lock(&self.0);
        for name in names {
            if ports.iter().all(|(known, _)| known != name) {
                let addr = addr(ports.len(), name)?;
                ports.push((name, addr));
            }
        }
        Ok(())
    }
}
