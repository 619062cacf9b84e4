//! Where events go: a named pipe, one JSON object a line.

use std::fs::metadata;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::levels::{Level, Levels};
use crate::refusal::Result;

const SCHEME: &str = "file-descriptor-path://";
/// What Tezt gives its pipes.
const MODE: u32 = 0o640;

/// Writes events, in their order, without waiting for whoever reads them.
#[derive(Clone, Debug)]
pub(crate) struct Sink {
    levels: Levels,
    lines: UnboundedSender<Vec<u8>>,
}

impl Sink {
    /// Opens what the variable of the environment says.
    pub(crate) fn open(variable: &str) -> Result<Self> {
        let (path, levels) = parse(variable)?;
        let pipe = open_pipe(&path).map_err(|why| format!("the pipe {}: {why}", path.display()))?;
        let (lines, receiver) = unbounded_channel();
        tokio::spawn(write(pipe, receiver));
        Ok(Self { levels, lines })
    }

    /// Writes an event, if the levels admit it.
    pub(crate) fn event(&self, section: &[&str], level: Level, name: &str, value: Value) {
        if !self.levels.admit(section, level) {
            return;
        }
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let item = json!({ "hostname": "stand-in", "time_stamp": time, "section": section, "event": { name: value } });
        self.write(format!("{}\n", json!({ "fd-sink-item.v0": item })).into_bytes());
    }

    /// Writes anything.
    pub(crate) fn write(&self, bytes: Vec<u8>) {
        // The writer only ends when nobody reads any more.
        let _ = self.lines.send(bytes);
    }
}

fn parse(variable: &str) -> Result<(PathBuf, Levels)> {
    if variable.contains(char::is_whitespace) {
        return Err(format!("white space separates sinks, and one is expected, in `{variable}`"));
    }
    let uri = variable.strip_prefix(SCHEME).ok_or_else(|| format!("expected `{SCHEME}..`, found `{variable}`"))?;
    let (path, query) = uri.split_once('?').ok_or_else(|| format!("expected levels after a `?` in `{variable}`"))?;
    let path = PathBuf::from(path);
    if !path.is_absolute() {
        return Err(format!("expected an absolute path, found `{}`", path.display()));
    }
    Ok((path, Levels::parse(query)?))
}

fn open_pipe(path: &Path) -> Result<pipe::Sender> {
    let metadata = metadata(path).map_err(|error| error.to_string())?;
    if !metadata.file_type().is_fifo() {
        return Err("it is no pipe".to_owned());
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode != MODE {
        return Err(format!("its mode is {mode:o}, expected {MODE:o}"));
    }
    // This does not wait for a reader: it is expected to be there before the node is.
    pipe::OpenOptions::new().open_sender(path).map_err(|error| format!("nobody reads it: {error}"))
}

async fn write(mut pipe: pipe::Sender, mut lines: UnboundedReceiver<Vec<u8>>) {
    while let Some(line) = lines.recv().await {
        if pipe.write_all(&line).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_absolute_path_with_levels_is_read() {
        let (path, _) = parse("file-descriptor-path:///tmp/pipe?section-prefix=:info").expect("it is well formed");
        assert_eq!(path, Path::new("/tmp/pipe"));
    }

    #[test]
    fn other_sinks_are_refused() {
        for variable in [
            "file-descriptor-path:///tmp/a b?section-prefix=:info",
            "file-descriptor-path://tmp/pipe?section-prefix=:info",
            "file-descriptor-path:///tmp/pipe",
            "file:///tmp/pipe?section-prefix=:info",
        ] {
            parse(variable).expect_err(variable);
        }
    }
}
