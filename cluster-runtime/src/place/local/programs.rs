use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use super::files::LocalFiles;
use super::launch;
use crate::driver::Driver;
use crate::place::running::Gone;
use crate::place::{Launch, Running, Sink};

/// The programs of a node on this machine.
#[derive(Debug, Default)]
pub(in crate::place) struct LocalPrograms {
    /// The end of the program that was spawned last.
    last: Mutex<Option<Gone>>,
    /// Its process group.
    group: Mutex<Option<u32>>,
}

impl LocalPrograms {
    pub(in crate::place) fn group(&self) -> Option<u32> {
        *self.group.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in crate::place) fn is_running(&self) -> bool {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(Gone::is_of_running)
    }

    /// The program that ran last has gone, with all that it held: its ports, its files.
    pub(in crate::place) async fn until_gone(&self) {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(last) = last {
            last.wait().await;
        }
    }

    /// Spawns a program, once the last one has gone. Addresses that it binds without SO_REUSEADDR are free before that.
    pub(in crate::place) async fn spawn(
        &self,
        driver: &Driver,
        files: &LocalFiles,
        launch: &Launch,
        unshared: &[SocketAddr],
        sink: Box<dyn Sink>,
    ) -> io::Result<Running> {
        self.until_gone().await;
        let running = launch::spawn(driver, files.directory()?, launch, unshared, sink).await?;
        *self.group.lock().unwrap_or_else(PoisonError::into_inner) = running.program().process();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(running.when_gone());
        Ok(running)
    }

    /// Spawns a command beside the program.
    pub(in crate::place) async fn spawn_beside(
        driver: &Driver,
        files: &LocalFiles,
        launch: &Launch,
        sink: Box<dyn Sink>,
    ) -> io::Result<Running> {
        launch::spawn(driver, files.directory()?, launch, &[], sink).await
    }
}
