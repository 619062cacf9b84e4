//! What a host does to the packets that its node receives, as `nft` takes it.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use crate::net::Block;
use crate::place::NftHold;

/// Makes the table of a run, where it is not there yet. It counts what comes for the node, and what comes past the rules; probes, which
/// are datagrams for the port 9, for themselves.
/// $1: its name. $2: the address of the node. Its input is what follows.
pub(super) const CHANGE: &str = r#"
nft list table inet "$1" >/dev/null 2>&1 || nft -f - <<END || exit 1
table inet $1 {
    set sent { type ipv4_addr; counter; }
    set passed { type ipv4_addr; counter; }
    set probed { type ipv4_addr; counter; }
    set arrived { type ipv4_addr; counter; }
    set dropped { type ipv4_addr; }
    set refused { type ipv4_addr; }
    set resetting { type ipv4_addr; }
    chain input {
        type filter hook input priority 0; policy accept;
        ip daddr != $2 accept
        udp dport 9 meta mark set 9
        meta mark 9 ip saddr @probed
        meta mark != 9 ip saddr @sent
        ip saddr @dropped drop
        ip saddr @refused meta l4proto tcp reject with tcp reset
        ip saddr @refused reject
        ip saddr @resetting tcp flags & syn != syn reject with tcp reset
        ip saddr @resetting meta l4proto != tcp reject
        meta mark 9 ip saddr @arrived drop
        ip saddr @passed
    }
}
END
exec nft -f -
"#;

/// Writes what is counted. $1: the name of the table.
pub(super) const COUNTERS: &str = r#"exec nft -j list table inet "$1""#;

/// Sends probes. $1: how many to each. Then the addresses.
pub(super) const PROBE: &str = r#"
count=$1
shift
for to in "$@"; do
    bash -c 'for ((sent = 0; sent < $1; sent++)); do echo probe >"/dev/udp/$2/9"; done' bash "$count" "$to"
done 2>/dev/null
exit 0
"#;

/// What is needed for faults, where it is missing. $1 is not used.
pub(super) const MISSING: &str = r#"
[ "$(id -u)" = 0 ] || echo "the user there is not root"
command -v nft >/dev/null || echo "there is no nft"
command -v bash >/dev/null || echo "there is no bash"
"#;

/// The blocks in force on one host, by the address that sends.
#[derive(Debug, Default)]
pub(super) struct Rules(HashMap<Ipv4Addr, Option<Block>>);

impl Rules {
    /// What changes the table, and becomes true once it has.
    pub(super) fn change(&mut self, table: &str, changes: &[(Ipv4Addr, Option<Block>)]) -> String {
        let mut script = String::new();
        for (from, block) in changes {
            let mut edit =
                |verb: &str, set: &str| script += &format!("{verb} element inet {table} {set} {{ {from} }}\n");
            let last = self.0.insert(*from, *block);
            if last.is_none() {
                ["sent", "passed", "probed", "arrived"].into_iter().for_each(|set| edit("add", set));
            }
            let last = last.flatten();
            if last != *block {
                last.into_iter().for_each(|last| edit("delete", NftHold::set_of_block(last)));
                block.iter().for_each(|block| edit("add", NftHold::set_of_block(*block)));
            }
        }
        script
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_takes_the_place_of_the_last_one() {
        let mut rules = Rules::default();
        let from = Ipv4Addr::new(10, 0, 0, 1);
        let first = rules.change("t", &[(from, Some(Block::BlackHole))]);
        assert_eq!(first.lines().count(), 5, "{first}");
        assert!(first.ends_with("add element inet t dropped { 10.0.0.1 }\n"), "{first}");
        let next = rules.change("t", &[(from, Some(Block::Refuse))]);
        assert_eq!(next, "delete element inet t dropped { 10.0.0.1 }\nadd element inet t refused { 10.0.0.1 }\n");
        assert_eq!(rules.change("t", &[(from, Some(Block::Refuse))]), "");
        assert_eq!(rules.change("t", &[(from, None)]), "delete element inet t refused { 10.0.0.1 }\n");
    }
}
