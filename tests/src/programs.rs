//! Nodes that are small programs.

use cluster_runtime::process::ProcessKind;
use cluster_runtime::{Feature, Node, Process};

/// A shell that runs this script; `$0` is the name of its node.
pub fn script(text: impl Into<String>) -> Process {
    let text = text.into();
    Process::new("sh", move |node, command| {
        command.arg("-c").arg(&text).arg(node.name());
    })
    .supports(Feature::Private)
}

/// A program that does nothing.
pub fn sleeper() -> Process {
    script("exec sleep 1000")
}

/// Removes the files of a node that a report has named: they stay for a person to look at.
///
/// # Panics
/// When they are not there.
pub fn remove_files<K: ProcessKind>(node: &Node<K>) {
    let files = node.dir().expect("it has a directory");
    std::fs::remove_dir_all(files).expect("its directory is there");
}
