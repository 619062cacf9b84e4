//! Every wait ends, and the error of a timeout names what was missing.

use std::time::Duration;

use cluster_runtime::error::Phase;
use cluster_runtime::{
    Error, Kind, Level, Node, NodeContext, Result, Service, Speaks, add_peer, connect, create, star, start,
};
use cluster_tests::report;
use serde_json::json;

/// Long enough for all that is expected to happen before it, on a busy machine.
const SHORT: Duration = Duration::from_secs(1);

/// A service that gets as far in linking as `how` takes it.
fn linking(how: fn(&NodeContext)) -> Service {
    Service::new(move |node: NodeContext| async move {
        how(&node);
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    })
}

fn stretched(error: &Error) -> Duration {
    match error {
        Error::StartTimeout(timeout) => timeout.timeout,
        Error::Timeout { timeout, .. } => *timeout,
        error => panic!("expected a timeout, found {error:?}"),
    }
}

#[tokio::test]
async fn a_timeout_names_the_missing_links() {
    let center = Node::new(&linking(|node| node.connected("leaves.1")), "center");
    let leaves = create(
        &linking(|node| match node.name() {
            "leaves.1" => node.connected("center"),
            "leaves.2" => node.dialled("center"),
            "leaves.3" => node.dial_failed("center", "connection refused"),
            _ => {}
        }),
        "leaves",
        4,
    );
    star(&center, &leaves);
    let error = start((&center, &leaves)).wait_connections(true).timeout(SHORT).await.expect_err("links are missing");
    assert_eq!(
        report(&error),
        format!(
            "the start took longer than {:?}; the nodes that it started were stopped
links that are missing: 3
  - leaves.2 - center: leaves.2 has dialled, neither has reported `connected`
  - leaves.3 - center: leaves.3 has dialled and failed: connection refused
  - leaves.4 - center: leaves.4 has not reported that it dialled",
            stretched(&error)
        )
    );
    assert!(error.to_string().contains("3 links are missing: leaves.2 - center: leaves.2 has dialled"), "{error}");
}

#[tokio::test]
async fn a_link_that_one_end_reports_is_missing() {
    let a = Node::new(&linking(|node| node.connected("b")), "a");
    let b = Node::new(&linking(|_| ()), "b");
    connect(&a, &b);
    let error = start((&a, &b)).wait_connections(true).timeout(SHORT).await.expect_err("a link is missing");
    let Error::StartTimeout(timeout) = error else { panic!("expected a timeout, found {error:?}") };
    let missing: Vec<_> = timeout.missing.iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["b - a: a reports it, b does not"]);
}

#[tokio::test]
async fn a_peer_that_is_not_part_of_the_start_is_told_to_be_down() {
    let (inside, outside) = (Node::new(&linking(|_| ()), "inside"), Node::new(&linking(|_| ()), "outside"));
    add_peer(&outside, &inside);
    let error = start(&inside).wait_connections(true).timeout(SHORT).await.expect_err("its peer is not started");
    let Error::StartTimeout(timeout) = error else { panic!("expected a timeout, found {error:?}") };
    let missing: Vec<_> = timeout.missing.iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["outside - inside: outside was not started"]);
}

