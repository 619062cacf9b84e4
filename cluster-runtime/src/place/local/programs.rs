use std::io;
use std::net::SocketAddr;

use super::files::LocalFiles;
use super::launch;
use crate::driver::Driver;
use crate::place::running::LastProgram;
use crate::place::{Launch, Running, Sink};

/// The programs of a node on this machine.
#[derive(Debug, Default)]
pub(in crate::place) struct LocalPrograms {
    last: LastProgram,
}

impl LocalPrograms {
    /// The process group of the program that was spawned last.
    pub(in crate::place) fn group(&self) -> Option<u32> {
        self.last.process()
    }

    pub(in crate::place) fn is_running(&self) -> bool {
        self.last.is_running()
    }

    /// The program that ran last has gone, with all that it held: its ports, its files.
    pub(in crate::place) async fn until_gone(&self) {
        self.last.until_gone().await;
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
        self.last.set(&running);
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
