//! Faults between nodes that each have a host of their own.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::host::Host;
use super::rules::{CHANGE, COUNTERS, MISSING, PROBE};
use crate::clock::{Deadline, pause};
use crate::lock::lock;
use crate::place::{NftCounters, NftHold, NftReceiver, Pair, Passage, Passages, Rule};

/// How long a probe may be on its way.
const ON_ITS_WAY: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(2);

/// The faults of a cluster, as `nft` of its hosts has them.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// The host and the address of each node.
    members: std::sync::Mutex<HashMap<Arc<str>, Member>>,
    /// By the name of the table, which is that of the run on the host.
    receivers: Mutex<HashMap<String, NftReceiver>>,
}

#[derive(Clone, Debug)]
struct Member {
    host: Arc<Host>,
    address: IpAddr,
}

/// The ends of a path: the address that sends, and the host that receives.
struct Path {
    from: Ipv4Addr,
    sender: Arc<Host>,
    to: Ipv4Addr,
    receiver: Arc<Host>,
}

impl Faults {
    /// # Errors
    /// When the host cannot have faults.
    pub(super) async fn check(host: &Arc<Host>) -> io::Result<()> {
        let missing = host.run(MISSING, &[], Vec::new()).await?;
        let missing = String::from_utf8_lossy(&missing);
        match missing.lines().next() {
            None => Ok(()),
            Some(missing) => Err(io::Error::other(format!(
                "host `{}`: {missing}, which faults need\nhelp: leave out `.with_faults()`, or see to it",
                host.name()
            ))),
        }
    }

    pub(super) fn admit(&self, node: Arc<str>, host: Arc<Host>, address: IpAddr) {
        self.members().insert(node, Member { host, address });
    }

    fn members(&self) -> std::sync::MutexGuard<'_, HashMap<Arc<str>, Member>> {
        lock(&self.members)
    }

    /// # Errors
    /// When the address of one is not its own.
    fn path(&self, (from, to): &Pair) -> io::Result<Path> {
        let (sender, sends) = self.alone(from)?;
        let (receiver, receives) = self.alone(to)?;
        Ok(Path { from: sends, sender, to: receives, receiver })
    }

    fn alone(&self, node: &Arc<str>) -> io::Result<(Arc<Host>, Ipv4Addr)> {
        let members = self.members();
        let none = || io::Error::other(format!("node `{node}` has no host"));
        let Member { host, address } = members.get(node).ok_or_else(none)?;
        let shares = members.iter().find(|(other, member)| *other != node && member.address == *address);
        match (address, shares) {
            (_, Some((other, _))) => Err(io::Error::other(format!(
                "the nodes `{node}` and `{other}` have the same address, {address}, so that their packets cannot be told apart\n\
                 help: give the place as many hosts as it has nodes, each with an address of its own"
            ))),
            (IpAddr::V4(address), None) => Ok((host.clone(), *address)),
            (IpAddr::V6(address), None) => Err(io::Error::other(format!(
                "node `{node}` has the address {address}; faults on other hosts are of IPv4\n\
                 help: give its host an address: `.address(\"{}\", ..)`",
                host.name()
            ))),
        }
    }

    pub(super) async fn set(&self, rules: &[Rule]) -> io::Result<()> {
        let paths = rules.iter().map(|rule| Ok((self.path(&rule.pair)?, NftHold::of(rule))));
        let paths = paths.collect::<io::Result<Vec<_>>>()?;
        let mut receivers = self.receivers.lock().await;
        let mut changes: HashMap<String, (Arc<Host>, String)> = HashMap::new();
        for (path, hold) in paths {
            let table = path.receiver.table();
            let receiver = receivers.entry(table.clone()).or_insert_with(|| NftReceiver::new(&table, path.to));
            let (_, script) = changes.entry(table).or_insert_with(|| (path.receiver, String::new()));
            *script += &receiver.change(path.from, hold);
        }
        for (host, script) in changes.into_values() {
            host.run(CHANGE, &[], script.into_bytes()).await?;
        }
        Ok(())
    }

    /// What was counted on these paths: nothing where no rule has been. It is read once on each host.
    async fn counted(&self, paths: &[Path], of: fn(&NftCounters) -> Passages) -> io::Result<Vec<Passage>> {
        let tables: HashSet<_> = self.receivers.lock().await.keys().cloned().collect();
        let mut by_receiver = HashMap::new();
        let mut counted = Vec::new();
        for path in paths {
            let table = path.receiver.table();
            let passages = match by_receiver.entry(table) {
                Entry::Occupied(read) => read.into_mut(),
                Entry::Vacant(unread) if !tables.contains(unread.key()) => unread.insert(HashMap::new()),
                Entry::Vacant(unread) => {
                    let written = path.receiver.run(COUNTERS, &[unread.key()], Vec::new()).await?;
                    let unreadable = || io::Error::other("what `nft` has counted cannot be read");
                    unread.insert(of(&NftCounters::read(&written).ok_or_else(unreadable)?))
                }
            };
            counted.push(passages.get(&[path.from][..]).copied().unwrap_or_default());
        }
        Ok(counted)
    }

    pub(super) async fn passages(&self, pairs: &[Pair]) -> io::Result<Vec<Passage>> {
        self.counted(&self.paths(pairs)?, NftCounters::packets).await
    }

    /// Sends probes, and waits until all have come to where they are counted, or have had their time.
    pub(super) async fn probe(&self, pairs: &[Pair], packets: u32) -> io::Result<Vec<Passage>> {
        let paths = self.paths(pairs)?;
        let before = self.counted(&paths, NftCounters::probes).await?;
        let mut by_sender: HashMap<String, (Arc<Host>, Vec<String>)> = HashMap::new();
        for path in &paths {
            let (_, to) = by_sender.entry(path.sender.table()).or_insert_with(|| (path.sender.clone(), Vec::new()));
            to.push(path.to.to_string());
        }
        let packets_each = packets.to_string();
        for (sender, to) in by_sender.into_values() {
            let arguments: Vec<_> = std::iter::once(&packets_each).chain(&to).map(String::as_str).collect();
            sender.run(PROBE, &arguments, Vec::new()).await?;
        }
        let deadline = Deadline::after(ON_ITS_WAY);
        loop {
            let after = self.counted(&paths, NftCounters::probes).await?;
            let since: Vec<_> = after.into_iter().zip(&before).map(|(after, before)| after.since(*before)).collect();
            if since.iter().all(|passage| passage.sent >= u64::from(packets)) || deadline.left().is_zero() {
                return Ok(since);
            }
            pause(PAUSE).await;
        }
    }

    fn paths(&self, pairs: &[Pair]) -> io::Result<Vec<Path>> {
        pairs.iter().map(|pair| self.path(pair)).collect()
    }
}
