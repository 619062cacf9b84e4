use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::{connect, create, line, ring, with_conditions};
use crate::error::Error;
use crate::net::{Conditions, Rate};
use crate::{Loopback, Node, cluster};

fn latency(millis: u64) -> Conditions {
    Conditions::default().latency(Duration::from_millis(millis))
}

/// The conditions of the link between two nodes, the same from both ends.
#[track_caller]
fn between(a: &Node<Loopback>, b: &Node<Loopback>) -> Conditions {
    let end = a.context().links().with(b.state().id()).expect("they are linked");
    assert_eq!(end.conditions(), end.reversed().conditions());
    end.conditions()
}

#[test]
fn declared_conditions_reach_the_links_of_their_statement() {
    let net = cluster! {
        center;
        leaves[2]: star(center, latency = 20ms);
        k[4]: ring(jitter = 1.5ms) + line;
        connect(center, k[0], latency = 40ms, jitter = 5ms, rate = 10mbit, loss = 0.5);
        leaves[0] -> k[0] (duplicate = 0.25, reorder = 1);
        leaves[1] -> k[1];
    };
    assert_eq!(between(&net.leaves[1], &net.center), latency(20));
    assert_eq!(between(&net.k[0], &net.k[1]), Conditions::default().jitter(Duration::from_micros(1_500)));
    let all = latency(40).jitter(Duration::from_millis(5)).rate(Rate::mbit(10)).loss(0.5);
    assert_eq!(between(&net.center, &net.k[0]), all);
    assert_eq!(between(&net.leaves[0], &net.k[0]), Conditions::default().duplicate(0.25).reorder(1.0));
    assert_eq!(between(&net.leaves[1], &net.k[1]), Conditions::default());
}

#[test]
fn a_condition_is_any_expression_of_its_type() {
    let (slow, millis) = (Duration::from_secs(2), 3);
    let net = cluster! {
        region[2] { gw; n[2]: star(gw, latency = slow * 2) };
        k[9]: grid(3, latency = Duration::from_millis(millis), rate = Rate::kbit(64)) + shape(|_| [(0, 8)], latency = slow);
    };
    for region in &net.region {
        assert_eq!(between(&region.gw, &region.n[1]), latency(4_000));
    }
    assert_eq!(between(&net.k[0], &net.k[1]), latency(3).rate(Rate::kbit(64)));
    assert_eq!(between(&net.k[0], &net.k[8]), latency(2_000));
}

#[test]
fn a_link_that_is_declared_again_keeps_its_conditions() {
    let nodes = create(&Loopback::new(), "n", 4);
    line(&nodes);
    with_conditions(latency(5), || ring(&nodes));
    with_conditions(Conditions::default().rate(Rate::mbit(1)), || connect(&nodes[0], &nodes[1]));
    line(&nodes);
    assert_eq!(between(&nodes[0], &nodes[1]), latency(5).rate(Rate::mbit(1)));
    assert_eq!(between(&nodes[3], &nodes[0]), latency(5));
}

#[test]
fn inner_conditions_go_over_outer_ones_and_end_with_their_closure() {
    let nodes = create(&Loopback::new(), "n", 4);
    with_conditions(latency(5).loss(0.5), || {
        with_conditions(latency(7), || connect(&nodes[0], &nodes[1]));
        connect(&nodes[0], &nodes[2]);
    });
    connect(&nodes[0], &nodes[3]);
    assert_eq!(between(&nodes[0], &nodes[1]), latency(7).loss(0.5));
    assert_eq!(between(&nodes[0], &nodes[2]), latency(5).loss(0.5));
    assert_eq!(between(&nodes[0], &nodes[3]), Conditions::default());
}

#[test]
fn conditions_end_with_a_closure_that_panics() {
    let nodes = create(&Loopback::new(), "n", 2);
    let caught = catch_unwind(AssertUnwindSafe(|| with_conditions(latency(5), || panic!("on purpose"))));
    assert!(caught.is_err());
    connect(&nodes[0], &nodes[1]);
    assert_eq!(between(&nodes[0], &nodes[1]), Conditions::default());
}

#[tokio::test]
async fn conditions_of_a_removed_node_are_forgotten() -> Result<(), Error> {
    let net = cluster! { a; b; connect(a, b, latency = 5ms) }.start().await?;
    net.remove(&net.b).await?;
    with_conditions(latency(9), || connect(&net.a, &net.b));
    assert_eq!(between(&net.a, &net.b), latency(9));
    net.stop().await
}
