//! Links that are broken, as at other places.

#[path = "../../../../tests/tests/places/cuts.rs"]
mod cuts;

use std::sync::Arc;

use cluster_containers::Containers;

use super::engines::Engine;
use super::{at_all_places, is_installed, remove_files};

/// The engine where a test runs.
#[derive(Clone, Debug)]
pub struct At(Arc<Engine>);

impl From<Arc<Engine>> for At {
    fn from(engine: Arc<Engine>) -> Self {
        Self(engine)
    }
}

impl At {
    pub fn place(&self) -> Containers {
        self.0.place().with_faults()
    }

    fn counts_packets(&self) -> bool {
        true
    }

    fn has_ways_around(&self) -> bool {
        false
    }
}
