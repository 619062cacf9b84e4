//! Writes the network of the example `raft` for turmoil: its streams are turmoil's, and all else stays as it is.

use std::path::PathBuf;
use std::{env, fs};

const EXAMPLE: &str = "../../examples/raft/network.rs";
const REPLACED: [(&str, &str); 2] = [
    ("cluster_runtime::NodeContext", "crate::host::Host as NodeContext"),
    ("cluster_runtime::net::Stream", "turmoil::net::TcpStream as Stream"),
];

fn main() {
    println!("cargo::rerun-if-changed={EXAMPLE}");
    let mut network = fs::read_to_string(EXAMPLE).expect("the example is there");
    for (theirs, turmoils) in REPLACED {
        assert_eq!(network.matches(theirs).count(), 1, "`{theirs}` is not once in {EXAMPLE}");
        network = network.replace(theirs, turmoils);
    }
    let network: Vec<_> = network.lines().filter(|line| !line.starts_with("//!")).collect();
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("network.rs"), network.join("\n")).expect("cargo has made the directory");
}
