//! The conditions of links, as far as a declaration goes.

use std::time::Duration;

use cluster_runtime::net::Conditions;
use cluster_runtime::wiring::with_conditions;
use cluster_runtime::{Error, Loopback, Result, cluster, create, ring, start};

fn refusals<T: std::fmt::Debug>(started: Result<T>) -> Vec<String> {
    match started.expect_err("the start is refused") {
        Error::Refused { refusals, .. } => refusals.iter().map(ToString::to_string).collect(),
        error => panic!("expected a refusal, found {error:?}"),
    }
}

#[tokio::test]
async fn two_values_that_are_known_at_run_time_refuse_the_start_with_both_places() {
    let (short, long) = (Duration::from_millis(20), Duration::from_millis(40));
    let line = line!();
    let net = cluster! {
        center;
        leaves[3]: star(center, latency = short);
        connect(center, leaves, latency = long);
    };
    let refusals = refusals(net.start().await);
    let (first, second) = (line + 3, line + 4);
    assert_eq!(
        refusals,
        [format!(
            "nodes `center` and `leaves.1` are linked with `latency = 20ms` at {0}:{first}:33, and with `latency = 40ms` at \
             {0}:{second}:33\nhelp: remove one of the two",
            file!()
        )],
    );
}

#[tokio::test]
async fn two_values_by_hand_refuse_the_start() {
    let nodes = create(&Loopback::new(), "n", 3);
    with_conditions(Conditions::default().loss(0.25), || ring(&nodes));
    with_conditions(Conditions::default().loss(0.5), || ring(&nodes));
    let refusals = refusals(start(&nodes).await);
    assert_eq!(refusals.len(), 1, "{refusals:?}");
    assert!(refusals[0].contains("are linked with `loss = 0.25` at "), "{refusals:?}");
}

#[tokio::test]
async fn what_is_no_probability_refuses_the_start() {
    let often = 1.5;
    let line = line!();
    let net = cluster! { k[3]: ring(loss = often, latency = 1ms) };
    assert_eq!(
        refusals(net.start().await),
        [format!("`latency = 1ms, loss = 1.5` at {}:{}:37: a probability is a number from 0 to 1", file!(), line + 1)],
    );
}

#[tokio::test]
async fn the_same_value_twice_is_one_condition() -> Result {
    let latency = Duration::ZERO;
    let net = cluster! { a; b; connect(a, b, latency = latency); a -> b (latency = 0ms) };
    drop(net);
    Ok(())
}
