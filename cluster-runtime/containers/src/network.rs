//! The network of a cluster, and the addresses in it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::net::Ipv4Addr;

use bollard::errors::Error;
use bollard::models::{Ipam, IpamConfig, NetworkCreateRequest};

use crate::bodies::{RUN, labels};
use crate::engine::Engine;

/// All networks are in 198.18.0.0/15, which is for tests of networks, and nobody else's.
const FIRST: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);
/// How many there are.
const NETWORKS: u32 = 128;
/// How many bits of an address are the same in a network: a bridge has no more ports than the rest has addresses.
const PREFIX: u32 = 22;
/// The most nodes of a cluster. The first addresses are those of the network and the bridge, the last one is for all.
pub(crate) const MOST: u32 = (1 << (32 - PREFIX)) - 3;

/// A network, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subnet(u32);

impl Subnet {
    fn base(self) -> u32 {
        u32::from(FIRST) + (self.0 << (32 - PREFIX))
    }

    /// The address of the node of this number.
    pub(crate) fn addr(self, node: u32) -> Ipv4Addr {
        Ipv4Addr::from(self.base() + 2 + node)
    }
}

impl std::fmt::Display for Subnet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{PREFIX}", Ipv4Addr::from(self.base()))
    }
}

/// Creates a network of this name that no other one overlaps with.
///
/// # Errors
/// When the engine cannot, or has no addresses left for it.
pub(crate) async fn create(engine: &Engine, run: &str, name: &str) -> io::Result<Subnet> {
    let first = RandomState::new().build_hasher().finish() as u32 % NETWORKS;
    let mut refused = None;
    for number in (first..NETWORKS).chain(0..first) {
        let subnet = Subnet(number);
        let config = IpamConfig { subnet: Some(subnet.to_string()), ..IpamConfig::default() };
        let request = NetworkCreateRequest {
            name: name.to_owned(),
            driver: Some("bridge".to_owned()),
            internal: Some(true),
            ipam: Some(Ipam { config: Some(vec![config]), ..Ipam::default() }),
            labels: Some(labels(RUN, run)),
            ..NetworkCreateRequest::default()
        };
        match engine.docker().create_network(request).await {
            Ok(_) => return Ok(subnet),
            Err(error) if is_clash(&error) => refused = Some(error),
            Err(error) => return Err(engine.about(&error)),
        }
    }
    let none = io::Error::other("no network is left in 198.18.0.0/15");
    Err(refused.map_or(none, |error| engine.about(&error)))
}

/// Whether the addresses are those of another network.
fn is_clash(error: &Error) -> bool {
    let Error::DockerResponseServerError { message, .. } = error else { return false };
    message.contains("overlaps with other one") || message.contains("is already used on the host or by another config")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_follow_each_other() {
        assert_eq!(Subnet(0).to_string(), "198.18.0.0/22");
        assert_eq!(Subnet(1).to_string(), "198.18.4.0/22");
        assert_eq!(Subnet(NETWORKS - 1).to_string(), "198.19.252.0/22");
        assert_eq!(Subnet(1).addr(0), Ipv4Addr::new(198, 18, 4, 2));
        assert_eq!(Subnet(1).addr(MOST - 1), Ipv4Addr::new(198, 18, 7, 254));
    }
}
