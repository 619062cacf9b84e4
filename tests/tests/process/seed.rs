//! `CLUSTER_SEED` sets the seed of all topologies. It is read once, so each behaviour runs in a process of its own.

use cluster_runtime::cluster;
use cluster_tests::alone;

/// Run by the tests below, in a process with another environment.
#[tokio::test]
#[ignore = "a part of other tests"]
async fn in_another_environment() {
    let net = cluster! { k[20]: gnp(0.3); j[20]: gnp(0.3) };
    println!("seed {}\n{}", net.seed(), net.topology());
    if let Err(error) = net.start().await {
        println!("{error:?}");
    }
}

fn with_seed(seed: &str) -> String {
    let mut test = alone("seed::in_another_environment");
    let output = test.arg("--nocapture").env("CLUSTER_SEED", seed).output().expect("a test can be run");
    let said = String::from_utf8(output.stdout).expect("it is text");
    said.lines().filter(|line| !line.starts_with("test ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_environment_sets_the_seed() {
    let (first, again, other) = (with_seed("42"), with_seed("42"), with_seed("43"));
    assert!(first.contains("seed 42"), "{first}");
    let links = |said: &str| said.lines().filter(|line| line.contains(": k.")).map(str::to_owned).collect::<Vec<_>>();
    assert!(!links(&first).is_empty(), "{first}");
    assert_eq!(links(&first), links(&again));
    assert_ne!(links(&first), links(&other));
}

#[test]
fn a_seed_that_is_no_number_is_refused() {
    let said = with_seed("lucky");
    assert!(said.contains("CLUSTER_SEED cannot be read: expected a whole number below 2^64, found `lucky`"), "{said}");
}
