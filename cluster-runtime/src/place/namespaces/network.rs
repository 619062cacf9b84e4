//! The network of a cluster: a namespace in the middle forwards what nodes send each other, each over a cable of its own.

use std::fmt::Write;
use std::net::Ipv4Addr;

/// The network of all nodes, which is for tests of networks, and nobody else's.
const NETWORK: &str = "198.18.0.0/15";
/// The address of the namespace in the middle.
const MIDDLE: Ipv4Addr = Ipv4Addr::new(198, 19, 255, 254);
/// The most nodes: so many addresses are in the network.
pub(super) const MOST: usize = 100_000;
/// How many nodes get their addresses at the same time.
const AT_A_TIME: usize = 4;

/// A node's namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Member(pub(super) usize);

impl Member {
    pub(super) fn addr(self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 1)) + self.0 as u32)
    }

    /// The name of its namespace.
    pub(super) fn name(self) -> String {
        format!("n{}", self.0)
    }

    /// The end of its cable in the middle.
    pub(super) fn cable(self) -> String {
        format!("c{}", self.0)
    }
}

/// Makes the namespace in the middle. Only this shell and what it runs see the directory of the names.
pub(super) fn middle() -> String {
    format!(
        "mount -t tmpfs tmpfs /run\n\
         mkdir /run/netns\n\
         echo 1 >/proc/sys/net/ipv4/ip_forward\n\
         ip link set lo up\n\
         ip addr add {MIDDLE}/32 dev lo"
    )
}

/// Makes the namespaces of these nodes. A packet is a frame, so that rates and losses are of what a cable would carry.
pub(super) fn members(members: &[Member]) -> String {
    let mut made = String::new();
    for member in members {
        let (name, cable, addr) = (member.name(), member.cable(), member.addr());
        let _ = writeln!(made, "netns add {name}");
        let _ = writeln!(made, "link add {cable} type veth peer name e0 netns {name}");
        let _ = writeln!(made, "link set {cable} up gso_max_segs 1");
        let _ = writeln!(made, "route add {addr} dev {cable} src {MIDDLE}");
    }
    let mut script = format!("ip -batch - <<'END'\n{made}END\n");
    let mut waits = String::new();
    for (number, share) in members.chunks(members.len().div_ceil(AT_A_TIME).max(1)).enumerate() {
        let share: String = share.iter().map(|member| own(*member)).collect();
        let _ = writeln!(script, "(\n{share}) & share{number}=$!");
        let _ = writeln!(waits, "wait $share{number}");
    }
    script + &waits
}

/// The network within a node's namespace.
fn own(member: Member) -> String {
    let (name, addr) = (member.name(), member.addr());
    format!(
        "ip -n {name} -batch - <<'END'\n\
         link set lo up\n\
         link set e0 up gso_max_segs 1\n\
         addr add {addr}/32 dev e0\n\
         route add {MIDDLE} dev e0\n\
         route add {NETWORK} via {MIDDLE} src {addr}\n\
         END\n"
    )
}
