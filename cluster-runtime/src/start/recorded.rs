//! The report of a cluster that is written while it runs, where one is written always.

use std::sync::Weak;

use super::cluster::Cluster;
use super::facts::facts;
use crate::lock::lock;
use crate::report::{Occasion, Record, Settings, Test, When};

/// Begins the report of a cluster that has started its nodes, if it is asked for. Other values of the cluster have none.
pub(super) fn begin(cluster: &Cluster) {
    let known = cluster.known().filter(|known| known.record.is_none());
    let Some(known) = known.filter(|_| Settings::of_environment().when == When::Always) else { return };
    let weak = cluster.weak();
    let facts = move |test: Test| {
        let inner = Weak::upgrade(&weak)?;
        let known = lock(&inner).known()?;
        Some(facts(&known, test, Occasion::Running, true))
    };
    match Record::begin(known.thread.as_deref(), known.cluster.home().journal(), facts) {
        Ok(record) => cluster.record(record),
        Err(error) => eprintln!("the report cannot be written while the test runs: {error}"),
    }
}
