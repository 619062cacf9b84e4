//! The progress of a start that takes long, for a person at a terminal.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;

use super::options::Options;
use super::report;
use crate::clock::pause;
use crate::driver::Driver;
use crate::error::Error;
use crate::handle::AnyNode;
use crate::lock::lock;
use crate::place;

/// How long a start may take before its progress is shown.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is shown anew.
const INTERVAL: Duration = Duration::from_millis(500);
/// How many characters of it are shown, so that it stays on one line.
const MOST: usize = 120;

/// Shows the progress of a start on the terminal, until it is dropped.
pub(super) struct Progress {
    line: Arc<Mutex<Line>>,
    _until_dropped: oneshot::Sender<()>,
}

/// The line on the terminal.
struct Line {
    nodes: Vec<AnyNode>,
    is_shown: bool,
}

impl Progress {
    /// `None` where nobody would see it.
    pub(super) fn new(driver: &Driver, nodes: &[AnyNode], options: &Options) -> Option<Self> {
        if !place::is_watched() {
            return None;
        }
        let (until_dropped, dropped) = oneshot::channel::<()>();
        let line = Arc::new(Mutex::new(Line { nodes: nodes.to_vec(), is_shown: false }));
        let (shown, wait_connections) = (line.clone(), options.wait_connections);
        let showing = async move {
            pause(PATIENCE).await;
            loop {
                lock(&shown).show(wait_connections);
                pause(INTERVAL).await;
            }
        };
        driver.spawn(async move {
            tokio::select! {
                _ = dropped => {}
                () = showing => {}
            }
        });
        Some(Self { line, _until_dropped: until_dropped })
    }
}

impl Line {
    fn show(&mut self, wait_connections: bool) {
        if !self.nodes.is_empty() {
            place::write_over(&progress(&self.nodes, wait_connections));
            self.is_shown = true;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let mut line = lock(&self.line);
        line.nodes.clear();
        if line.is_shown {
            place::write_over("");
        }
    }
}

/// How far a start is, and the first thing that it waits for.
fn progress(nodes: &[AnyNode], wait_connections: bool) -> String {
    let Error::StartTimeout(unfinished) = report::timeout(nodes, PATIENCE, wait_connections) else {
        return String::new();
    };
    let ready = nodes.len() - unfinished.unready.len();
    let mut line = format!("ready {} of {}", grouped(ready), grouped(nodes.len()));
    if wait_connections {
        let links = nodes.iter().map(|node| node.context().links().count()).sum::<usize>() / 2;
        let up = links.saturating_sub(unfinished.missing.len());
        line += &format!(", links {} of {}", grouped(up), grouped(links));
    }
    let unready = unfinished.unready.first().map(|node| format!("{}: {}", node.node, node.waiting_for));
    if let Some(waiting_for) = unready.or_else(|| unfinished.missing.first().map(ToString::to_string)) {
        line += &format!(", waiting for {waiting_for}");
    }
    line.lines().next().unwrap_or_default().chars().take(MOST).collect()
}

/// A number with a comma between each three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn long_numbers_have_commas() {
        assert_eq!([7, 37, 1000, 1_234_567].map(grouped), ["7", "37", "1,000", "1,234,567"]);
    }
}
