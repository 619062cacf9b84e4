//! Commands that run in a container beside its program.

use std::io;
use std::pin::Pin;

use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::{CreateExecOptions, StartExecResults};
use futures_core::Stream;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::engine::Engine;
use crate::stream::next;

/// Writes the status of a command as the last line of its errors: an engine may not know it yet when its output has ended.
const WITH_STATUS: &str = r#""$@"; echo "$?" >&2"#;

/// The streams of a command. Its input ends when this is dropped.
pub(crate) struct Exec {
    pub(crate) input: Pin<Box<dyn AsyncWrite + Send>>,
    pub(crate) output: Pin<Box<dyn Stream<Item = Result<LogOutput, Error>> + Send>>,
}

impl Exec {
    /// Starts a command in a container that runs.
    ///
    /// # Errors
    /// When the engine cannot.
    pub(crate) async fn start(engine: &Engine, container: &str, command: Vec<&str>) -> io::Result<Self> {
        let options = CreateExecOptions {
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            cmd: Some(command),
            ..CreateExecOptions::default()
        };
        let docker = engine.docker();
        let created = docker.create_exec(container, options).await.map_err(|error| engine.about(&error))?;
        match docker.start_exec(&created.id, None).await.map_err(|error| engine.about(&error))? {
            StartExecResults::Attached { output, input } => Ok(Self { input, output }),
            StartExecResults::Detached => Err(io::Error::other("the engine has not connected a command")),
        }
    }

    /// Waits for a line of its errors; `None` where they end before.
    pub(crate) async fn first_error(&mut self) -> Option<String> {
        loop {
            match next(&mut self.output).await?.ok()? {
                // What is not from the command is the engine's.
                LogOutput::StdErr { message } | LogOutput::Console { message } => {
                    return Some(String::from_utf8_lossy(&message).trim().to_owned());
                }
                _ => {}
            }
        }
    }
}

/// Runs a script of a shell with these arguments and this input to its end, and returns its output.
///
/// # Errors
/// When it fails, with what it has written about that.
pub(crate) async fn run(
    engine: &Engine,
    container: &str,
    script: &str,
    arguments: &[&str],
    input: &[u8],
) -> io::Result<Vec<u8>> {
    let command = [&["sh", "-c", WITH_STATUS, "sh", "sh", "-c", script, "sh"], arguments].concat();
    let Exec { input: mut stdin, mut output } = Exec::start(engine, container, command).await?;
    // One that has ended before it has read all says why.
    let _ = stdin.write_all(input).await;
    let _ = stdin.shutdown().await;
    let (mut written, mut errors) = (Vec::new(), Vec::new());
    while let Some(piece) = next(&mut output).await {
        match piece.map_err(|error| engine.about(&error))? {
            LogOutput::StdErr { message } => errors.extend(message),
            piece => written.extend(piece.into_bytes()),
        }
    }
    let errors = String::from_utf8_lossy(&errors);
    let (errors, status) = errors.trim_end().rsplit_once('\n').unwrap_or(("", errors.trim_end()));
    match status {
        "0" => Ok(written),
        // The engine may have said why.
        "" => Err(io::Error::other(format!("container `{container}`: {}", String::from_utf8_lossy(&written).trim()))),
        _ if errors.is_empty() => Err(io::Error::other(format!("a command failed with status {status}"))),
        _ => Err(io::Error::other(errors.to_owned())),
    }
}
