//! The thread that all plumbing is done on.

use std::io;
use std::sync::LazyLock;

use tokio::runtime::{Builder, Handle};

/// How many threads beside it look through the system's processes and remove directories.
const BLOCKING: usize = 2;

/// The runtime of that thread. It lives as long as the process.
pub(super) fn background() -> io::Result<&'static Handle> {
    static HANDLE: LazyLock<io::Result<Handle>> = LazyLock::new(|| {
        let runtime = Builder::new_current_thread().enable_io().max_blocking_threads(BLOCKING).build()?;
        let handle = runtime.handle().clone();
        std::thread::Builder::new()
            .name("cluster-programs".to_owned())
            .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
        Ok(handle)
    });
    HANDLE.as_ref().map_err(|error| io::Error::new(error.kind(), error.to_string()))
}
