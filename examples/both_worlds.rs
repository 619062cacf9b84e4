//! Examples run in both worlds, from the same source: on real sockets, and in simulated time.

mod by_hand;
mod gossip;
mod partition;
mod quickstart;

use std::process::Command;

/// Runs the test of an example in simulated time, twice, in processes of their own.
#[track_caller]
fn has_one_journal(test: &str) {
    let mut run = Command::new(std::env::current_exe().expect("this test is a program"));
    run.args(["--exact", test, "--nocapture"]).env("CLUSTER_SIMULATED", "check").env("CLUSTER_REPORT", "never");
    let output = run.output().expect("this test runs");
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(output.status.success() && said.contains("1 passed"), "it has failed in simulated time:\n{said}");
    assert!(!said.contains("is not simulated"), "it has run on real sockets:\n{said}");
}

#[test]
fn quickstart_has_one_journal_in_simulated_time() {
    has_one_journal("quickstart::a_network_is_ready_and_connected");
}

#[test]
fn by_hand_has_one_journal_in_simulated_time() {
    has_one_journal("by_hand::a_network_by_hand_is_ready_and_connected");
}

#[test]
fn gossip_has_one_journal_in_simulated_time() {
    has_one_journal("gossip::the_news_reaches_all");
}

#[test]
fn partition_has_one_journal_in_simulated_time() {
    has_one_journal("partition::what_a_cut_holds_arrives_once_it_is_healed");
}
