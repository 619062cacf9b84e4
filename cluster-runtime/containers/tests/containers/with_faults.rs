//! Links that are broken, as at other places.

#[path = "../../../../tests/tests/places/cuts.rs"]
mod cuts;

use std::sync::Arc;

use cluster_containers::Containers;

use super::at_all_places;
use super::engines::Engine;
use super::swarms::Swarm;

/// Where a test runs.
#[derive(Clone, Debug)]
pub struct At(Containers);

impl From<Arc<Engine>> for At {
    fn from(engine: Arc<Engine>) -> Self {
        Self(engine.place().with_faults())
    }
}

impl From<Arc<Swarm>> for At {
    fn from(swarm: Arc<Swarm>) -> Self {
        Self(swarm.place().with_faults())
    }
}

impl At {
    pub fn place(&self) -> Containers {
        self.0.clone()
    }

    pub fn counts_packets(&self) -> bool {
        true
    }

    pub fn has_ways_around(&self) -> bool {
        false
    }
}
