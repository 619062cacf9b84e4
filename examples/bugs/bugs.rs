//! The examples with bugs, which `build.rs` seeds: the first ten lines of each report name the cause.

use std::path::Path;

#[allow(clippy::all, dead_code, missing_docs, unused)]
mod seeded {
    include!(concat!(env!("OUT_DIR"), "/bugs.rs"));
}

/// An example with a bug, as a test that fails, and the test that reads its report.
macro_rules! bugs {
    ($($name:ident: $cause:expr, $factor:literal;)*) => {
        mod failing { $(
            #[test]
            #[ignore = "it fails on purpose"]
            fn $name() {
                super::seeded::$name::main().expect("it has no bug");
            }
        )* }

        $(
            #[test]
            fn $name() {
                names(stringify!($name), $cause, $factor);
            }
        )*
    };
}

bugs! {
    a_path_is_misspelt: "servers.1 - boot: servers.1 reports it, boot does not", 0.1;
    one_peer_is_not_admitted: "servers.3 - boot", 0.1;
    a_handler_panics: "panicked: assertion `left != right` failed: the table of sessions is full", 1.0;
    a_server_is_never_ready: "not ready: `boot`", 0.1;
    a_lock_is_taken_twice: "not ready: `boot`", 0.1;
    a_port_is_that_of_another_server: "Address already in use", 1.0;
    a_server_ends_early: "it returned before it was connected to all its peers", 1.0;
    a_node_gossips_in_another_cluster: r#"it knows of {"first", "others.1", "others.2", "others.4"}"#, 0.1;
    a_cut_is_not_healed: "the partition", 0.1;
    the_cliques_are_not_all_linked: "node `clique.4.1` is running: the event `message`", 0.1;
    an_entry_cannot_be_applied: "panicked: there is no room for \"before\"", 1.0;
    a_configuration_is_broken: "yggdrasil", 1.0;
}

/// The cause is in the first ten lines of the report of an example with this bug. Timeouts are multiplied by `factor`.
#[track_caller]
fn names(bug: &str, cause: &str, factor: f64) {
    if bug == "a_configuration_is_broken" && !cluster_tests::is_installed("yggdrasil", "yggdrasil") {
        return;
    }
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bugs-{}-{bug}", std::process::id()));
    let mut test = cluster_tests::alone(&format!("failing::{bug}"));
    test.env("CLUSTER_TIMEOUT_FACTOR", factor.to_string()).env("CLUSTER_REPORT_DIR", &directory);
    test.env_remove("CLUSTER_REPORT").env_remove("NEXTEST_ATTEMPT");
    let output = test.output().expect("a test can be run");
    let report = std::fs::read_to_string(directory.join(format!("failing.{bug}/report.txt")));
    let _ = std::fs::remove_dir_all(&directory);
    let report = report.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)));
    println!("{report}");
    let first = report.lines().take(10).collect::<Vec<_>>().join("\n");
    assert!(first.contains(cause), "`{cause}` is not in\n{first}");
}
