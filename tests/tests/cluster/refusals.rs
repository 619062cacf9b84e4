//! Before anything starts, what cannot work is refused with its numbers.

use std::future::{Future, IntoFuture};

use cluster_runtime::{
    DefaultLevel, Error, Feature, Kind, Level, Loopback, Node, NodeContext, Profile, Result, Speaks, add_peer, cluster,
    connect, create, start,
};

struct Talk;
impl Speaks<Talk> for Talk {}

/// A kind that cannot do one thing.
#[derive(Clone)]
struct Simple(Feature);

impl Kind for Simple {
    type Protocol = Talk;

    async fn run(&self, node: NodeContext) -> Result {
        node.ready();
        node.stopped().await;
        Ok(())
    }

    fn profile(&self) -> Profile {
        Profile::default().does_not_support(self.0)
    }
}

async fn faults_of<C: std::fmt::Debug>(start: impl Future<Output = Result<C>>) -> Vec<String> {
    match start.await.expect_err("it cannot work") {
        Error::Refused { refusals, .. } => refusals.iter().map(ToString::to_string).collect(),
        error => panic!("expected a refusal, found {error:?}"),
    }
}

async fn refusal<C: std::fmt::Debug>(start: impl Future<Output = Result<C>>) -> String {
    let faults = faults_of(start).await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].clone()
}

#[tokio::test]
async fn a_kind_that_cannot_tell_its_connections_is_refused_only_where_they_are_waited_for() -> Result {
    let nodes = create(&Simple(Feature::Connections), "n", 5);
    let alone = Node::new(&Simple(Feature::Connections), "alone");
    cluster_runtime::clique(&nodes);
    let asked = start((&nodes, &alone)).wait_connections(true);
    assert_eq!(
        refusal(asked.into_future()).await,
        "nodes `n.1`, `n.2`, `n.3` and 2 more are of kind `Simple`, which does not support reporting to whom they are connected\n\
         help: start without `.wait_connections(true)`"
    );
    start((&nodes, &alone)).await?.stop().await?;
    start(&alone).wait_connections(true).await?.stop().await
}

#[tokio::test]
async fn a_one_way_link_in_private_mode_is_refused_where_the_kind_cannot() -> Result {
    let nodes = create(&Simple(Feature::OneWayPrivate), "n", 2);
    add_peer(&nodes[0], &nodes[1]);
    assert_eq!(
        refusal(start(&nodes).into_future()).await,
        "nodes `n.1` and `n.2` are of kind `Simple`, which does not support one-way links in private mode\n\
         help: link them both ways with `connect`, or start with `.public(true)`"
    );
    start(&nodes).public(true).await?.stop().await?;
    connect(&nodes[0], &nodes[1]);
    start(&nodes).await?.stop().await
}

#[tokio::test]
async fn options_that_a_kind_does_not_support_are_refused() {
    let node = |feature| Node::new(&Simple(feature), "n");
    let refused =
        |what: &str, help: &str| format!("node `n` is of kind `Simple`, which does not support {what}\nhelp: {help}");
    assert_eq!(
        refusal(start(node(Feature::Private)).into_future()).await,
        refused(
            "private mode",
            "start with `.public(true)`; a `Process` that dials and admits its declared peers only can say so: \
             `.supports(Feature::Private)`"
        )
    );
    assert_eq!(
        refusal(start(node(Feature::Public)).public(true).into_future()).await,
        refused("public mode", "start without `.public(true)`")
    );
    assert_eq!(
        refusal(start(node(Feature::EventLevel)).event_level(DefaultLevel::Debug).into_future()).await,
        refused("a default level of events other than `Info`", "start without `.event_level(..)`")
    );
    let levels = [("p2p", Level::Debug)];
    assert_eq!(
        refusal(start(node(Feature::EventSectionsLevels)).event_sections_levels(levels).into_future()).await,
        refused("levels of sections of events", "start without `.event_sections_levels(..)`")
    );
}

#[tokio::test]
async fn two_nodes_of_one_name_are_refused() {
    let (a, b) = (Node::new(&Loopback::new(), "twin"), Node::new(&Loopback::new(), "twin"));
    assert_eq!(
        refusal(start((&a, &b)).into_future()).await,
        "two nodes are called `twin`\nhelp: give each node a name of its own"
    );
}

#[tokio::test]
async fn a_node_that_is_there_twice_is_refused() {
    let nodes = create(&Loopback::new(), "n", 3);
    assert_eq!(
        refusal(start((&nodes, &nodes[1], &nodes[1])).into_future()).await,
        "node `n.2` is started twice\nhelp: remove it from one of the sets"
    );
}

#[tokio::test]
async fn a_node_that_runs_is_not_started_again() -> Result {
    let nodes = create(&Loopback::new(), "n", 2);
    let net = start(&nodes[0]).await?;
    assert_eq!(
        refusal(start(&nodes).into_future()).await,
        "node `n.1` is started already\nhelp: stop a node before it is started again"
    );
    nodes[1].wait_stopped().await?;
    net.stop().await
}

