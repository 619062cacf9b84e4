//! The files of a report.

use std::io;
use std::path::{Path, PathBuf};

use cluster_topology::Topology;

use super::facts::Facts;
use super::jsonl::{EVENTS, jsonl};
use super::page::page;
use super::replay::{LinkState, Replay};
use super::text::text;
use crate::handle::grouped;
use crate::place;

/// How many bytes the events in the page, in `events.jsonl` and in the logs of nodes may have; a report stays below 20 MB.
const MOST_OF_PAGE: usize = 7 << 20;
pub(super) const MOST_OF_JSONL: usize = 7 << 20;
const MOST_OF_LOGS: usize = 4 << 20;
/// How many nodes have a log of their own.
const MOST_LOGS: usize = 1000;
/// How many characters of a node's name are part of that of its log.
const MOST_OF_A_NAME: usize = 80;

/// Writes all files into a new directory, and returns that.
///
/// # Errors
/// When one cannot be written.
pub(super) fn write_anew(facts: &Facts) -> io::Result<PathBuf> {
    let directory = place::new_report_directory(facts.settings.directory.as_deref(), &facts.test.directory())?;
    write(facts, &directory)?;
    Ok(directory)
}

/// Writes all files.
///
/// # Errors
/// When one cannot be written.
pub(super) fn write(facts: &Facts, directory: &Path) -> io::Result<()> {
    for (name, contents) in story(facts) {
        place::write_file(&directory.join(name), contents.as_bytes())?;
    }
    place::write_file(&directory.join(EVENTS), jsonl(&facts.events, MOST_OF_JSONL).as_bytes())?;
    write_logs(facts, directory)?;
    link_files(facts, directory)
}

/// The files that tell the whole story. What is read first is the first, in case that the rest cannot be written.
pub(super) fn story(facts: &Facts) -> [(&'static str, String); 3] {
    let replay = Replay::new(&facts.declared, &facts.events);
    let topology = facts.declared.to_svg_with(&observed(&replay, facts.events_before()));
    [("report.txt", text(facts)), ("report.html", page(facts, &replay, MOST_OF_PAGE)), ("topology.svg", topology)]
}

/// The links that were up after so many events.
fn observed(replay: &Replay, events: usize) -> Topology {
    let mut observed = Topology::new(replay.names.iter().cloned());
    let (_, links) = replay.states_after(events);
    for (link, state) in replay.links.iter().zip(links) {
        if matches!(state, LinkState::Up | LinkState::Undeclared) {
            // Both are indices of names, and they differ.
            let _ = observed.link(link.ends.0, link.ends.1);
        }
    }
    observed
}

/// Links the directories of nodes, as far as they are not linked yet.
pub(super) fn link_files(facts: &Facts, directory: &Path) -> io::Result<()> {
    for (node, files) in &facts.files {
        place::link_directory(files, &directory.join("files").join(file_name(node)))?;
    }
    Ok(())
}

/// A log per node. Where there is too much, the oldest lines of each are left out.
fn write_logs(facts: &Facts, directory: &Path) -> io::Result<()> {
    let is_troubled = |(name, _): &(&str, _)| facts.troubled.iter().any(|node| *node.name == **name);
    let logs = grouped(facts.events.iter().map(|event| (&*event.node, format!("{event}\n"))));
    let (mut logs, others): (Vec<_>, Vec<_>) = logs.into_iter().partition(is_troubled);
    logs.extend(others);
    logs.truncate(MOST_LOGS);
    let most = MOST_OF_LOGS / logs.len().max(1);
    for (name, lines) in logs {
        let mut bytes = 0;
        let kept = lines.iter().rev().take_while(|line| {
            bytes += line.len();
            bytes <= most
        });
        let left_out = lines.len() - kept.count();
        let note = if left_out > 0 { format!("({left_out} older lines are left out)\n") } else { String::new() };
        let log = note + &lines[left_out..].concat();
        place::write_file(&directory.join("logs").join(file_name(name) + ".log"), log.as_bytes())?;
    }
    Ok(())
}

fn file_name(node: &str) -> String {
    let is_safe = |c: char| c.is_alphanumeric() || "._-".contains(c);
    let name: String = node.chars().take(MOST_OF_A_NAME).map(|c| if is_safe(c) { c } else { '_' }).collect();
    if name.starts_with('.') { format!("_{name}") } else { name }
}
