//! The conditions of links that are declared: what is refused, and what is proved.

use std::time::Duration;

use cluster_runtime::__private::make_faults_idle;
use cluster_runtime::net::{Conditions, Rate};
use cluster_runtime::wiring::with_conditions;
use cluster_runtime::{Error, Loopback, NodeContext, Result, Service, cluster, connect, create, ring, start};

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

#[tokio::test]
async fn a_probability_that_no_probe_would_show_refuses_the_start() {
    let net = cluster! { k[3]: ring(loss = 0.0001) };
    let refusals = refusals(net.start().await);
    assert!(refusals[0].contains("no probe would see a probability of 0.0001"), "{refusals:?}");
}

/// The conditions that are proved, each with the words of its proof where it has no effect.
fn conditions() -> [(Conditions, &'static str); 6] {
    let conditions = Conditions::default;
    [
        (conditions().latency(Duration::from_millis(20)), "delayed nothing"),
        (conditions().jitter(Duration::from_millis(20)), "delayed nothing"),
        (conditions().rate(Rate::kbit(100)), "delayed nothing"),
        (conditions().loss(0.5), "lost nothing"),
        (conditions().duplicate(0.5), "duplicated nothing"),
        (conditions().reorder(0.5), "reordered nothing"),
    ]
}

fn assert_shows_nothing<T: std::fmt::Debug>(outcome: Result<T>, conditions: &Conditions, words: &str) {
    let text = match outcome.expect_err("it does nothing") {
        Error::Fault(error) => error.to_string(),
        error => panic!("expected a fault, found {error:?}"),
    };
    let expected = format!("the condition ({conditions}) that is declared between `b` and `a` {words}: ");
    assert!(text.starts_with(&expected), "{text}");
}

#[tokio::test]
async fn a_declared_condition_that_shows_nothing_fails_the_start() {
    for (conditions, words) in conditions() {
        let net = cluster! { a; b };
        with_conditions(conditions, || connect(&net.a, &net.b));
        make_faults_idle(&net);
        let (a, b) = (net.a.clone(), net.b.clone());
        assert_shows_nothing(net.start().wait_connections(true).await.map(drop), &conditions, words);
        for node in [a, b] {
            assert!(node.publish("alive").await.is_err(), "`{}` runs on", node.name());
        }
    }
}

#[tokio::test]
async fn a_declared_condition_that_a_relay_does_not_show_fails_the_start() {
    async fn idle(node: NodeContext) -> Result {
        node.ready();
        node.stopped().await;
        Ok(())
    }
    for (conditions, words) in conditions() {
        let net = cluster! { use Service::new(idle); a; b };
        with_conditions(conditions, || connect(&net.a, &net.b));
        make_faults_idle(&net);
        assert_shows_nothing(net.start().await.map(drop), &conditions, words);
    }
}

#[tokio::test]
async fn a_condition_that_is_declared_while_nodes_run_is_proved_by_the_next_wait() -> Result {
    for (conditions, words) in conditions() {
        let net = cluster! { a; b }.start().await?;
        make_faults_idle(&net);
        with_conditions(conditions, || connect(&net.a, &net.b));
        assert_shows_nothing(net.wait_connections().await, &conditions, words);
    }
    Ok(())
}

#[tokio::test]
async fn all_declared_conditions_together_are_proved() -> Result {
    let net = cluster! {
        a;
        k[3]: ring(latency = 5ms, jitter = 2ms, rate = 1mbit);
        connect(a, k, latency = 30ms, loss = 0.01, duplicate = 0.01, reorder = 0.01);
    }
    .start()
    .wait_connections(true)
    .await?;
    net.stop().await
}
