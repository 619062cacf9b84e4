//! SIGTERM, by which a harness ends a test that takes too long.

use std::io::{self, Write};
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

/// What a shell reports of a program that SIGTERM has ended.
const STATUS: i32 = 128 + 15;

/// Calls `last` when this process is sent SIGTERM from now on, and then ends it.
///
/// # Errors
/// When there can be no thread that waits for it. Then the signal ends the process as ever.
pub(crate) fn before_termination(last: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let runtime = Undropped(Some(Builder::new_current_thread().enable_io().build()?));
    // Here and not in the thread, which may begin late.
    let mut heard = {
        let _in = runtime.0.as_ref().map(Runtime::enter);
        signal(SignalKind::terminate())?
    };
    let wait = move || {
        let heard = runtime.0.as_ref().and_then(|runtime| runtime.block_on(heard.recv()));
        if heard.is_some() {
            last();
            std::process::exit(STATUS);
        }
    };
    thread::Builder::new().name("cluster-sigterm".to_owned()).spawn(wait).map(drop)
}

/// A runtime that is given up within another one after an error, where tokio lets none be dropped.
struct Undropped(Option<Runtime>);

impl Drop for Undropped {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(Runtime::shutdown_background);
    }
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
