use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::holder::Holder;
use super::network::{self, MOST, Member};
use super::rules::{COUNTERS, Path, Rules, TABLE};
use super::sockets::Sockets;
use super::spot::NamespaceSpot;
use crate::lock::lock;
use crate::place::{BoxFuture, NftCounters, NftHold, Pair, Passage, Passages, Rule, Session, Spot, Wanted};

/// The namespaces of one cluster.
#[derive(Debug)]
pub(super) struct NamespacesSession {
    holder: Arc<Holder>,
    sockets: Arc<Sockets>,
    members: Mutex<HashMap<Arc<str>, Member>>,
    /// How many namespaces were made.
    made: AtomicUsize,
    rules: Mutex<Rules>,
    /// What has become of the probes so far: only this sends some.
    probed: Mutex<HashMap<Path, Passage>>,
}

impl NamespacesSession {
    pub(super) async fn open() -> io::Result<Self> {
        let holder = Arc::new(Holder::start()?);
        holder.run(format!("{}\n{TABLE}", network::middle())).await?;
        let sockets = Arc::new(Sockets::open(&holder).await?);
        Ok(Self {
            holder,
            sockets,
            members: Mutex::default(),
            made: AtomicUsize::new(0),
            rules: Mutex::default(),
            probed: Mutex::default(),
        })
    }

    /// # Errors
    /// When one of the nodes has no namespace.
    fn path(&self, (from, to): &Pair) -> io::Result<Path> {
        let members = lock(&self.members);
        let member = |name: &Arc<str>| {
            let none = || io::Error::other(format!("node `{name}` has no network namespace"));
            members.get(name).copied().ok_or_else(none)
        };
        Ok((member(from)?, member(to)?))
    }

    fn paths(&self, pairs: &[Pair]) -> io::Result<Vec<Path>> {
        pairs.iter().map(|pair| self.path(pair)).collect()
    }

    async fn counted(&self, paths: &[Path], of: fn(&NftCounters) -> Passages) -> io::Result<Vec<Passage>> {
        let written = self.holder.run(COUNTERS.to_owned()).await?;
        let unreadable = || io::Error::other("what `nft` has counted cannot be read");
        let counted = of(&NftCounters::read(written.as_bytes()).ok_or_else(unreadable)?);
        let passage = |(from, to): &Path| counted.get(&[from.addr(), to.addr()][..]).copied().unwrap_or_default();
        Ok(paths.iter().map(passage).collect())
    }
}

impl Session for NamespacesSession {
    fn admit(&self, nodes: Vec<Wanted>) -> BoxFuture<'_, io::Result<Vec<Box<dyn Spot>>>> {
        Box::pin(async move {
            let new: Vec<Member> = {
                let first = self.made.fetch_add(nodes.len(), Ordering::Relaxed);
                if first + nodes.len() > MOST {
                    return Err(io::Error::other(format!("a cluster has at most {MOST} of them")));
                }
                let new = nodes.iter().zip(first..).map(|(node, number)| (node.name.clone(), Member(number)));
                let new: Vec<_> = new.collect();
                lock(&self.members).extend(new.iter().cloned());
                new.into_iter().map(|(_, member)| member).collect()
            };
            self.holder.run(network::members(&new)).await?;
            let spot = |(node, member): (Wanted, Member)| -> io::Result<Box<dyn Spot>> {
                Ok(Box::new(NamespaceSpot::new(node, member, self.holder.clone(), self.sockets.clone())?))
            };
            nodes.into_iter().zip(new).map(spot).collect()
        })
    }

    fn set_rules<'a>(&'a self, rules: &'a [Rule]) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async move {
            let hold = |rule: &Rule| Ok((self.path(&rule.pair)?, NftHold::of(rule)));
            let holds = rules.iter().map(hold).collect::<io::Result<Vec<_>>>()?;
            let script = lock(&self.rules).change(&holds);
            self.holder.run(script).await.map(drop)
        })
    }

    fn probe<'a>(&'a self, pairs: &'a [Pair], packets: u32) -> BoxFuture<'a, io::Result<Vec<Passage>>> {
        Box::pin(async move {
            let paths = self.paths(pairs)?;
            self.sockets.probe(&self.holder, &paths, packets).await?;
            let after = self.counted(&paths, NftCounters::probes).await?;
            let mut probed = lock(&self.probed);
            let since = |(path, after): (Path, Passage)| after.since(probed.insert(path, after).unwrap_or_default());
            Ok(paths.into_iter().zip(after).map(since).collect())
        })
    }

    fn passages<'a>(&'a self, pairs: &'a [Pair]) -> BoxFuture<'a, io::Result<Vec<Passage>>> {
        Box::pin(async move { self.counted(&self.paths(pairs)?, NftCounters::packets).await })
    }
}
