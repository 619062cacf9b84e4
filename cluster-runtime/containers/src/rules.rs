//! What is done to the packets of nodes, as `nft` and `tc` take it: the network of the node that receives holds them for faults, and
//! that of the node that sends limits their rate.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write;
use std::net::Ipv4Addr;

use cluster_runtime::net::Rate;
use cluster_runtime::place::{NftHold, NftReceiver};

/// The port of probes: they are packets for it, and end where they have passed all rules.
const PROBE_PORT: u16 = 9;
/// The name of the table in each network.
const TABLE: &str = "cluster";

/// A node with a network of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Member {
    pub(crate) number: u32,
    pub(crate) addr: Ipv4Addr,
    /// The host that it is on, by its place in the list.
    pub(crate) host: usize,
}

/// Scripts for hosts, by their places in the list.
pub(crate) type Scripts = BTreeMap<usize, String>;

impl Member {
    /// The name of its network for `ip`.
    pub(crate) fn name(self) -> String {
        format!("n{}", self.number)
    }

    /// What runs a command there. `ip -n` would mount a `/sys` of its own, which an engine of a user may not.
    fn within(self) -> String {
        format!("nsenter --net=/run/netns/{}", self.name())
    }
}

/// A node that sends, and one that receives.
pub(crate) type Path = (Member, Member);

/// What is in force.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    receivers: HashMap<Member, NftReceiver>,
    /// The nodes whose rates can be limited.
    limited: HashSet<Member>,
}

/// What a change of the rules takes.
pub(crate) struct Change {
    /// They make them hold, in the place of what held on the same paths.
    pub(crate) scripts: Scripts,
    /// They close connections once the others have ended.
    pub(crate) closing: Scripts,
    /// The paths that had no rule before.
    pub(crate) new: Vec<Path>,
}

impl Rules {
    pub(crate) fn change(&mut self, wanted: &[(Path, NftHold)]) -> Change {
        let mut filters: BTreeMap<Member, String> = BTreeMap::new();
        let mut limits: BTreeMap<Member, String> = BTreeMap::new();
        let (mut closed, mut new) = (Vec::new(), Vec::new());
        for (path @ (from, to), hold) in wanted {
            let receiver = self.receivers.entry(*to).or_insert_with(|| NftReceiver::new(TABLE, to.addr));
            let known = receiver.hold(from.addr);
            *filters.entry(*to).or_default() += &receiver.change(from.addr, *hold);
            if known.is_none() {
                new.push(*path);
            }
            let before = known.unwrap_or_default();
            if hold.closes(&before) {
                closed.push(*path);
            }
            if hold.rate != before.rate {
                *limits.entry(*from).or_default() += &self.limit(*path, hold.rate);
            }
        }
        let mut scripts = Scripts::new();
        for (member, limits) in limits {
            let _ = writeln!(of(member, &mut scripts), "{} tc -batch - <<'END'\n{limits}END", member.within());
        }
        let filters = filters.into_iter().map(|(to, filter)| (to, format!("nft -f - <<'END'\n{filter}END")));
        within_each(filters, &mut scripts);
        Change { scripts, closing: close(&closed), new }
    }

    fn limit(&mut self, (from, to): Path, rate: Option<Rate>) -> String {
        let (class, mut script) = (to.number + 1, String::new());
        if self.limited.insert(from) {
            let _ = writeln!(script, "qdisc add dev eth0 root handle 1: htb");
        }
        let Some(rate) = rate else {
            let _ = writeln!(script, "filter del dev eth0 parent 1: prio {class}");
            let _ = writeln!(script, "class del dev eth0 classid 1:{class:x}");
            return script;
        };
        let (bits, addr) = (rate.bits(), to.addr);
        let _ = writeln!(script, "class replace dev eth0 parent 1: classid 1:{class:x} htb rate {bits}bit burst 16kb");
        let _ = writeln!(
            script,
            "filter replace dev eth0 parent 1: protocol ip prio {class} handle 800::800 u32 match ip dst {addr}/32 flowid 1:{class:x}"
        );
        script
    }
}

/// That of the host of a node.
fn of(member: Member, scripts: &mut Scripts) -> &mut String {
    scripts.entry(member.host).or_default()
}

/// The scripts that give names to the networks of these nodes, whose processes are known. A packet is a frame, so that rates and
/// losses are of what a cable would carry.
pub(crate) fn enter(members: &[(Member, i64)]) -> Scripts {
    let mut scripts = Scripts::new();
    for (member, process) in members {
        let (name, script) = (member.name(), of(*member, &mut scripts));
        script.push_str("mkdir -p /run/netns\n");
        let _ = writeln!(script, "ip netns attach {name} {process}");
        let _ = writeln!(script, "{} ip link set eth0 gso_max_segs 1", member.within());
    }
    scripts
}

