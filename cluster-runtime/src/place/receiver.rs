use std::collections::HashMap;
use std::fmt::Write;
use std::net::Ipv4Addr;

use super::NftHold;

/// What a network of one node does to the packets that come for it, in a table of `nft`. It counts what comes in, and what comes past the
/// rules, as [`NftCounters`](super::NftCounters) reads it; probes, which are datagrams for the port 9 and end there, for themselves.
#[derive(Debug)]
pub struct NftReceiver {
    table: String,
    address: Ipv4Addr,
    is_made: bool,
    /// By the addresses of those who send.
    holds: HashMap<Ipv4Addr, NftHold>,
    /// The losses that there is a set for.
    losses: Vec<u32>,
}

impl NftReceiver {
    /// With a table of this name, which is not made yet, for the node with this address.
    pub fn new(table: impl Into<String>, address: Ipv4Addr) -> Self {
        Self { table: table.into(), address, is_made: false, holds: HashMap::new(), losses: Vec::new() }
    }

    /// What holds for packets from this address, if anything has been said of them.
    pub fn hold(&self, from: Ipv4Addr) -> Option<NftHold> {
        self.holds.get(&from).copied()
    }

    /// The input of `nft -f -` that lets this hold for packets from that address, in the place of what held before.
    pub fn change(&mut self, from: Ipv4Addr, hold: NftHold) -> String {
        let mut script = String::new();
        if !std::mem::replace(&mut self.is_made, true) {
            script += &self.made();
        }
        let table = &self.table;
        if let Some(lost) = hold.lost.filter(|lost| !self.losses.contains(lost)) {
            self.losses.push(lost);
            let (set, loss) = (NftHold::set_of_loss(lost), NftHold::loss(lost));
            let _ = writeln!(script, "add set inet {table} {set} {{ type ipv4_addr; }}");
            let _ = writeln!(script, "add rule inet {table} losses ip saddr @{set} {loss}");
        }
        let mut edit = |verb: &str, set: &str| {
            let _ = writeln!(script, "{verb} element inet {table} {set} {{ {from} }}");
        };
        let before = self.holds.insert(from, hold);
        if before.is_none() {
            ["sent", "passed", "probed", "arrived"].iter().for_each(|set| edit("add", set));
        }
        before.unwrap_or_default().sets().iter().for_each(|set| edit("delete", set));
        hold.sets().iter().for_each(|set| edit("add", set));
        script
    }

    fn made(&self) -> String {
        format!(
            "table inet {} {{
    set sent {{ type ipv4_addr; counter; }}
    set passed {{ type ipv4_addr; counter; }}
    set probed {{ type ipv4_addr; counter; }}
    set arrived {{ type ipv4_addr; counter; }}
    set dropped {{ type ipv4_addr; }}
    set refused {{ type ipv4_addr; }}
    set resetting {{ type ipv4_addr; }}
    chain losses {{
    }}
    chain input {{
        type filter hook input priority 0; policy accept;
        ip daddr != {} accept
        udp dport 9 meta mark set 9
        meta mark 9 ip saddr @probed
        meta mark != 9 ip saddr @sent
        ip saddr @dropped drop
        ip saddr @refused meta l4proto tcp reject with tcp reset
        ip saddr @refused reject
        ip saddr @resetting tcp flags & syn != syn reject with tcp reset
        ip saddr @resetting meta l4proto != tcp reject
        jump losses
        meta mark 9 ip saddr @arrived drop
        ip saddr @passed
    }}
}}
",
            self.table, self.address
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Block;

    #[test]
    fn a_block_takes_the_place_of_the_last_one() {
        let mut receiver = NftReceiver::new("t", Ipv4Addr::new(10, 0, 0, 2));
        let from = Ipv4Addr::new(10, 0, 0, 1);
        let mut change = |block| receiver.change(from, NftHold { block, ..NftHold::default() });
        let first = change(Some(Block::BlackHole));
        assert!(first.starts_with("table inet t {"), "{first}");
        assert!(first.ends_with("add element inet t dropped { 10.0.0.1 }\n"), "{first}");
        let next = change(Some(Block::Refuse));
        assert_eq!(next, "delete element inet t dropped { 10.0.0.1 }\nadd element inet t refused { 10.0.0.1 }\n");
        assert_eq!(change(None), "delete element inet t refused { 10.0.0.1 }\n");
    }

    #[test]
    fn a_loss_has_a_set_that_is_made_once() {
        let mut receiver = NftReceiver::new("t", Ipv4Addr::new(10, 0, 0, 2));
        let hold = NftHold { lost: Some(100), ..NftHold::default() };
        let first = receiver.change(Ipv4Addr::new(10, 0, 0, 1), hold);
        assert!(first.contains("add set inet t loss_100 ") && first.contains("@loss_100 numgen random"), "{first}");
        let next = receiver.change(Ipv4Addr::new(10, 0, 0, 3), hold);
        assert!(!next.contains("add set") && next.ends_with("add element inet t loss_100 { 10.0.0.3 }\n"), "{next}");
    }
}
