//! What is spawned, and where its output goes.

use std::io;
use std::sync::{Arc, Mutex};

use super::{Exit, Spot};
use crate::driver::Driver;
use crate::lock::lock;

/// The largest output of a command that is captured, in bytes.
const MOST_CAPTURED: usize = 16 << 20;

/// A program to spawn.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Launch {
    /// Its path, or its name in PATH.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables of its environment, in addition to those of the test.
    pub environment: Vec<(String, String)>,
    /// The names of named pipes in the directory, which are created before and read until the program ends.
    pub pipes: Vec<String>,
    /// Whether it binds the node's ports without SO_REUSEADDR, so that their reservation must be released before.
    pub without_reuseaddr: bool,
}

impl Launch {
    pub(crate) fn new(program: &str) -> Self {
        let program = program.to_owned();
        Self { program, arguments: Vec::new(), environment: Vec::new(), pipes: Vec::new(), without_reuseaddr: false }
    }
}

/// An output of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlet {
    /// Its standard output.
    Stdout,
    /// Its standard error.
    Stderr,
    /// A named pipe.
    Pipe,
}

/// Receives what a program writes.
pub trait Sink: Send + 'static {
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
    let (stdout, stderr) = std::mem::take(&mut *lock(&output.0));
    if stdout.len() == MOST_CAPTURED {
        return Err(io::Error::other(format!("`{}` wrote more than {MOST_CAPTURED} bytes", launch.program)));
    }
    Ok(Captured { exit, stdout, stderr })
}

#[derive(Clone, Default)]
struct Capture(Arc<Mutex<(Vec<u8>, Vec<u8>)>>);

impl Sink for Capture {
    fn take(&mut self, outlet: Outlet, bytes: &[u8]) {
        let mut output = lock(&self.0);
        let output = if outlet == Outlet::Stderr { &mut output.1 } else { &mut output.0 };
        let fits = bytes.len().min(MOST_CAPTURED - output.len());
        output.extend_from_slice(&bytes[..fits]);
    }

    fn finish(&mut self) {}
}
