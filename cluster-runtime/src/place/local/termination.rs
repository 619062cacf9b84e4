//! SIGTERM, by which a harness ends a test that takes too long.

use std::io::{self, Write};
use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// What a shell reports of a program that SIGTERM has ended.
const STATUS: i32 = 128 + 15;

/// Calls `last` when this process is sent SIGTERM, and then ends it.
///
/// # Errors
/// When there can be no thread that waits for it. Then the signal ends the process as ever.
pub(crate) fn before_termination(last: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let wait = move || {
        let Ok(runtime) = Builder::new_current_thread().enable_io().build() else { return };
        let asked = runtime
            .block_on(async { signal(SignalKind::terminate())?.recv().await.ok_or(io::ErrorKind::Other.into()) });
        let asked: io::Result<()> = asked;
        if asked.is_ok() {
            last();
            std::process::exit(STATUS);
        }
    };
    thread::Builder::new().name("cluster-sigterm".to_owned()).spawn(wait).map(drop)
}

/// Whether this program was built by cargo as a test, which a harness runs.
pub(crate) fn is_test() -> bool {
    let program = std::env::current_exe().unwrap_or_default();
    program.parent().and_then(|parent| parent.file_name()).is_some_and(|parent| parent == "deps")
}

/// Writes lines to standard error, also where what is printed is captured.
pub(crate) fn write_uncaptured(lines: &[String]) {
    // There is nobody to tell of an error.
    let _ = io::stderr().write_all(format!("\n{}\n", lines.join("\n")).as_bytes());
}
