//! The deaths of nodes, which end every wait on a node of their cluster.

use std::sync::{Mutex, MutexGuard};

use tokio::sync::Notify;

use crate::error::{Death, End, Error, Result};
use crate::lock::lock;
use crate::place::BoxFuture;

/// Whether the death of the node of this id counts, and with this number.
pub(super) type Counts<'a> = &'a (dyn Fn(u64, u64) -> bool + Sync);

/// The nodes of a cluster that have died, until they run again.
#[derive(Debug, Default)]
pub(crate) struct Deaths {
    heard: Mutex<Heard>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Heard {
    /// Each with the id of its node, by which they are in order, and with its number.
    deaths: Vec<(u64, u64, Death)>,
    /// The number of the next one.
    next: u64,
    /// Whether waits continue when nodes die.
    are_tolerated: bool,
}

impl Heard {
    fn counted(&self, counts: Counts<'_>) -> Vec<Death> {
        let counted = self.deaths.iter().filter(|(node, number, _)| counts(*node, *number));
        counted.map(|(.., death)| death.clone()).collect()
    }

    fn forget(&mut self, node: u64) {
        self.deaths.retain(|(dead, ..)| *dead != node);
    }
}

impl Deaths {
    /// Sets whether waits continue when nodes die.
    pub(crate) fn tolerate(&self, are_tolerated: bool) {
        self.heard().are_tolerated = are_tolerated;
    }

    /// Adds a death, if the node is still dead: it may have been started again, or its death may be expected by now. Both of
    /// these [forget](Self::forget) it afterwards. Whoever learns of the end by what `is_dead` does finds the death here.
    pub(super) fn add(&self, node: u64, death: Death, is_dead: impl FnOnce() -> bool) {
        let mut heard = self.heard();
        if is_dead() {
            let number = heard.next;
            heard.next += 1;
            heard.forget(node);
            let place = heard.deaths.partition_point(|(other, ..)| *other < node);
            heard.deaths.insert(place, (node, number, death));
        }
        drop(heard);
        self.changed.notify_waiters();
    }

    /// The node is started again, or its death counts as expected.
    pub(crate) fn forget(&self, node: u64) {
        self.heard().forget(node);
    }

    /// Whether waits end, as nodes have died.
    pub(crate) fn end_waits(&self) -> bool {
        !self.untolerated(&|_, _| true).is_empty()
    }

    /// The number of the next one.
    pub(super) fn next(&self) -> u64 {
        self.heard().next
    }

    /// Returns the output of `work`, unless a node dies first whose id and number `counts` accepts, and deaths are not tolerated.
    ///
    /// # Errors
    /// Those of the work, and [`Error::Died`]. What fails where nodes have lost their runtime fails for that.
    pub(super) async fn unless<T>(&self, counts: Counts<'_>, work: BoxFuture<'_, Result<T>>) -> Result<T> {
        let output = tokio::select! {
            biased;
            output = work => output,
            deaths = self.heard_of(counts) => return Err(Error::died(deaths)),
        };
        output.map_err(|error| self.without_runtime(counts).map_or(error, Error::died))
    }

    /// The deaths by the loss of a runtime that `counts` accepts.
    fn without_runtime(&self, counts: Counts<'_>) -> Option<Vec<Death>> {
        let mut lost = self.heard().counted(counts);
        lost.retain(|death| matches!(death.end, End::RuntimeGone));
        Some(lost).filter(|lost| !lost.is_empty())
    }

    /// Resolves when nodes have died that `counts` accepts, unless deaths are tolerated.
    async fn heard_of(&self, counts: Counts<'_>) -> Vec<Death> {
        loop {
            let changed = self.changed.notified();
            let deaths = self.untolerated(counts);
            if !deaths.is_empty() {
                return deaths;
            }
            changed.await;
        }
    }

    fn untolerated(&self, counts: Counts<'_>) -> Vec<Death> {
        let heard = self.heard();
        if heard.are_tolerated { Vec::new() } else { heard.counted(counts) }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        lock(&self.heard)
    }
}
