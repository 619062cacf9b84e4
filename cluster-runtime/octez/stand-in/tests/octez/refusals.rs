//! What cannot work is said, with what to do.

use std::process::Command;

use cluster_octez::Octez;
use cluster_runtime::{Error, Node, Result, cluster, start};

use crate::{octez, remove_files};

#[tokio::test]
async fn a_wrong_path_is_refused_before_the_start() {
    let net = cluster! { use Octez::new().path("/no/such/octez-node"); k[2]: clique };
    let error = net.start().await.expect_err("there is no such program");
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    let report = format!("{error:?}");
    assert!(report.contains("/no/such/octez-node") && report.contains("OCTEZ_NODE"), "{report}");
}

#[test]
fn the_variable_says_where_the_program_is() {
    let test = "clusters::a_clique_of_three";
    let run = |program: &str| {
        let this = std::env::current_exe().expect("this test is a program");
        let output = Command::new(this).args([test, "--exact"]).env("OCTEZ_NODE", program).output();
        output.expect("this test can be run again")
    };
    let output = run(env!("CARGO_BIN_EXE_octez-node"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let output = run("/no/such/octez-node");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && text.contains("there is no program `/no/such/octez-node`"), "{text}");
}

#[tokio::test]
async fn too_many_connections_are_refused_before_the_start() {
    let error = cluster! { use octez().connections(101); a }.start().await.expect_err("a node takes at most 100");
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert!(error.to_string().contains("at most 100"), "{error:?}");
}

#[tokio::test]
async fn a_one_way_link_in_private_mode_is_refused_before_the_start() {
    let error = cluster! { use octez(); a; b; a -> b }.start().await.expect_err("a private node would let nobody in");
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn a_one_way_link_in_public_mode_is_dialled_from_one_side() -> Result {
    let net = cluster! { use octez(); a; b; a -> b }.start().public(true).wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn what_the_node_refuses_is_in_the_report() -> Result {
    let node = Node::new(&octez().arg("--no-such-argument"), "a");
    let error = start(&node).await.expect_err("there is no such argument");
    let report = format!("{error:?}");
    assert!(report.contains("node `a` failed in phase `config`") && report.contains("--no-such-argument"), "{report}");
    remove_files(&node)
}
