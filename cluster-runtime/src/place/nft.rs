use std::collections::HashMap;
use std::net::Ipv4Addr;

use serde_json::Value;

use super::{Passage, Rule};
use crate::net::{Block, Rate};

/// Of so many packets the kernel draws those that are lost.
const DRAWN_FROM: f64 = 1_000_000.0;

/// What holds on the path from one node to another, where a table of `nft` has the sets `dropped`, `refused` and `resetting` of paths,
/// and one for each probability of a loss.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NftHold {
    /// How it is blocked.
    pub block: Option<Block>,
    /// How many of a million packets are lost, if any is.
    pub lost: Option<u32>,
    /// How much it carries.
    pub rate: Option<Rate>,
}

impl NftHold {
    /// What this rule asks for.
    pub fn of(rule: &Rule) -> Self {
        let lost = rule.conditions.loss.map(|loss| (loss * DRAWN_FROM).round() as u32).filter(|lost| *lost > 0);
        Self { block: rule.block, lost, rate: rule.conditions.rate }
    }

    /// The names of the sets that the path is in.
    pub fn sets(&self) -> Vec<String> {
        let block = self.block.map(|block| Self::set_of_block(block).to_owned());
        block.into_iter().chain(self.lost.map(Self::set_of_loss)).collect()
    }

    /// The name of the set of paths that are blocked so.
    fn set_of_block(block: Block) -> &'static str {
        match block {
            Block::BlackHole => "dropped",
            Block::Refuse => "refused",
            Block::Reset => "resetting",
        }
    }

    /// The name of the set of paths on which so many of a million packets are lost.
    pub(super) fn set_of_loss(lost: u32) -> String {
        format!("loss_{lost}")
    }

    /// What a rule of that set says of them.
    pub fn loss(lost: u32) -> String {
        format!("numgen random mod {DRAWN_FROM} < {lost} drop")
    }

    /// Whether connections that are there have to be closed after what held before: they would notice nothing before they sent something.
    pub fn closes(&self, before: &Self) -> bool {
        self.block != before.block && self.block > Some(Block::BlackHole)
    }
}

/// What a table of `nft` has counted of packets, in the sets `sent` and `passed`, and of probes, in `probed` and `arrived`: for places
/// whose kernel breaks links.
///
/// # Examples
/// ```
/// use cluster_runtime::place::NftCounters;
///
/// let written = br#"{"nftables": [{"set": {
///     "name": "sent",
///     "elem": [{"elem": {"val": {"concat": ["10.0.0.1", "10.0.0.2"]}, "counter": {"packets": 7}}}]
/// }}]}"#;
/// let packets = NftCounters::read(written).expect("it is JSON").packets();
/// let passage = packets[&[[10, 0, 0, 1].into(), [10, 0, 0, 2].into()][..]];
/// assert_eq!((passage.sent, passage.passed), (7, 0));
/// ```
#[derive(Clone, Debug)]
pub struct NftCounters(Value);

/// By the addresses that an element of a set has: that of the node that sends, and where the set has two, that of the one that receives.
pub type Passages = HashMap<Vec<Ipv4Addr>, Passage>;

impl NftCounters {
    /// Reads what `nft -j list table` has written; `None` if that is no JSON.
    pub fn read(written: &[u8]) -> Option<Self> {
        Some(Self(serde_json::from_slice(written).ok()?))
    }

    /// What nodes have sent.
    pub fn packets(&self) -> Passages {
        self.passages("sent", "passed")
    }

    /// What was sent as probes.
    pub fn probes(&self) -> Passages {
        self.passages("probed", "arrived")
    }

    fn passages(&self, sent: &str, passed: &str) -> Passages {
        let passed = self.counted(passed);
        let of = |(path, sent): (Vec<Ipv4Addr>, u64)| {
            let passed = passed.get(&path).copied().unwrap_or_default();
            (path, Passage { sent, passed })
        };
        self.counted(sent).into_iter().map(of).collect()
    }

    /// The packets of each element of a set.
    fn counted(&self, set: &str) -> HashMap<Vec<Ipv4Addr>, u64> {
        let items = self.0["nftables"].as_array().into_iter().flatten();
        let set = items.map(|item| &item["set"]).find(|found| found["name"] == set);
        let elements = set.and_then(|set| set["elem"].as_array()).into_iter().flatten().map(|element| &element["elem"]);
        elements.filter_map(|element| Some((path(&element["val"])?, element["counter"]["packets"].as_u64()?))).collect()
    }
}

fn path(value: &Value) -> Option<Vec<Ipv4Addr>> {
    let addresses = value["concat"].as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    addresses.iter().map(|address| address.as_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read() {
        let set = |name: &str, packets: u64| {
            format!(
                r#"{{"set":{{"name":"{name}","elem":[{{"elem":{{"val":"10.0.0.1","counter":{{"packets":{packets}}}}}}}]}}}}"#
            )
        };
        let written = format!(r#"{{"nftables":[{{"metainfo":{{}}}},{},{}]}}"#, set("sent", 7), set("passed", 5));
        let counters = NftCounters::read(written.as_bytes()).expect("it is JSON");
        let from = vec![Ipv4Addr::new(10, 0, 0, 1)];
        assert_eq!(counters.packets(), HashMap::from([(from, Passage { sent: 7, passed: 5 })]));
        assert_eq!(counters.probes(), HashMap::new());
        assert!(NftCounters::read(b"no JSON").is_none());
    }
}
