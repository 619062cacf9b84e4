//! What the namespace in the middle does to the packets that it forwards, as `nft` and `tc` take it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::net::Ipv4Addr;

use super::network::Member;
use crate::net::Rate;
use crate::place::NftHold;

/// The port of probes: they are packets for it, and end where they have passed all rules.
pub(super) const PROBE_PORT: u16 = 9;

/// The script that makes the table. Of both, packets of nodes and probes, it is counted what comes in, and what comes past the rules.
pub(super) const TABLE: &str = "\
nft -f - <<'END'
table ip cluster {
    set sent { type ipv4_addr . ipv4_addr; counter; }
    set passed { type ipv4_addr . ipv4_addr; counter; }
    set probed { type ipv4_addr . ipv4_addr; counter; }
    set arrived { type ipv4_addr . ipv4_addr; counter; }
    set dropped { type ipv4_addr . ipv4_addr; }
    set refused { type ipv4_addr . ipv4_addr; }
    set resetting { type ipv4_addr . ipv4_addr; }
    chain losses {
    }
    chain forward {
        type filter hook forward priority 0; policy accept;
        udp dport 9 meta mark set 9
        meta mark 9 ip saddr . ip daddr @probed
        meta mark != 9 ip saddr . ip daddr @sent
        ip saddr . ip daddr @dropped drop
        ip saddr . ip daddr @refused meta l4proto tcp reject with tcp reset
        ip saddr . ip daddr @refused reject
        ip saddr . ip daddr @resetting tcp flags & syn != syn reject with tcp reset
        ip saddr . ip daddr @resetting meta l4proto != tcp reject
        jump losses
        meta mark 9 ip saddr . ip daddr @arrived
        meta mark 9 drop
        ip saddr . ip daddr @passed
    }
}
END";

/// A node that sends, and one that receives.
pub(super) type Path = (Member, Member);

/// What is in force.
#[derive(Debug, Default)]
pub(super) struct Rules {
    holds: HashMap<Path, NftHold>,
    losses: BTreeSet<u32>,
    /// The cables whose rates can be limited.
    limited: BTreeSet<usize>,
}

impl Rules {
    /// The script that makes these hold, in the place of what held on the same paths.
    pub(super) fn change(&mut self, wanted: &[(Path, NftHold)]) -> String {
        let mut filter = String::new();
        let new = wanted.iter().map(|(path, _)| *path).filter(|path| !self.holds.contains_key(path));
        let new: Vec<_> = new.collect();
        for counted in ["sent", "passed", "probed", "arrived"] {
            edit(&mut filter, "add", counted, &new);
        }
        let mut removed: BTreeMap<String, Vec<Path>> = BTreeMap::new();
        let mut added: BTreeMap<String, Vec<Path>> = BTreeMap::new();
        let (mut limits, mut closed) = (String::new(), Vec::new());
        for (path, hold) in wanted {
            let before = self.holds.insert(*path, *hold).unwrap_or_default();
            for set in before.sets() {
                removed.entry(set).or_default().push(*path);
            }
            for set in hold.sets() {
                added.entry(set).or_default().push(*path);
            }
            if hold.closes(&before) {
                closed.push(*path);
            }
            if hold.rate != before.rate {
                limits += &self.limit(*path, hold.rate);
            }
        }
        for lost in wanted.iter().filter_map(|(_, hold)| hold.lost) {
            if self.losses.insert(lost) {
                let (set, loss) = (NftHold::set_of_loss(lost), NftHold::loss(lost));
                let _ = writeln!(filter, "add set ip cluster {set} {{ type ipv4_addr . ipv4_addr; }}");
                let _ = writeln!(filter, "add rule ip cluster losses ip saddr . ip daddr @{set} {loss}");
            }
        }
        removed.iter().for_each(|(set, paths)| edit(&mut filter, "delete", set, paths));
        added.iter().for_each(|(set, paths)| edit(&mut filter, "add", set, paths));
        let limits = if limits.is_empty() { limits } else { format!("tc -batch - <<'END'\n{limits}END\n") };
        format!("nft -f - <<'END'\n{filter}END\n{limits}{}", close(&closed))
    }

    /// Limits the rate of a path, at the end of the cable of the node that receives.
    fn limit(&mut self, (from, to): Path, rate: Option<Rate>) -> String {
        let (cable, class) = (to.cable(), from.0 + 1);
        let mut script = String::new();
        if self.limited.insert(to.0) {
            let _ = writeln!(script, "qdisc add dev {cable} root handle 1: htb");
        }
        let Some(rate) = rate else {
            let _ = writeln!(script, "filter del dev {cable} parent 1: prio {class}");
            let _ = writeln!(script, "class del dev {cable} classid 1:{class:x}");
            return script;
        };
        let (bits, source) = (rate.bits(), from.addr());
        let _ =
            writeln!(script, "class replace dev {cable} parent 1: classid 1:{class:x} htb rate {bits}bit burst 16kb");
        let _ = writeln!(
            script,
            "filter replace dev {cable} parent 1: protocol ip prio {class} handle 800::800 u32 match ip src {source}/32 flowid 1:{class:x}"
        );
        script
    }
}

/// The script that closes the connections of these paths, at both ends: they would notice nothing before they sent something.
fn close(paths: &[Path]) -> String {
    let mut others: BTreeMap<usize, BTreeSet<Ipv4Addr>> = BTreeMap::new();
    for (from, to) in paths {
        others.entry(from.0).or_default().insert(to.addr());
        others.entry(to.0).or_default().insert(from.addr());
    }
    let mut script = String::new();
    for (member, others) in others {
        let filter: Vec<_> = others.iter().map(|other| format!("dst {other}")).collect();
        let (member, filter) = (Member(member).name(), filter.join(" or "));
        // A kernel that cannot leaves them until then.
        let _ = writeln!(script, "nsenter --net=/run/netns/{member} ss -K '( {filter} )' >/dev/null 2>&1 &");
    }
    if script.is_empty() { script } else { script + "wait\n" }
}

fn edit(filter: &mut String, verb: &str, set: &str, paths: &[Path]) {
    if paths.is_empty() {
        return;
    }
    let elements: Vec<_> = paths.iter().map(|(from, to)| format!("{} . {}", from.addr(), to.addr())).collect();
    let _ = writeln!(filter, "{verb} element ip cluster {set} {{ {} }}", elements.join(", "));
}

/// The script that writes what is counted.
pub(super) const COUNTERS: &str = "nft -j list table ip cluster";
