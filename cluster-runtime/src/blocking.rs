//! Futures on the threads of tests that are not async.

use std::future::Future;

use tokio::runtime::{Builder, Handle};

use crate::error::{Error, Result};

/// # Errors
/// When the caller's thread is one of an async runtime, which must not be blocked.
pub(crate) fn check_thread() -> Result {
    match Handle::try_current() {
        Ok(_) => Err(Error::Blocking),
        Err(_) => Ok(()),
    }
}

/// Runs a future to its end on the caller's thread, with a runtime that lasts as long.
///
/// # Errors
/// Those of the future, and of [`check_thread`]; when no runtime can be had.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    check_thread()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let output = runtime.block_on(future);
    // A blocking call that was left in it must not keep a wait from ending.
    runtime.shutdown_background();
    output
}
