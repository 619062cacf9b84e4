//! The network of a cluster, and the addresses in it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use bollard::errors::Error;
use bollard::models::{Ipam, IpamConfig, NetworkCreateRequest};
use bollard::query_parameters::InspectNetworkOptions;
use cluster_runtime::wait::Deadline;

use crate::bodies::{RUN, labels};
use crate::engine::Engine;

/// All networks are in 198.18.0.0/15, which is for tests of networks, and nobody else's.
const FIRST: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);
/// How many there are.
const NETWORKS: u32 = 128;
/// How many bits of an address are the same in a network: a bridge has no more ports than the rest has addresses.
const PREFIX: u32 = 22;
/// How many addresses each has.
const SIZE: u32 = 1 << (32 - PREFIX);
/// How many of the last addresses a swarm takes for itself: it has one on each host.
const OF_SWARM: u32 = 256;
/// How long a swarm may take to give addresses to a network. It does not tell where it cannot.
const ALLOCATION: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(10);

/// How far a network goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// It is that of one engine, on this machine.
    Engine,
    /// It is that of a swarm, whose hosts may be others.
    Swarm,
}

impl Span {
    /// The most nodes of a cluster. The first addresses are those of the network and the bridge, the last one is for all.
    pub(crate) fn most(self) -> u32 {
        match self {
            Self::Engine => SIZE - 3,
            Self::Swarm => SIZE - OF_SWARM - 2,
        }
    }
}

/// A network, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subnet(u32);

impl Subnet {
    fn base(self) -> u32 {
        u32::from(FIRST) + (self.0 << (32 - PREFIX))
    }

    /// The addresses that a swarm takes for itself. Otherwise it would take those of nodes.
    fn of_swarm(self) -> String {
        format!("{}/{}", Ipv4Addr::from(self.base() + SIZE - OF_SWARM), OF_SWARM.leading_zeros() + 1)
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
pub(crate) async fn create(engine: &Engine, run: &str, name: &str, span: Span) -> io::Result<Subnet> {
    let first = RandomState::new().build_hasher().finish() as u32 % NETWORKS;
    let mut refused = None;
    for number in (first..NETWORKS).chain(0..first) {
        let subnet = Subnet(number);
        match engine.docker().create_network(request(run, name, subnet, span)).await {
            Ok(_) if span == Span::Engine || is_allocated(engine, name).await => return Ok(subnet),
            Ok(_) => engine.docker().remove_network(name).await.map_err(|error| engine.about(&error))?,
            Err(error) if is_clash(&error) => refused = Some(error),
            Err(error) => return Err(engine.about(&error)),
        }
    }
    let none = io::Error::other("no network is left in 198.18.0.0/15");
    Err(refused.map_or(none, |error| engine.about(&error)))
}

/// Nothing leads out of it: where it did, each container would have an address on a bridge of its host, too, and ways around faults.
fn request(run: &str, name: &str, subnet: Subnet, span: Span) -> NetworkCreateRequest {
    let config = IpamConfig { subnet: Some(subnet.to_string()), ..IpamConfig::default() };
    let (driver, config) = match span {
        Span::Engine => ("bridge", config),
        Span::Swarm => {
            let gateway = Some(Ipv4Addr::from(subnet.base() + 1).to_string());
            ("overlay", IpamConfig { ip_range: Some(subnet.of_swarm()), gateway, ..config })
        }
    };
    NetworkCreateRequest {
        name: name.to_owned(),
        driver: Some(driver.to_owned()),
        internal: Some(true),
        attachable: (span == Span::Swarm).then_some(true),
        ipam: Some(Ipam { config: Some(vec![config]), ..Ipam::default() }),
        labels: Some(labels(RUN, run)),
        ..NetworkCreateRequest::default()
    }
}

/// Whether a swarm has given addresses to this network: a clash with another one is only in its log.
async fn is_allocated(engine: &Engine, name: &str) -> bool {
    let deadline = Deadline::after(ALLOCATION);
    loop {
        let network = engine.docker().inspect_network(name, None::<InspectNetworkOptions>).await.ok();
        let config = network.and_then(|network| network.ipam?.config).unwrap_or_default();
        if !config.is_empty() || deadline.left().is_zero() {
            return !config.is_empty();
        }
        tokio::time::sleep(PAUSE).await;
    }
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
        assert_eq!(Subnet(1).addr(Span::Engine.most() - 1), Ipv4Addr::new(198, 18, 7, 254));
    }

    #[test]
    fn the_addresses_of_a_swarm_follow_those_of_nodes() {
        assert_eq!(Subnet(1).addr(Span::Swarm.most() - 1), Ipv4Addr::new(198, 18, 6, 255));
        assert_eq!(Subnet(1).of_swarm(), "198.18.7.0/24");
    }
}
