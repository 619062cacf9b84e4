//! The methods of a node that is a program.

use std::path::PathBuf;
use std::sync::Arc;

use super::ProcessKind;
use crate::error::Result;
use crate::handle::Node;
use crate::place::{Program, Signal};

/// What the handles of a node have access to while its program runs.
pub(super) struct RunningProgram {
    program: Arc<dyn Program>,
}

impl RunningProgram {
    pub(super) fn new(program: Arc<dyn Program>) -> Self {
        Self { program }
    }

    pub(super) fn program(&self) -> &dyn Program {
        &*self.program
    }
}

impl<K: ProcessKind> Node<K> {
    /// Returns the process id of its program, while it runs on this machine.
    pub fn process_id(&self) -> Option<u32> {
        self.provided::<RunningProgram>()?.program.process()
    }

    /// Sends a signal to the process group of its program. If the program ends by it, the node has died, as it was not stopped.
    ///
    /// # Errors
    /// When it is not running.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::error::End;
    /// use cluster_runtime::process::Signal;
    /// use cluster_runtime::{Error, Node, Process, Result};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let sleeper = Process::new("sleep", |_, command| {
    ///     command.arg(1000);
    /// });
    /// let node = Node::new(&sleeper, "sleeper");
    /// let _net = cluster_runtime::start(&node).public(true).await?;
    /// node.signal(Signal::Kill)?;
    /// let error = node.wait_stopped().await.expect_err("it was killed");
    /// let Error::Died { deaths, .. } = error else { panic!("{error:?}") };
    /// let End::Exited(exited) = &deaths[0].end else { panic!("{:?}", deaths[0].end) };
    /// assert_eq!(exited.exit, Signal::Kill.into());
    /// # std::fs::remove_dir_all(node.dir()?)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn signal(&self, signal: Signal) -> Result {
        let sent = self.provided::<RunningProgram>().and_then(|program| program.program.signal(signal).ok());
        sent.ok_or_else(|| self.not_running(format!("take the signal {signal:?}")))
    }

    /// Returns the directory of its program, with all its files. It exists as long as there is a handle to the node.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn dir(&self) -> Result<PathBuf> {
        Ok(self.context().dir()?.to_owned())
    }
}
