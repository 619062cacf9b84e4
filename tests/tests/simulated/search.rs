//! `CLUSTER_SEEDS=6` runs a test with the seeds from 1 to 6, in processes of its own.

use std::time::Duration;

use cluster_runtime::fault::{Plan, Step};
use cluster_runtime::{Error, Result, cluster};
use cluster_tests::alone;

/// What a test prints that is run with six seeds, in simulated time if this says so; and whether it passes.
fn searched(test: &str, simulated: Option<&str>) -> (bool, String) {
    let mut command = alone(test);
    command.arg("--nocapture").env("CLUSTER_SEEDS", "6").env("CLUSTER_SEED", "1");
    command.env_remove("CLUSTER_SIMULATED").envs(simulated.map(|seed| ("CLUSTER_SIMULATED", seed)));
    let output = command.output().expect("this test runs");
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    (output.status.success(), said)
}

#[tokio::test]
#[ignore = "another test runs it in a process of its own"]
async fn passing() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.stop().await
}

/// Fails with each third seed.
#[tokio::test]
#[ignore = "another test runs it in a process of its own"]
async fn failing() -> Result {
    let net = cluster! { a; b; c }.start().await?;
    let kills = ["b", "a", "b", "c"].map(|node| Step::kill([node]));
    let ran = net.run(Plan::of(kills).quiet(Duration::ZERO), async |_| Ok(())).await?;
    let is_killed = |node| ran.acts().iter().any(|act| act.step == Step::kill([node]));
    if net.seed() % 3 == 0 && is_killed("c") {
        return Err(Error::other("c was killed"));
    }
    net.stop().await
}

#[tokio::test]
#[ignore = "another test runs it in a process of its own"]
async fn with_a_seed_of_its_own() -> Result {
    cluster! { a }.start().simulated(77).await?.stop().await
}

#[test]
fn a_test_that_passes_with_all_seeds_says_so() {
    let (is_ok, said) = searched("search::passing", Some("1"));
    assert!(is_ok && said.contains("`search::passing` passes with the seeds 1 to 6"), "{said}");
}

#[test]
fn seeds_that_fail_are_told_with_what_repeats_them_and_the_least_plan() {
    let (is_ok, said) = searched("search::failing", Some("1"));
    assert!(!is_ok && said.contains("`search::failing` fails with 2 of the seeds 1 to 6"), "{said}");
    for seed in [3, 6] {
        let command =
            format!("CLUSTER_SEED={seed} CLUSTER_SIMULATED={seed} cargo test -p cluster-tests --test simulated");
        assert!(said.contains(&command), "`{command}` is not in\n{said}");
    }
    assert!(
        said.contains("with seed 3 the least plan with which `search::failing` still fails has 1 of 4 acts"),
        "{said}"
    );
    assert!(said.contains(r#"Step::kill(["c"])"#), "{said}");
}

#[test]
fn seeds_are_of_real_time_where_nothing_is_simulated() {
    let (is_ok, said) = searched("search::failing", None);
    assert!(!is_ok && said.contains("  CLUSTER_SEED=3 cargo test "), "{said}");
}

#[test]
fn a_test_that_has_a_seed_of_its_own_is_told_so() {
    let (is_ok, said) = searched("search::with_a_seed_of_its_own", None);
    assert!(is_ok && said.contains("its simulation has the seed 77"), "{said}");
    assert!(said.contains("help: write `.simulated(net.seed())`"), "{said}");
}