#[tokio::test]
async fn a_node_that_is_linked_to_itself_is_refused() {
    let nodes = create(&Loopback::new(), "n", 2);
    connect(&nodes, &nodes[0]);
    assert_eq!(
        refusal(start(&nodes).into_future()).await,
        "node `n.1` is linked to itself\nhelp: remove it from one of the two sides"
    );
}

#[tokio::test]
async fn a_star_around_several_nodes_is_refused() {
    let nodes = create(&Loopback::new(), "n", 4);
    cluster_runtime::star(&nodes[..2], &nodes[2..]);
    assert_eq!(
        refusal(start(&nodes).into_future()).await,
        "a star has one hub, found 2\nhelp: pick one with `[i]`, or use `connect`"
    );
}

#[tokio::test]
async fn a_group_counted_at_run_time_that_is_too_small_for_its_shape_is_refused() {
    let count = 2;
    let net = cluster! { few[dyn count]: ring };
    assert_eq!(net.few.len(), 0);
    let fault = refusal(net.start().into_future()).await;
    assert!(fault.starts_with("`few[dyn 2]` at "), "{fault}");
    assert!(fault.contains("refusals.rs:"), "{fault}");
    assert!(fault.ends_with(": a ring has at least 3 nodes"), "{fault}");
}

#[tokio::test]
async fn a_group_of_no_or_of_too_many_nodes_is_refused() {
    for (count, why) in [
        (0_i64, "a group has at least one node"),
        (-4, "a count cannot be negative"),
        (1_000_001, "a group has at most 1000000 nodes"),
    ] {
        let net = cluster! { n[dyn count] };
        let fault = refusal(net.start().into_future()).await;
        assert!(fault.starts_with(&format!("`n[dyn {count}]` at ")) && fault.ends_with(why), "{fault}");
    }
}

#[tokio::test]
async fn an_index_out_of_a_group_counted_at_run_time_is_refused() {
    let (count, index) = (3, 3);
    let net = cluster! { n[dyn count]; hub: connect(n[index]) };
    let fault = refusal(net.start().into_future()).await;
    assert!(fault.starts_with("`n[3]` at "), "{fault}");
    assert!(fault.ends_with(": no such nodes; `n` has 3, at 0 to 2"), "{fault}");
    let net = cluster! { n[dyn count]; hub: connect(n[1..7]) };
    let fault = refusal(net.start().into_future()).await;
    assert!(fault.starts_with("`n[1..7]` at "), "{fault}");
}

#[tokio::test]
async fn all_that_cannot_work_is_told_at_once() {
    let (nodes, count) = (create(&Simple(Feature::Connections), "n", 2), 1);
    connect(&nodes, &nodes);
    let faults = faults_of(start(&nodes).wait_connections(true).into_future()).await;
    assert_eq!(faults.len(), 3, "{faults:#?}");
    let net = cluster! { a[dyn count]: line; b[dyn count]: ring };
    let error = net.start().await.map(drop).expect_err("both are too small");
    let report = format!("{error:?}");
    assert!(report.starts_with("the start was refused; nothing was done\n  - `a[dyn 1]` at "), "{report}");
    assert!(report.contains("\n  - `b[dyn 1]` at "), "{report}");
}

#[tokio::test]
async fn the_summary_of_many_faults_is_short() {
    let nodes = create(&Loopback::new(), "n", 200);
    nodes.iter().for_each(|node| connect(node, node));
    let error = start(&nodes).await.expect_err("200 nodes are linked to themselves");
    let error_text = error.to_string();
    assert!(error_text.starts_with("the start was refused for 200 reasons:\n  - node `n.1` is linked"), "{error}");
    assert!(error_text.ends_with("\n  - and 197 more"), "{error}");
    assert!(format!("{error:?}").ends_with("\n  - and 100 more"), "{error:?}");
}

#[tokio::test]
async fn each_reason_has_its_help_below_it() {
    let nodes = create(&Loopback::new(), "n", 2);
    connect(&nodes[0], &nodes[0]);
    let error = start((&nodes, &nodes[1])).await.expect_err("there are two reasons").to_string();
    assert_eq!(
        error,
        "the start was refused for 2 reasons:\n  \
           - node `n.1` is linked to itself\n    \
             help: remove it from one of the two sides\n  \
           - node `n.2` is started twice\n    \
             help: remove it from one of the sets"
    );
}

#[tokio::test]
async fn nothing_of_a_refused_start_runs() {
    let nodes = create(&Loopback::new(), "n", 2);
    start((&nodes, &nodes[0])).await.expect_err("a node is there twice");
    for node in &nodes {
        let error = node.connections().await.expect_err("it does not run");
        assert!(error.to_string().ends_with("it was not started"), "{error}");
    }
}
