//! The deaths of nodes, which end every wait on a node of their cluster.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::error::{Death, End, Error, Result};

/// The nodes of a cluster that have died, until they run again.
#[derive(Debug, Default)]
pub(crate) struct Deaths {
    heard: Mutex<Heard>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Heard {
    /// By the id of the node.
    deaths: BTreeMap<u64, Death>,
    /// Whether waits continue when nodes die.
    are_tolerated: bool,
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
            heard.deaths.insert(node, death);
        }
        drop(heard);
        self.changed.notify_waiters();
    }

    /// The node is started again, or its death counts as expected.
    pub(crate) fn forget(&self, node: u64) {
        self.heard().deaths.remove(&node);
    }

    /// Whether waits end, as nodes have died.
    pub(crate) fn end_waits(&self) -> bool {
        !self.untolerated().is_empty()
    }

    /// Returns the output of `work`, unless a node dies first and deaths are not tolerated.
    ///
    /// # Errors
    /// Those of the work, and [`Error::Died`]. What fails where nodes have lost their runtime fails for that.
    pub(crate) async fn unless_death<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let output = tokio::select! {
            biased;
            output = work => output,
            deaths = self.heard_of() => return Err(Error::Died { deaths }),
        };
        output.map_err(|error| self.without_runtime().map_or(error, |deaths| Error::Died { deaths }))
    }

    /// The deaths by the loss of a runtime.
    fn without_runtime(&self) -> Option<Vec<Death>> {
        let heard = self.heard();
        let lost = heard.deaths.values().filter(|death| matches!(death.end, End::RuntimeGone));
        Some(lost.cloned().collect::<Vec<_>>()).filter(|lost| !lost.is_empty())
    }

    /// Resolves when nodes have died, unless deaths are tolerated.
    async fn heard_of(&self) -> Vec<Death> {
        loop {
            let changed = self.changed.notified();
            let deaths = self.untolerated();
            if !deaths.is_empty() {
                return deaths;
            }
            changed.await;
        }
    }

    fn untolerated(&self) -> Vec<Death> {
        let heard = self.heard();
        if heard.are_tolerated { Vec::new() } else { heard.deaths.values().cloned().collect() }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
