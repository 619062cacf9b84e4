//! Seeds a bug into an example, for each test of `bugs.rs`: one place of its source is replaced.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// A bug in an example.
struct Bug {
    /// The name of its test.
    name: &'static str,
    /// The source that it is in.
    file: &'static str,
    /// What is replaced, and by what.
    right: &'static str,
    wrong: &'static str,
}

const BUGS: [Bug; 12] = [
    Bug { name: "a_path_is_misspelt", file: "own_server/main.rs", right: "\"/hello/{}\"", wrong: "\"/hallo/{}\"" },
    Bug {
        name: "one_peer_is_not_admitted",
        file: "own_server/main.rs",
        right: "any(|peer| peer.name() == name)",
        wrong: "any(|peer| peer.name() == name && name != \"servers.3\")",
    },
    Bug {
        name: "a_handler_panics",
        file: "own_server/main.rs",
        right: "        node.connected(&name);\n",
        wrong: "        assert_ne!(name, \"servers.2\", \"the table of sessions is full\");\n        node.connected(&name);\n",
    },
    Bug { name: "a_server_is_never_ready", file: "own_server/main.rs", right: "    node.ready();\n", wrong: "" },
    Bug {
        name: "a_lock_is_taken_twice",
        file: "own_server/main.rs",
        right: "    node.ready();\n",
        wrong: "    let table = std::sync::Mutex::new(());\n    {\n        let _first = table.lock();\n        drop(table.lock());\n    }\n    node.ready();\n",
    },
    Bug {
        name: "a_port_is_that_of_another_server",
        file: "own_server/main.rs",
        right: "Listening(node.listen()?)",
        wrong: "tokio::net::TcpListener::bind(node.peers()[0].addr()).await?",
    },
    Bug {
        name: "a_server_ends_early",
        file: "own_server/main.rs",
        right: "async move { node.stopped().await }",
        wrong: "async {}",
    },
    Bug {
        name: "a_node_gossips_in_another_cluster",
        file: "gossip_udp/main.rs",
        right: "cluster_id: \"example\".to_owned()",
        wrong: "cluster_id: if node.name() == \"others.3\" { \"exmaple\" } else { \"example\" }.to_owned()",
    },
    Bug { name: "a_cut_is_not_healed", file: "partition.rs", right: "cut.heal().await?;", wrong: "" },
    Bug {
        name: "the_cliques_are_not_all_linked",
        file: "gossip.rs",
        right: "topology::ring(&cliques).for_each",
        wrong: "topology::ring(&cliques).take(2).for_each",
    },
    Bug {
        name: "an_entry_cannot_be_applied",
        file: "raft/store.rs",
        right: "EntryPayload::Normal(word) => applied.words.push(word)",
        wrong: "EntryPayload::Normal(word) => panic!(\"there is no room for {word:?}\")",
    },
    Bug {
        name: "a_configuration_is_broken",
        file: "daemons.rs",
        right: "use yggdrasil();",
        wrong: "use yggdrasil().config(async |node: cluster_runtime::process::ProcessContext| node.write(\"node.json\", \"{ Listen: [\").await);",
    },
];

fn main() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut modules = String::new();
    for bug in BUGS {
        let source = with_bug(&examples, &bug);
        let _ = write!(modules, "pub mod {} {{\n{source}}}\n", bug.name);
    }
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("bugs.rs"), modules).expect("cargo has made the directory");
}

/// The source of an example as a module.
fn with_bug(examples: &Path, bug: &Bug) -> String {
    let package = bug.file.split_once('/').map(|(package, _)| package);
    let modules = match package {
        Some("raft") => &["network", "store"][..],
        Some("gossip_udp") => &["transport"][..],
        _ => &[][..],
    };
    let file_of = |module: &str| package.map_or(bug.file.to_owned(), |package| format!("{package}/{module}.rs"));
    let read = |file: &str| {
        println!("cargo::rerun-if-changed={}", examples.join(file).display());
        let source = fs::read_to_string(examples.join(file)).expect("the example is there");
        if file != bug.file {
            return source;
        }
        assert_eq!(source.matches(bug.right).count(), 1, "`{}` is not once in {file}", bug.right);
        source.replace(bug.right, bug.wrong)
    };
    let mut source = read(&file_of("main"));
    for module in modules {
        let inner = read(&file_of(module)).replace("crate::", "super::");
        source = source.replace(&format!("mod {module};\n"), &format!("mod {module} {{\n{}}}\n", as_module(&inner)));
    }
    as_module(&source)
}

/// Leaves out what belongs to a crate only, and tests.
fn as_module(source: &str) -> String {
    let tests = ["faults", "reports", "tests"].map(|module| format!("#[cfg(test)]\nmod {module};\n"));
    let source = tests.iter().fold(source.to_owned(), |source, module| source.replace(module, ""));
    let source = source.replace("async fn main()", "pub async fn main()");
    let is_of_crate = |line: &&str| line.starts_with("//!") || *line == "#[test]";
    source.lines().filter(|line| !is_of_crate(line)).map(|line| line.to_owned() + "\n").collect()
}
