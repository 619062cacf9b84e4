use std::future::Future;

use crate::error::{Error, Result};
use crate::node::NodeContext;
use crate::place::{Exit, Launch, capture};

/// How many bytes of a command's standard error are shown.
const SHOWN: usize = 2000;

/// The arguments and the environment of a program. The environment is that of the test, with additions.
#[derive(Clone, Debug)]
pub struct Command {
    node: NodeContext,
    launch: Launch,
}

impl Command {
    pub(super) fn new(program: &str, node: &NodeContext) -> Self {
        Self { node: node.clone(), launch: Launch::new(program) }
    }

    /// Adds an argument, as text.
    pub fn arg(&mut self, argument: impl ToString) -> &mut Self {
        self.launch.arguments.push(argument.to_string());
        self
    }

    /// Adds arguments.
    pub fn args<T: ToString>(&mut self, arguments: impl IntoIterator<Item = T>) -> &mut Self {
        self.launch.arguments.extend(arguments.into_iter().map(|argument| argument.to_string()));
        self
    }

    /// Sets a variable of the environment.
    pub fn env(&mut self, name: impl Into<String>, value: impl ToString) -> &mut Self {
        self.launch.environment.push((name.into(), value.to_string()));
        self
    }

    /// Runs the program to its end, and returns its standard output. If the future is dropped, the program is killed.
    ///
    /// # Errors
    /// When it cannot be run, or does not exit with status 0; the error contains its standard error.
    pub fn run(&self) -> impl Future<Output = Result<String>> + Send + use<> {
        let Self { node, launch } = self.clone();
        async move {
            let captured = capture(node.state().spot(), node.driver()?, &launch).await?;
            let stdout = String::from_utf8_lossy(&captured.stdout).into_owned();
            if captured.exit == Exit::Status(0) {
                return Ok(stdout);
            }
            let errors =
                if captured.stderr.is_empty() { stdout.into() } else { String::from_utf8_lossy(&captured.stderr) };
            let errors = &errors[errors.floor_char_boundary(errors.len().saturating_sub(SHOWN))..];
            let call = format!("{} {}", launch.program, launch.arguments.join(" "));
            Err(Error::other(format!("the command `{call}` {}: {}", captured.exit, errors.trim_end())))
        }
    }

    /// Has this program run it, with these arguments first.
    pub(super) fn wrapped(mut self, wrapper: &str, arguments: &[String]) -> Self {
        let program = std::mem::replace(&mut self.launch.program, wrapper.to_owned());
        self.launch.arguments.splice(..0, arguments.iter().cloned().chain([program]));
        self
    }

    /// The command line as text.
    pub(super) fn written(&self) -> String {
        let words = std::iter::once(&self.launch.program).chain(&self.launch.arguments).map(String::as_str);
        words.collect::<Vec<_>>().join(" ")
    }

    pub(super) fn launch(self) -> Launch {
        self.launch
    }
}
