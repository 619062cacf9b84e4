//! Writes a member with a bug, for the tests: it answers a vote that it has not saved.

use std::path::PathBuf;
use std::{env, fs};

const SAVED: &str = "                self.save()?; // Before it is answered.\n";

fn main() {
    println!("cargo::rerun-if-changed=member.rs");
    let member = fs::read_to_string("member.rs").expect("it is beside this");
    assert_eq!(member.matches(SAVED).count(), 1, "`{SAVED}` is not once in member.rs");
    let forgetful =
        member.replace(SAVED, "").lines().filter(|line| !line.starts_with("//!")).collect::<Vec<_>>().join("\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("forgetful.rs"), forgetful).expect("cargo has made the directory");
}