/// The scripts that send so many probes on each of these paths, which are sorted by the nodes that send.
pub(crate) fn probe(paths: &[Path], packets: u32) -> Scripts {
    let mut scripts = Scripts::new();
    let senders = paths.chunk_by(|one, other| one.0 == other.0).map(|paths| {
        let hosts: Vec<_> = paths.iter().map(|(_, to)| to.addr.to_string()).collect();
        // What is refused is an error at the next one.
        let send = format!(
            "bash -c 'for host in {}; do exec 3<>/dev/udp/$host/{PROBE_PORT}; \
             for ((sent = 0; sent < {packets}; sent++)); do echo probe >&3; done; done; exit 0' 2>/dev/null",
            hosts.join(" "),
        );
        (paths[0].0, send)
    });
    within_each(senders, &mut scripts);
    scripts
}

/// Adds commands that run within the networks of these nodes, at the same time at each host, and which all have to succeed.
fn within_each(commands: impl Iterator<Item = (Member, String)>, scripts: &mut Scripts) {
    let mut waits = Scripts::new();
    for (member, command) in commands {
        let (name, number) = (member.name(), member.number);
        let _ = writeln!(of(member, scripts), "{{\nnsenter --net=/run/netns/{name} {command}\n}} & p{number}=$!");
        let _ = writeln!(of(member, &mut waits), "wait $p{number}");
    }
    waits.into_iter().for_each(|(host, waits)| *scripts.entry(host).or_default() += &waits);
}

/// Adds to scripts what writes what these nodes have counted, each after its number in lines of their own.
pub(crate) fn count(members: &BTreeSet<Member>, scripts: &mut Scripts) {
    for member in members {
        let number = member.number;
        let _ = writeln!(of(*member, scripts), "echo {number}; {} nft -j list table inet {TABLE}", member.within());
    }
}

/// The scripts that close the connections of these paths, at both ends: they would notice nothing before they sent something.
fn close(paths: &[Path]) -> Scripts {
    let mut others: BTreeMap<Member, BTreeSet<Ipv4Addr>> = BTreeMap::new();
    for (from, to) in paths {
        others.entry(*from).or_default().insert(to.addr);
        others.entry(*to).or_default().insert(from.addr);
    }
    let mut scripts = Scripts::new();
    let close = |(member, others): (Member, BTreeSet<Ipv4Addr>)| {
        let filter: Vec<_> = others.iter().map(|other| format!("dst {other}")).collect();
        // A kernel that cannot leaves them until then.
        (member, format!("ss -K '( {} )' >/dev/null 2>&1 || true", filter.join(" or ")))
    };
    within_each(others.into_iter().map(close), &mut scripts);
    scripts
}

#[cfg(test)]
mod tests {
    use cluster_runtime::place::Block;

    use super::*;

    fn member(number: u32) -> Member {
        Member { number, addr: Ipv4Addr::new(10, 0, 0, number as u8), host: 0 }
    }

    #[test]
    fn nodes_that_receive_are_told_at_the_same_time() {
        let mut rules = Rules::default();
        let hold = NftHold { block: Some(Block::BlackHole), ..NftHold::default() };
        let script = &rules.change(&[((member(1), member(2)), hold), ((member(2), member(1)), hold)]).scripts[&0];
        let lines: Vec<_> = script.lines().filter(|line| line.contains("nsenter") || line.contains("wait")).collect();
        let nft = |name: &str| format!("nsenter --net=/run/netns/{name} nft -f - <<'END'");
        assert_eq!(lines, [&*nft("n1"), &*nft("n2"), "wait $p1", "wait $p2"]);
    }

    #[test]
    fn a_rate_is_that_of_the_node_that_sends() {
        let mut rules = Rules::default();
        let hold = |rate| NftHold { rate, ..NftHold::default() };
        let first = &rules.change(&[((member(1), member(2)), hold(Some(Rate::mbit(8))))]).scripts[&0];
        assert!(first.contains("netns/n1 tc -batch -") && first.contains("rate 8000000bit"), "{first}");
        let lifted = &rules.change(&[((member(1), member(2)), hold(None))]).scripts[&0];
        assert!(lifted.contains("class del dev eth0 classid 1:3") && !lifted.contains("qdisc"), "{lifted}");
    }

    #[test]
    fn a_path_between_hosts_is_held_where_it_ends_and_limited_where_it_begins() {
        let mut rules = Rules::default();
        let hold = NftHold { block: Some(Block::BlackHole), rate: Some(Rate::mbit(8)), ..NftHold::default() };
        let scripts = rules.change(&[((member(1), Member { host: 1, ..member(2) }), hold)]).scripts;
        assert!(scripts[&0].contains("netns/n1 tc") && !scripts[&0].contains("nft"), "{scripts:?}");
        assert!(scripts[&1].contains("netns/n2 nft") && !scripts[&1].contains("tc -batch"), "{scripts:?}");
    }
}
