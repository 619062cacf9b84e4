//! What cannot work is said, with what to do.

use cluster_runtime::{Error, Octez, Result, cluster};
use cluster_tests::report;

use crate::octez;

#[tokio::test]
async fn a_wrong_path_is_refused_before_the_start() {
    let net = cluster! { use Octez::new().path("/no/such/octez-node"); k[2]: clique };
    let error = net.start().await.expect_err("there is no such program");
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    let report = report(&error);
    assert!(report.contains("/no/such/octez-node") && report.contains("OCTEZ_NODE"), "{report}");
}

#[tokio::test]
async fn too_many_connections_are_refused_before_the_start() {
    let error = cluster! { use octez().connections(101); a }.start().await.expect_err("a node takes at most 100");
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert!(report(&error).contains("at most 100"), "{error:?}");
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
async fn what_the_node_refuses_is_in_the_report() {
    let error =
        cluster! { use octez().arg("--no-such-argument"); a }.start().await.expect_err("there is no such argument");
    let report = report(&error);
    assert!(report.contains("node `a` failed in phase `config`") && report.contains("--no-such-argument"), "{report}");
}
