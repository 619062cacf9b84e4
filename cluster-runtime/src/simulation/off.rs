//! Without the feature `simulated` nothing is simulated: its types have no values.

#[allow(dead_code, reason = "nothing stands still")]
mod halt;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::clock::VirtualTime;

pub(crate) use halt::Halt;

type Work<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Stands for the simulation.
#[derive(Clone, Debug)]
pub(crate) struct Simulation(Infallible);

/// Stands for what wakes its tasks.
#[derive(Debug)]
pub(crate) struct Schedule(Infallible);

#[cfg(feature = "tracing")]
pub(crate) fn is_simulation() -> bool {
    false
}

impl Simulation {
    pub(crate) fn start(_: u64) -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "simulated time needs the feature `simulated`"))
    }

    pub(crate) fn seed(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) fn runtime(&self) -> &Handle {
        match self.0 {}
    }

    pub(crate) fn time(&self) -> &VirtualTime {
        match self.0 {}
    }

    pub(crate) fn schedule(&self) -> &Arc<Schedule> {
        match self.0 {}
    }

    pub(crate) fn drive<'a, T>(&self, _: Work<'a, T>) -> Work<'a, Result<T, Halt>> {
        match self.0 {}
    }

    pub(crate) fn is_closed(&self) -> bool {
        match self.0 {}
    }

    pub(crate) fn close(&self) {
        match self.0 {}
    }
}

impl Schedule {
    pub(crate) fn never(&self) -> ! {
        match self.0 {}
    }
}
