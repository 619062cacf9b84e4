use std::fmt;
use std::io;

use super::BoxFuture;

/// Runs scripts on a host, for [`ScriptedFiles`](super::ScriptedFiles) and [`Copies`](super::Copies).
pub trait Shell: fmt::Debug + Send + Sync + 'static {
    /// Runs a script, in the language of a POSIX shell, with these arguments and this input to its end, and returns its output.
    ///
    /// # Errors
    /// When it fails, with what it has written about that.
    fn run<'a>(
        &'a self,
        script: &'static str,
        arguments: &'a [&'a str],
        input: &'a [u8],
    ) -> BoxFuture<'a, io::Result<Vec<u8>>>;
}