#[tokio::test]
async fn a_timeout_tells_what_each_unready_node_last_reported() {
    let kind = Service::new(|node: NodeContext| async move {
        if node.name() == "n.2" {
            node.event(Level::Debug, "db", "migrating", json!({ "table": "users" }));
        }
        if node.name() == "n.3" {
            node.ready();
        }
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let nodes = create(&kind, "n", 3);
    let error = start(&nodes).timeout(SHORT).await.expect_err("two are never ready");
    let text = report(&error);
    let time = text.find("last reported: ").map(|at| at + "last reported: ".len()).expect("it reported something");
    let text = format!("{}{}", &text[..time], &text[time + "00:00:00.000 ".len()..]);
    assert_eq!(
        text,
        format!(
            "the start took longer than {:?}; the nodes that it started were stopped
nodes that are not ready: 2
  - n.1 is in phase `ready`: it has not reported that it is ready; it reported nothing
  - n.2 is in phase `ready`: it has not reported that it is ready; last reported: debug   db migrating {{\"table\":\"users\"}}
the end of the log of `n.2`:
  debug   db migrating {{\"table\":\"users\"}}",
            stretched(&error)
        )
    );
}

struct Talk;
impl Speaks<Talk> for Talk {}

/// A kind one of whose nodes never leaves a phase.
#[derive(Clone)]
struct Stuck(Phase);

impl Stuck {
    async fn enter(&self, node: &NodeContext, phase: Phase) -> Result {
        if self.0 == phase && node.name() == "n.2" {
            std::future::pending().await
        }
        Ok(())
    }
}

impl Kind for Stuck {
    type Protocol = Talk;

    async fn identity(&self, node: &NodeContext) -> Result {
        self.enter(node, Phase::Identity).await
    }

    async fn config(&self, node: &NodeContext) -> Result {
        self.enter(node, Phase::Config).await
    }

    async fn run(&self, node: NodeContext) -> Result {
        node.ready();
        node.stopped().await;
        Ok(())
    }
}

#[tokio::test]
async fn whoever_keeps_the_others_waiting_comes_first() {
    for (phase, expected) in [
        (Phase::Identity, "n.2 is in phase `identity`: it has no identity yet; it reported nothing"),
        (Phase::Config, "n.2 is in phase `config`: its configuration is not made yet; it reported nothing"),
    ] {
        let nodes = create(&Stuck(phase), "n", 3);
        let error = start(&nodes).timeout(SHORT).await.expect_err("n.2 is stuck");
        let Error::StartTimeout(timeout) = error else { panic!("expected a timeout, found {error:?}") };
        assert_eq!(timeout.unready[0].to_string(), expected);
        let same_phase = timeout.unready.iter().filter(|unready| unready.phase == phase).count();
        assert_eq!(same_phase, 1, "others are said to be stuck too: {:?}", Error::StartTimeout(timeout.clone()));
    }
}

#[tokio::test]
async fn a_big_report_names_a_hundred_and_counts_the_rest() {
    let nodes = create(&linking(|_| ()), "n", 30);
    cluster_runtime::clique(&nodes);
    let error = start(&nodes).wait_connections(true).timeout(SHORT).await.expect_err("no link is up");
    let report = report(&error);
    assert!(report.contains("\nlinks that are missing: 435\n"), "{report}");
    assert!(report.ends_with("\n  - and 335 more"), "{report}");
    assert!(report.lines().count() < 110, "the report has {} lines", report.lines().count());
}

#[tokio::test]
async fn nodes_are_gone_when_a_start_times_out() -> Result {
    let node = Node::new(&cluster_runtime::Loopback::new(), "n");
    let never = Node::new(&Stuck(Phase::Config), "n.2");
    start((&node, &never)).timeout(Duration::from_millis(50)).await.expect_err("n.2 is stuck");
    node.wait_stopped().timeout(Duration::ZERO).await?;
    std::net::TcpStream::connect(node.addr()).expect_err("nobody listens any more");
    Ok(())
}

#[tokio::test]
async fn each_wait_ends_and_says_for_what_it_waited() -> Result {
    let node = Node::new(&linking(|_| ()), "n");
    let net = start(&node).await?;
    let soon = Duration::from_millis(20);

    let error = node.wait_for("rain", |_| Some(())).timeout(soon).await.expect_err("it never rains");
    assert_eq!(
        error.to_string(),
        format!(
            "node `n` is running: the event `rain` that the filter accepts (there was none of that name; others were `ready`) \
             did not come within {:?}",
            stretched(&error)
        )
    );
    let error = node.wait_stopped().timeout(soon).await.expect_err("it goes on");
    assert_eq!(error.to_string(), format!("node `n` is running: its end did not come within {:?}", stretched(&error)));
    assert!(report(&error).ends_with("the end of the log of `n`:\n  notice  node ready"), "{error:?}");
    let error = net.wait_stopped().timeout(soon).await.expect_err("it goes on");
    assert_eq!(error.to_string(), format!("node `n` is running: its end did not come within {:?}", stretched(&error)));
    net.stop().await
}

/// A kind that never answers.
#[derive(Clone)]
struct Mute;

impl Kind for Mute {
    type Protocol = Talk;

    async fn run(&self, node: NodeContext) -> Result {
        node.ready();
        node.stopped().await;
        Ok(())
    }

    async fn connections(&self, _: &NodeContext) -> Result<Option<Vec<cluster_runtime::Identity>>> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_node_that_does_not_tell_its_connections_is_named() -> Result {
    let node = Node::new(&Mute, "n");
    let net = start(&node).await?;
    let soon = Duration::from_millis(20);
    for error in [
        node.connections().timeout(soon).await.map(drop).expect_err("it does not answer"),
        net.observed().timeout(soon).await.map(drop).expect_err("it does not answer"),
    ] {
        let text =
            format!("node `n` is running: the list of its connections did not come within {:?}", stretched(&error));
        assert_eq!(error.to_string(), text);
    }
    net.stop().await
}

#[tokio::test]
async fn a_wait_on_a_node_that_was_not_started_says_so() {
    let node = Node::new(&Mute, "n");
    let error = node.wait_for("rain", |_| Some(())).timeout(Duration::ZERO).await.expect_err("it does not run");
    assert!(error.to_string().starts_with("node `n` was not started: the event `rain`"), "{error}");
    let error = node.connections().await.expect_err("it does not run");
    assert_eq!(error.to_string(), "node `n` cannot return its connections: it was not started");
}

#[tokio::test]
async fn the_longest_timeout_is_no_overflow() -> Result {
    let node = Node::new(&linking(|_| ()), "n");
    let net = start(&node).timeout(Duration::MAX).await?;
    node.wait_for("ready", |_| Some(())).timeout(Duration::MAX).await?;
    net.stop().timeout(Duration::MAX).await
}
