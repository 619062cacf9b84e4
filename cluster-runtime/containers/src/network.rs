//! The network of a cluster, and the addresses in it.

use std::net::Ipv4Addr;

/// All networks are in 198.18.0.0/15, which is for tests of networks, and nobody else's.
const FIRST: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);
/// How many there are.
pub(crate) const NETWORKS: u32 = 128;
/// How many bits of an address are the same in a network: a bridge has no more ports than the rest has addresses.
const PREFIX: u32 = 22;
/// The most nodes of a cluster. The first addresses are those of the network and the bridge, the last one is for all.
pub(crate) const MOST: u32 = (1 << (32 - PREFIX)) - 3;

/// A network, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subnet(pub(crate) u32);

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
