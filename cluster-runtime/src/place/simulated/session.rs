use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};

use super::spot::SimulatedSpot;
use crate::place::{BoxFuture, Session, Spot, Wanted};

/// The host of the first node; the next one has the next. They are on loopback, so that a dial that leaves the simulation by
/// mistake comes to no other machine.
const FIRST_HOST: Ipv4Addr = Ipv4Addr::new(127, 1, 0, 1);

/// Gives each node a host, in the order in which they come.
#[derive(Debug, Default)]
pub(super) struct SimulatedSession {
    hosts: AtomicU32,
}

impl SimulatedSession {
    fn spot(&self, wanted: Wanted) -> io::Result<Box<dyn Spot>> {
        let number = self.hosts.fetch_add(1, Ordering::Relaxed);
        let host = Ipv4Addr::from_bits(FIRST_HOST.to_bits() + number);
        Ok(Box::new(SimulatedSpot::new(host, wanted)?))
    }
}

impl Session for SimulatedSession {
    fn admit(&self, nodes: Vec<Wanted>) -> BoxFuture<'_, io::Result<Vec<Box<dyn Spot>>>> {
        Box::pin(async { nodes.into_iter().map(|wanted| self.spot(wanted)).collect() })
    }
}
