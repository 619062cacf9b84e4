//! Networks of `octez-node`: of the one that the variable `OCTEZ_NODE` names, or else of a **stand-in**, which is no Octez
//! node. What asks something of the stand-in that no node does is skipped with a real one.
#![allow(clippy::disallowed_methods, reason = "a test touches the system itself")]

mod clusters;
mod events;
mod lives;
mod places;
mod refusals;
mod rpc;
mod stand_in;

use cluster_octez::{Chain, Octez, OctezNode};
use cluster_runtime::{Node, Result};

/// The node under test.
fn octez() -> Octez {
    if is_real() { Octez::new() } else { Octez::new().path(env!("CARGO_BIN_EXE_octez-node")) }
}

/// Removes the files of a node that a report has named: they stay for a person to look at.
fn remove_files<C: Chain>(node: &Node<OctezNode<C>>) -> Result {
    Ok(std::fs::remove_dir_all(node.dir()?)?)
}

/// Whether a real node is tested.
fn is_real() -> bool {
    std::env::var_os("OCTEZ_NODE").is_some()
}

/// Whether the stand-in is tested; otherwise a line says what is skipped.
fn is_stand_in(test: &str) -> bool {
    if is_real() {
        println!("skipped: {test} asks something of the stand-in that octez-node does not do");
    }
    !is_real()
}
