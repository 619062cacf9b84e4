//! Nodes without a type can be linked; whether they speak one protocol is checked by the start.

use cluster_runtime::error::Refusal;
use cluster_runtime::{
    AnyNode, Error, Loopback, Node, NodeContext, Result, Service, clique, cluster, connect, create, start,
};

#[tokio::test]
async fn nodes_of_a_cluster_are_linked_by_hand() -> Result {
    let net = cluster! { a; b[3] };
    let nodes = net.nodes();
    clique(&nodes);
    let net = net.start().wait_connections(true).await?;
    assert_eq!(net.topology().links().count(), 6);
    net.stop().await
}

fn silent() -> Service {
    Service::new(|node: NodeContext| async move {
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    })
}

#[tokio::test]
async fn nodes_of_two_protocols_are_refused_when_they_are_started() {
    let (a, b) = (Node::new(&Loopback::new(), "a"), Node::new(&silent(), "b"));
    let nodes: [AnyNode; 2] = [a.any().clone(), b.any().clone()];
    clique(&nodes);
    let error = start(&nodes).await.expect_err("they cannot talk");
    let Error::Refused { refusals, .. } = error else { panic!("expected a refusal, found {error:?}") };
    let [Refusal::Protocols { a_speaks, b_speaks, .. }] = &*refusals else { panic!("{refusals:?}") };
    assert_eq!([*a_speaks, *b_speaks], ["LoopbackProtocol", "ServiceProtocol"]);
}

#[tokio::test]
async fn a_typed_node_and_one_without_a_type_are_checked_too() {
    let (a, b) = (create(&Loopback::new(), "a", 2), Node::new(&silent(), "b"));
    connect(&a, b.any());
    let error = start((&a, &b)).await.expect_err("they cannot talk");
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}
