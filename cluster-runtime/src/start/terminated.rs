//! What is told when a harness ends a test by SIGTERM, as at its timeout.

use std::sync::{LazyLock, Mutex, Weak};

use super::cluster::{Cluster, Inner};
use super::facts::last_words;
use crate::lock::lock;
use crate::place;
use crate::report::{Occasion, Settings, When};

/// The clusters that were started, as long as they live.
type Clusters = Mutex<Vec<Weak<Mutex<Inner>>>>;

/// `None` where nothing is told: this is no test, or it was not asked for.
static CLUSTERS: LazyLock<Option<Clusters>> = LazyLock::new(|| {
    let is_asked = place::is_test() && Settings::of_environment().when != When::Never;
    (is_asked && place::before_termination(tell_all).is_ok()).then(Mutex::default)
});

/// The cluster is told of when the test is ended from now on.
pub(super) fn watch(cluster: &Cluster) {
    if let Some(clusters) = &*CLUSTERS {
        let mut clusters = lock(clusters);
        clusters.retain(|cluster| cluster.strong_count() > 0);
        clusters.push(cluster.weak());
    }
}

fn tell_all() {
    let Some(clusters) = &*CLUSTERS else { return };
    let clusters = std::mem::take(&mut *lock(clusters));
    for inner in clusters.iter().filter_map(Weak::upgrade) {
        // Not held meanwhile, as the test still runs.
        let known = lock(&inner).known();
        if let Some(known) = known {
            place::write_uncaptured(&last_words(&known, Occasion::Terminated));
        }
        // What is dropped here would print; the process is about to end.
        std::mem::forget(inner);
    }
}
