use std::io;
use std::sync::Arc;

use super::bites::Bites;
use super::path::{Block, Path, Traffic};
use crate::clock;

/// The two paths between two nodes, as one of them sees them.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    both: Arc<[Path; 2]>,
    own: usize,
}

impl Paths {
    /// As the first of the two nodes sees them.
    pub(crate) fn new() -> Self {
        Self { both: Arc::default(), own: 0 }
    }

    /// As the other node sees them.
    pub(crate) fn reversed(&self) -> Self {
        Self { both: self.both.clone(), own: 1 - self.own }
    }

    /// To the other node.
    pub(crate) fn out(&self) -> &Path {
        &self.both[self.own]
    }

    /// From the other node.
    pub(crate) fn back(&self) -> &Path {
        &self.both[1 - self.own]
    }

    /// Waits as long as a dial of the other node takes that is allowed: a connection needs both paths.
    ///
    /// # Errors
    /// When a fault refuses or resets it.
    pub(super) async fn admit(&self, traffic: Traffic) -> io::Result<()> {
        let mut is_counted = traffic == Traffic::OfProbe;
        loop {
            let (out, back) = (self.out().changed(), self.back().changed());
            let Some(block) = self.block() else { break };
            if !is_counted {
                self.count(Bites::dial);
                is_counted = true;
            }
            match block {
                Block::BlackHole => tokio::select! { () = out => {} () = back => {} },
                Block::Refuse => return Err(io::ErrorKind::ConnectionRefused.into()),
                Block::Reset => return Err(io::ErrorKind::ConnectionReset.into()),
            }
        }
        let latency = [self.out(), self.back()].map(|path| path.conditions().latency.unwrap_or_default());
        let round_trip = latency[0] + latency[1];
        if !round_trip.is_zero() {
            if traffic == Traffic::OfNodes {
                self.count_once(Path::delaying, Bites::dial);
            }
            clock::pause(round_trip).await;
        }
        Ok(())
    }

    /// Counts something of a connection for each fault that blocks it.
    pub(super) fn count(&self, count: impl Fn(&Bites)) {
        self.count_once(Path::blocking, count);
    }

    fn count_once(&self, of: impl Fn(&Path) -> Vec<Arc<Bites>>, count: impl Fn(&Bites)) {
        let mut faults = of(self.out());
        for fault in of(self.back()) {
            if !faults.iter().any(|known| Arc::ptr_eq(known, &fault)) {
                faults.push(fault);
            }
        }
        faults.iter().for_each(|fault| count(fault));
    }

    /// How a connection is blocked, if it is.
    pub(super) fn block(&self) -> Option<Block> {
        self.out().block().max(self.back().block())
    }
}
