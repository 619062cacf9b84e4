//! What cannot be done is refused, with what to do.

use cluster_containers::Containers;
use cluster_runtime::{Process, Result, cluster};
use cluster_tests::sleeper;

use super::{At, at_all_places};

at_all_places! {
    an_image_that_is_missing_is_named
    a_program_that_an_image_lacks_is_named
}

async fn an_image_that_is_missing_is_named(at: At) -> Result {
    let net = cluster! { n = sleeper() }.start().on(at.place().image("cluster-no-such:1")).public(true);
    let error = net.await.expect_err("there is none").to_string();
    assert!(error.contains("there is no image `cluster-no-such:1`\nhelp: "), "{error}");
    Ok(())
}

/// The image that containers have who name none holds no program but what is mounted.
async fn a_program_that_an_image_lacks_is_named(at: At) -> Result {
    cluster! { n = sleeper() }.start().on(at.place()).public(true).await?.stop().await?;
    let net = cluster! { n = sleeper() }.start().on(at.place().image("cluster-host:1")).public(true);
    let error = net.await.expect_err("it is empty").to_string();
    assert!(error.contains("there is no program `sh` in the image `cluster-host:1`"), "{error}");
    Ok(())
}

#[tokio::test]
async fn an_engine_that_does_not_run_is_refused_with_help() {
    let net = cluster! { n = sleeper() }.start().on(Containers::at("/run/no-such.sock")).public(true);
    let error = net.await.expect_err("there is none").to_string();
    assert!(error.contains("there is no socket `/run/no-such.sock`\nhelp: start the engine"), "{error}");
}

#[tokio::test]
async fn faults_are_refused_where_nobody_has_asked_for_them() {
    let declared = cluster! { use sleeper(); a; b: connect(a, rate = 8mbit) };
    let error = declared.start().on(Containers::docker()).public(true).await.expect_err("it may not").to_string();
    assert!(
        error.contains("limiting the rate of what `a` and `b` send each other cannot be done in containers"),
        "{error}"
    );
    assert!(error.contains("help: add `.with_faults()` to the place"), "{error}");
}

#[tokio::test]
async fn a_program_that_this_machine_lacks_is_refused() {
    let net = cluster! { n = Process::new("no-such-program", |_, _| {}) }.start().on(Containers::docker()).public(true);
    let error = net.await.expect_err("there is none").to_string();
    assert!(error.contains("the program `no-such-program` was not found"), "{error}");
}
