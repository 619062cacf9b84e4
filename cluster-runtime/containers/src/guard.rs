//! What removes the keeper of a run if this process ends before the keeper runs.

use std::io;
use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::tools::find;

/// It reads a line, or the end of its input. The container may be made yet when it looks.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
read -r line && exit
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    "$1" --silent --output /dev/null --max-time 5 --unix-socket "$2" --request DELETE "http://engine/containers/$3?force=1"
    sleep 0.2
done
"#;

/// A shell of this machine whose input ends with this process. When it is dropped it removes a container, unless it was dismissed.
#[derive(Debug)]
pub(crate) struct Guard(Child);

impl Guard {
    pub(crate) fn start(socket: &Path, container: &str) -> io::Result<Self> {
        let curl = find("curl").ok_or(io::ErrorKind::NotFound)?;
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "guard"]).arg(curl).arg(socket).arg(container).current_dir("/").process_group(0);
        Ok(Self(shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
    }

    /// It is needed no longer.
    pub(crate) async fn dismiss(mut self) {
        if let Some(input) = &mut self.0.stdin {
            // It may have been killed.
            let _ = input.write_all(b"\n").await;
        }
        let _ = self.0.wait().await;
    }
}
