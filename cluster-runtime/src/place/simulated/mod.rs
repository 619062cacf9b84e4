//! In simulated time.

mod session;
mod spot;

use std::io;

use super::{Ability, BoxFuture, Place, Session};

/// In virtual time, on a simulated network: an hour of heartbeats takes seconds, and a failure comes back with its seed.
///
#[doc = include_str!("../../../SIMULATED.md")]
#[derive(Clone, Copy, Debug)]
#[must_use = "a place does nothing until a start has it: `.start().on(..)`"]
pub struct Simulated {
    seed: u64,
}

impl Simulated {
    /// A simulation whose random choices follow from this seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }
}

impl Place for Simulated {
    fn name(&self) -> &'static str {
        "in simulated time"
    }

    /// Links are broken where nodes send and receive, as in all of the test's process.
    fn can(&self, ability: Ability) -> bool {
        matches!(ability, Ability::InProcess | Ability::Relays | Ability::Pause)
    }

    fn check(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async { Ok(()) })
    }

    /// Nodes that are programs are refused whatever they run, and need not install it.
    fn check_program(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn simulation(&self) -> Option<u64> {
        Some(self.seed)
    }

    fn open(&self) -> BoxFuture<'_, io::Result<Box<dyn Session>>> {
        Box::pin(async { Ok(Box::new(session::SimulatedSession::default()) as Box<dyn Session>) })
    }
}

fn no_program() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "no program can run in simulated time")
}
