use std::fmt;
use std::sync::Arc;

use super::evidence::Evidence;
use crate::net::Counts;
use crate::node::InForce;
use crate::start::View;
use crate::wait::Wait;

/// A fault of a cluster. It stays in force until it is [healed](Fault::heal), whether or not this handle is kept.
#[derive(Clone)]
pub struct Fault {
    cluster: View,
    in_force: Arc<InForce>,
}

impl Fault {
    pub(super) fn new(cluster: View, in_force: Arc<InForce>) -> Self {
        Self { cluster, in_force }
    }

    pub(super) fn cluster(&self) -> &View {
        &self.cluster
    }

    pub(super) fn in_force(&self) -> &Arc<InForce> {
        &self.in_force
    }

    /// Returns what it is, as in "the cut between `a` and `b`".
    pub fn name(&self) -> &str {
        &self.in_force.name
    }

    /// Returns what it has done to the traffic of nodes so far.
    pub fn evidence(&self) -> Evidence {
        self.in_force.look_for_dials();
        let Counts { connections, dials, bytes, ends, datagrams, packets } = self.in_force.counts();
        let direct = u64::try_from(self.in_force.direct()).unwrap_or(u64::MAX);
        let (lasted, crossed) = (self.in_force.lasted(), self.in_force.crossed());
        Evidence { lasted, direct, connections, dials, bytes, ends, datagrams, packets, crossed }
    }

    /// Waits until traffic of nodes runs into it.
    ///
    /// # Errors
    /// When none has within 30 s (or [`timeout`](Wait::timeout)); when a node dies.
    pub fn wait_bitten(&self) -> Wait<'static, ()> {
        let fault = self.clone();
        let awaited = fault.name().to_owned();
        let watch = fault.cluster.home().watch(move || format!("traffic that runs into {awaited}"));
        Wait::of(watch, move |deadline| async move {
            let bitten = async {
                fault.in_force.until_bitten().await;
                Ok(())
            };
            match deadline.bound(fault.cluster.home().unless_death(Box::pin(bitten))).await {
                Some(bitten) => bitten,
                None => Err(fault.cluster.bit_nothing(&fault.in_force).into()),
            }
        })
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({}: {})", self.name(), self.evidence())
    }
}
