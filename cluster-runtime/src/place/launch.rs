//! What is spawned, and where its output goes.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Exit, Spot};
use crate::driver::Driver;

/// The largest output of a command that is captured, in bytes.
const MOST_CAPTURED: usize = 16 << 20;

/// A program to spawn.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// Its path, or its name in PATH.
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// The names of named pipes, which are created before and read until the program ends.
    pub(crate) pipes: Vec<String>,
    /// Whether it binds the node's ports without SO_REUSEADDR, so that their reservation must be released before.
    pub(crate) without_reuseaddr: bool,
}

impl Launch {
    pub(crate) fn new(program: &str) -> Self {
        let program = program.to_owned();
        Self { program, arguments: Vec::new(), environment: Vec::new(), pipes: Vec::new(), without_reuseaddr: false }
    }
}

/// An output of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outlet {
    Stdout,
    Stderr,
    /// A named pipe.
    Pipe,
}

/// Receives what a program writes.
pub(crate) trait Sink: Send + 'static {
    /// The next bytes, which need not be whole lines.
    fn take(&mut self, outlet: Outlet, bytes: &[u8]);

    /// The program has ended, and all its output was taken.
    fn finish(&mut self);
}

/// The output and the exit of a command.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) exit: Exit,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// Runs a program to its end.
pub(crate) async fn capture(spot: &dyn Spot, driver: &Driver, launch: &Launch) -> io::Result<Captured> {
    let output = Capture::default();
    let running = spot.spawn_command(driver, launch, Box::new(output.clone())).await?;
    // The driver kills what it leaves running.
    let (exit, _) = running.ended().await?;
    let (stdout, stderr) = std::mem::take(&mut *output.0.lock().unwrap_or_else(PoisonError::into_inner));
    if stdout.len() == MOST_CAPTURED {
        return Err(io::Error::other(format!("`{}` wrote more than {MOST_CAPTURED} bytes", launch.program)));
    }
    Ok(Captured { exit, stdout, stderr })
}

#[derive(Clone, Default)]
struct Capture(Arc<Mutex<(Vec<u8>, Vec<u8>)>>);

impl Sink for Capture {
    fn take(&mut self, outlet: Outlet, bytes: &[u8]) {
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let output = if outlet == Outlet::Stderr { &mut output.1 } else { &mut output.0 };
        let fits = bytes.len().min(MOST_CAPTURED - output.len());
        output.extend_from_slice(&bytes[..fits]);
    }

    fn finish(&mut self) {}
}
