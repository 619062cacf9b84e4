//! A cluster that one test has after the other.

use std::thread;

use super::cluster::Cluster;
use super::facts::{Known, last_words};
use crate::report::Occasion;

/// A test has it from now on: what failed before was no failure of it.
pub(crate) fn lend(cluster: &Cluster) {
    cluster.home().verdict().survived();
}

/// The test of this thread has it no more. If that panics or a wait of it has failed, that is told as of a cluster of its own.
pub(crate) fn take_back(cluster: &Cluster) {
    let Some(known) = cluster.known() else { return };
    let has_failed = thread::panicking() || known.cluster.home().verdict().failed().is_some();
    if has_failed {
        let thread = thread::current().name().map(Into::into);
        // The one that is written while the cluster runs goes on.
        let known = Known { thread, record: None, ..known };
        eprintln!("{}", last_words(&known, Occasion::Dropped).join("\n"));
    }
}
