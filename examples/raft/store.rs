//! The log of a node, and what its entries amount to: in memory, for a test. Snapshots are off.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::Cursor;
use std::ops::RangeBounds;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openraft::storage::{LogFlushed, LogState, RaftLogStorage, RaftStateMachine};
use openraft::{
    Entry, EntryPayload, LogId, OptionalSend, RaftLogReader, RaftSnapshotBuilder, Snapshot, SnapshotMeta, StorageError,
    StoredMembership, Vote,
};

openraft::declare_raft_types!(
    /// Entries are words.
    pub Types: D = String, R = ()
);

type Stored<T = ()> = Result<T, StorageError<u64>>;
type Members = StoredMembership<u64, openraft::BasicNode>;

/// What a node has written down. It survives a crash of the node, as all who have a clone of it see the same.
#[derive(Clone, Default)]
pub struct Disk(Arc<Mutex<Saved>>);

#[derive(Default)]
struct Saved {
    /// A bug, for tests: a vote is answered before it is written down, and a crash loses it.
    forgets_votes: bool,
    vote: Option<Vote<u64>>,
    log: BTreeMap<u64, Entry<Types>>,
}

impl Disk {
    /// A disk to which votes are written too late.
    #[cfg(test)]
    pub fn forgetful() -> Self {
        Self(Arc::new(Mutex::new(Saved { forgets_votes: true, ..Saved::default() })))
    }

    /// What is found on it as a node starts.
    pub fn open(self) -> Self {
        let mut saved = self.saved();
        if saved.forgets_votes {
            saved.vote = None;
        }
        drop(saved);
        self
    }

    fn saved(&self) -> MutexGuard<'_, Saved> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RaftLogReader<Types> for Disk {
    async fn try_get_log_entries<R: RangeBounds<u64> + Clone + Debug + OptionalSend>(
        &mut self,
        range: R,
    ) -> Stored<Vec<Entry<Types>>> {
        Ok(self.saved().log.range(range).map(|(_, entry)| entry.clone()).collect())
    }
}

impl RaftLogStorage<Types> for Disk {
    type LogReader = Self;

    async fn get_log_state(&mut self) -> Stored<LogState<Types>> {
        let last_log_id = self.saved().log.values().last().map(|entry| entry.log_id);
        Ok(LogState { last_purged_log_id: None, last_log_id })
    }

    async fn get_log_reader(&mut self) -> Self {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote<u64>) -> Stored {
        self.saved().vote = Some(*vote);
        Ok(())
    }

    async fn read_vote(&mut self) -> Stored<Option<Vote<u64>>> {
        Ok(self.saved().vote)
    }

    async fn append<I>(&mut self, entries: I, flushed: LogFlushed<Types>) -> Stored
    where
        I: IntoIterator<Item = Entry<Types>> + OptionalSend,
    {
        self.saved().log.extend(entries.into_iter().map(|entry| (entry.log_id.index, entry)));
        flushed.log_io_completed(Ok(()));
        Ok(())
    }

    async fn truncate(&mut self, from: LogId<u64>) -> Stored {
        self.saved().log.split_off(&from.index);
        Ok(())
    }

    async fn purge(&mut self, _: LogId<u64>) -> Stored {
        Ok(())
    }
}

/// The words that were agreed on.
#[derive(Clone, Default)]
pub struct Words(Arc<Mutex<Applied>>);

#[derive(Default)]
struct Applied {
    last: Option<LogId<u64>>,
    members: Members,
    words: Vec<String>,
}

impl Words {
    pub fn all(&self) -> Vec<String> {
        self.applied().words.clone()
    }

    fn applied(&self) -> MutexGuard<'_, Applied> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RaftStateMachine<Types> for Words {
    type SnapshotBuilder = Self;

    async fn applied_state(&mut self) -> Stored<(Option<LogId<u64>>, Members)> {
        let applied = self.applied();
        Ok((applied.last, applied.members.clone()))
    }

    async fn apply<I>(&mut self, entries: I) -> Stored<Vec<()>>
    where
        I: IntoIterator<Item = Entry<Types>> + OptionalSend,
    {
        let mut applied = self.applied();
        let apply = |entry: Entry<Types>| {
            applied.last = Some(entry.log_id);
            match entry.payload {
                EntryPayload::Blank => {}
                EntryPayload::Normal(word) => applied.words.push(word),
                EntryPayload::Membership(members) => applied.members = Members::new(applied.last, members),
            }
        };
        Ok(entries.into_iter().map(apply).collect())
    }

    async fn get_snapshot_builder(&mut self) -> Self {
        self.clone()
    }

    async fn begin_receiving_snapshot(&mut self) -> Stored<Box<Cursor<Vec<u8>>>> {
        unimplemented!("snapshots are off")
    }

    async fn install_snapshot(
        &mut self,
        _: &SnapshotMeta<u64, openraft::BasicNode>,
        _: Box<Cursor<Vec<u8>>>,
    ) -> Stored {
        unimplemented!("snapshots are off")
    }

    async fn get_current_snapshot(&mut self) -> Stored<Option<Snapshot<Types>>> {
        Ok(None)
    }
}

impl RaftSnapshotBuilder<Types> for Words {
    async fn build_snapshot(&mut self) -> Stored<Snapshot<Types>> {
        unimplemented!("snapshots are off")
    }
}
