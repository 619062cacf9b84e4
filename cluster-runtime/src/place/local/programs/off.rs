//! Without the feature `process` there are no programs: nothing describes one.

use std::io;
use std::net::SocketAddr;

use super::files::LocalFiles;
use crate::driver::Driver;
use crate::place::{Launch, Running, Sink};

#[derive(Debug, Default)]
pub(super) struct LocalPrograms(());

impl LocalPrograms {
    pub(super) fn group(&self) -> Option<u32> {
        None
    }

    pub(super) fn is_running(&self) -> bool {
        false
    }

    pub(super) async fn until_gone(&self) {}

    pub(super) async fn spawn(
        &self,
        _: &Driver,
        _: &LocalFiles,
        _: &Launch,
        _: &[SocketAddr],
        _: Box<dyn Sink>,
    ) -> io::Result<Running> {
        Err(needs_the_feature())
    }

    pub(super) async fn spawn_beside(_: &Driver, _: &LocalFiles, _: &Launch, _: Box<dyn Sink>) -> io::Result<Running> {
        Err(needs_the_feature())
    }
}

fn needs_the_feature() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "programs need the feature `process`")
}
