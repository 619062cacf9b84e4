//! Only `place`, `net` and `clock` use files, sockets, processes and the system's clock.
#![allow(clippy::disallowed_methods, reason = "it reads the sources")]

use std::fs;
use std::path::{Path, PathBuf};

/// The modules that others must not name. Clippy refuses their functions by `clippy.toml`, one by one.
const TOUCH: [&str; 7] =
    ["std::fs", "std::net::Tcp", "std::net::Udp", "std::process", "tokio::net", "rustix", "socket2"];

#[test]
fn only_the_ground_touches_the_system() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    // The tests of isolated nodes use sockets as a service does.
    let ground = ["place", "net", "clock", "isolated/tests"].map(|ground| sources.join(ground));
    for file in files_below(&sources).into_iter().filter(|file| !ground.iter().any(|ground| file.starts_with(ground))) {
        let text = fs::read_to_string(&file).expect("a source is text");
        let touch = text
            .lines()
            .find(|line| !line.trim_start().starts_with("//") && TOUCH.iter().any(|name| line.contains(name)));
        assert_eq!(touch, None, "in {}", file.display());
    }
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("it is there").map(|entry| entry.expect("it is there").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
