//! Hosts on loopback: an address of its own for each node, where the system has so many.

use std::net::Ipv4Addr;
use std::sync::Arc;

/// An address on loopback. No two nodes on this machine have the same one at a time, in any process.
#[derive(Debug)]
pub(super) struct Host {
    ip: Ipv4Addr,
    /// Its network belongs to this process as long as one of its hosts lives.
    _network: Option<Arc<networks::Network>>,
}

impl Host {
    /// A host of its own, or 127.0.0.1 where there are no others.
    pub(super) fn new() -> Self {
        match networks::next_host() {
            Some((ip, network)) => Self { ip, _network: Some(network) },
            None => Self::localhost(),
        }
    }

    pub(super) fn localhost() -> Self {
        Self { ip: Ipv4Addr::LOCALHOST, _network: None }
    }

    pub(super) fn ip(&self) -> Ipv4Addr {
        self.ip
    }
}

/// Linux accepts connections on all of 127.0.0.0/8. A process takes networks of 254 hosts there, one after the other. It owns
/// each by an abstract socket of its name, which one process can have at a time, and which is closed when that ends.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod networks {
    use std::io;
    use std::net::Ipv4Addr;
    #[cfg(target_os = "android")]
    use std::os::android::net::SocketAddrExt;
    #[cfg(target_os = "linux")]
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    use std::sync::{Arc, Mutex};

    use crate::lock::lock;

    /// Networks are 127.1.0.x to 127.254.255.x, none of which the system itself uses.
    const NETWORKS: u32 = 254 * 256;
    /// The number of networks that are tried before 127.0.0.1 is used.
    const ATTEMPTS: u32 = 1024;

    #[derive(Debug)]
    pub(crate) struct Network {
        number: u32,
        _name: UnixDatagram,
    }

    impl Network {
        fn take(number: u32) -> io::Result<Self> {
            let name = SocketAddr::from_abstract_name(format!("cluster-network-{number}"))?;
            Ok(Self { number, _name: UnixDatagram::bind_addr(&name)? })
        }

        fn host(&self, host: u8) -> Ipv4Addr {
            let [_, _, second, third] = (self.number + 256).to_be_bytes();
            Ipv4Addr::new(127, second, third, host)
        }
    }

    pub(crate) fn next_host() -> Option<(Ipv4Addr, Arc<Network>)> {
        static CURRENT: Mutex<Option<(Arc<Network>, u8)>> = Mutex::new(None);
        let mut current = lock(&CURRENT);
        let (network, host) = match current.take() {
            Some((network, last)) if last < 254 => (network, last + 1),
            full => (Arc::new(next_network(full.map(|(network, _)| network.number))?), 1),
        };
        *current = Some((network.clone(), host));
        Some((network.host(host), network))
    }

    /// Processes begin far from each other, so that they seldom try a network that another one has.
    fn next_network(last: Option<u32>) -> Option<Network> {
        let first = last.map_or_else(|| std::process::id().wrapping_mul(2_654_435_761) >> 8, |last| last + 1);
        for attempt in 0..ATTEMPTS {
            match Network::take(first.wrapping_add(attempt) % NETWORKS) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                taken => return taken.ok(),
            }
        }
        None
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod networks {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    #[derive(Debug)]
    pub(crate) struct Network;

    pub(crate) fn next_host() -> Option<(Ipv4Addr, Arc<Network>)> {
        None
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_host_has_an_address_of_its_own() {
        let hosts: Vec<_> = (0..600).map(|_| Host::new()).collect();
        let ips: HashSet<_> = hosts.iter().map(Host::ip).collect();
        assert_eq!(ips.len(), 600);
        assert!(ips.iter().all(|ip| ip.is_loopback() && *ip != Ipv4Addr::LOCALHOST), "{ips:?}");
    }
}
