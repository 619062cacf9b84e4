//! Faults between nodes, by what the keepers of their hosts may do to their networks.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cluster_runtime::place::{NftCounters, NftHold, Pair, Passage, Passages, Rule};
use cluster_runtime::wait::Deadline;

use crate::keeper::Keeper;
use crate::rules::{self, Change, Member, Path, Rules, Scripts};

/// How long a probe may be on its way.
const ON_ITS_WAY: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(2);

/// The faults of a cluster.
#[derive(Debug)]
pub(crate) struct Faults {
    /// Those of the hosts.
    keepers: Vec<Arc<Keeper>>,
    members: Mutex<HashMap<Arc<str>, Member>>,
    rules: Mutex<Rules>,
    /// The nodes that count.
    counting: Mutex<BTreeSet<Member>>,
    /// What has become of the probes so far, where all that were sent have been counted: only this sends some.
    probed: Mutex<HashMap<Path, Passage>>,
}

impl Faults {
    pub(crate) fn new(keepers: Vec<Arc<Keeper>>) -> Self {
        let (members, rules, counting, probed) = Default::default();
        Self { keepers, members, rules, counting, probed }
    }

    /// Takes in nodes whose networks are held by these processes.
    ///
    /// # Errors
    /// When a keeper cannot enter them.
    pub(crate) async fn admit(&self, nodes: &[(Arc<str>, Member, i64)]) -> io::Result<()> {
        let processes: Vec<_> = nodes.iter().map(|(_, member, process)| (*member, *process)).collect();
        self.run(rules::enter(&processes)).await?;
        lock(&self.members).extend(nodes.iter().map(|(name, member, _)| (name.clone(), *member)));
        Ok(())
    }

    /// Runs each of these at its host, and returns what they have written. All are on their way at the first poll: they run to their
    /// ends even if this is dropped.
    async fn run(&self, scripts: Scripts) -> io::Result<Vec<String>> {
        let running: Vec<_> = scripts.into_iter().map(|(host, script)| self.keepers[host].run(script)).collect();
        let mut written = Vec::new();
        for answer in running {
            written.push(answer.await?);
        }
        Ok(written)
    }

    fn path(&self, (from, to): &Pair) -> io::Result<Path> {
        let members = lock(&self.members);
        let member = |name: &Arc<str>| {
            members.get(name).copied().ok_or_else(|| io::Error::other(format!("node `{name}` has no container")))
        };
        Ok((member(from)?, member(to)?))
    }

    fn paths(&self, pairs: &[Pair]) -> io::Result<Vec<Path>> {
        pairs.iter().map(|pair| self.path(pair)).collect()
    }

    pub(crate) async fn set(&self, wanted: &[Rule]) -> io::Result<()> {
        let hold = |rule: &Rule| Ok((self.path(&rule.pair)?, NftHold::of(rule)));
        let holds = wanted.iter().map(hold).collect::<io::Result<Vec<_>>>()?;
        let Change { scripts, closing, new } = lock(&self.rules).change(&holds);
        self.run(scripts).await?;
        self.run(closing).await?;
        lock(&self.counting).extend(holds.iter().map(|((_, to), _)| *to));
        lock(&self.probed).extend(new.into_iter().map(|path| (path, Passage::default())));
        Ok(())
    }

    pub(crate) async fn passages(&self, pairs: &[Pair]) -> io::Result<Vec<Passage>> {
        self.counted(&self.paths(pairs)?, NftCounters::packets, Scripts::new()).await
    }

    /// What was counted on these paths, nothing where no rule has been, after these scripts have ended at their hosts.
    async fn counted(
        &self,
        paths: &[Path],
        of: fn(&NftCounters) -> Passages,
        mut scripts: Scripts,
    ) -> io::Result<Vec<Passage>> {
        let receivers: BTreeSet<_> = paths.iter().map(|(_, to)| *to).collect();
        let counting: BTreeSet<_> = lock(&self.counting).intersection(&receivers).copied().collect();
        rules::count(&counting, &mut scripts);
        let written = self.run(scripts).await?.concat();
        let unreadable = || io::Error::other("what `nft` has counted cannot be read");
        let lines: Vec<_> = written.lines().filter(|line| !line.is_empty()).collect();
        let read = |lines: &[&str]| {
            let [number, counters] = lines else { return None };
            Some((number.parse().ok()?, of(&NftCounters::read(counters.as_bytes())?)))
        };
        let by_receiver: Option<HashMap<u32, Passages>> = lines.chunks(2).map(read).collect();
        let by_receiver = by_receiver.filter(|read| read.len() == counting.len()).ok_or_else(unreadable)?;
        let passage = |(from, to): &Path| by_receiver.get(&to.number)?.get(&[from.addr][..]).copied();
        Ok(paths.iter().map(|path| passage(path).unwrap_or_default()).collect())
    }

    /// Sends probes, and waits until all have come to where they are counted, or have had their time.
    pub(crate) async fn probe(&self, pairs: &[Pair], packets: u32) -> io::Result<Vec<Passage>> {
        let paths = self.paths(pairs)?;
        let known: Option<Vec<_>> = {
            let mut probed = lock(&self.probed);
            paths.iter().map(|path| probed.remove(path)).collect()
        };
        let before = match known {
            Some(before) => before,
            None => self.counted(&paths, NftCounters::probes, Scripts::new()).await?,
        };
        let mut sorted = paths.clone();
        sorted.sort_unstable();
        let mut sending = rules::probe(&sorted, packets);
        let deadline = Deadline::after(ON_ITS_WAY);
        loop {
            let after = self.counted(&paths, NftCounters::probes, std::mem::take(&mut sending)).await?;
            let since: Vec<_> = after.iter().zip(&before).map(|(after, before)| after.since(*before)).collect();
            if since.iter().all(|passage| passage.sent >= u64::from(packets)) {
                lock(&self.probed).extend(paths.into_iter().zip(after));
                return Ok(since);
            }
            if deadline.left().is_zero() {
                return Ok(since);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
