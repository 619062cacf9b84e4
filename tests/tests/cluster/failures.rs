//! The first node that fails ends the start: the error names node, phase and cause, with the end of that node's log.

use std::error::Error as _;
use std::future::Future;
use std::time::{Duration, Instant};

use cluster_runtime::error::Phase;
use cluster_runtime::{
    Error, Kind, Level, Loopback, Node, NodeContext, Profile, Result, Service, Speaks, connect, create, start,
};
use cluster_tests::report;
use serde_json::{Value, json};

cluster_tests::on_both_runtimes! {
    a_node_that_dies_during_the_start_ends_it_at_once
    a_node_that_ends_before_its_peers_are_connected_ends_the_start
    the_others_are_stopped_when_one_fails
    a_failure_among_many_nodes_leaves_nobody_behind
}

struct Talk;
impl Speaks<Talk> for Talk {}

/// What a faulty node does in its phase.
#[derive(Clone, Copy)]
enum Fault {
    Fails,
    Panics,
    /// Panics in the call itself, before there is a future.
    PanicsAtOnce,
}

/// A kind that is faulty in one phase.
#[derive(Clone)]
struct Faulty(Phase, Fault);

impl Faulty {
    fn enter(&self, phase: Phase) -> impl Future<Output = Result> + Send + use<> {
        let fault = (self.0 == phase).then_some(self.1);
        if matches!(fault, Some(Fault::PanicsAtOnce)) {
            panic!("a bug in the call");
        }
        async move {
            match fault {
                Some(Fault::Fails) => Err(Error::other("the disk is full")),
                Some(_) => panic!("a bug"),
                None => Ok(()),
            }
        }
    }
}

impl Kind for Faulty {
    type Protocol = Talk;

    fn identity(&self, _: &NodeContext) -> impl Future<Output = Result> + Send {
        self.enter(Phase::Identity)
    }

    fn config(&self, _: &NodeContext) -> impl Future<Output = Result> + Send {
        self.enter(Phase::Config)
    }

    fn run(&self, node: NodeContext) -> impl Future<Output = Result> + Send {
        let entered = self.enter(Phase::Run);
        async move {
            entered.await?;
            node.ready();
            node.stopped().await;
            Ok(())
        }
    }

    fn ready(&self, _: &NodeContext) -> impl Future<Output = Result> + Send {
        let entered = self.enter(Phase::Ready);
        let is_never = self.0 == Phase::Run;
        async move { if is_never { std::future::pending().await } else { entered.await } }
    }

    fn connections(
        &self,
        _: &NodeContext,
    ) -> impl Future<Output = Result<Option<Vec<cluster_runtime::Identity>>>> + Send {
        let entered = self.enter(Phase::Connected);
        async move { entered.await.map(|()| Some(Vec::new())) }
    }

    fn profile(&self) -> Profile {
        Profile::default().connections_interval(Duration::from_millis(1))
    }
}

async fn failure_of(kind: Faulty) -> Error {
    let nodes = create(&kind, "n", 1);
    start(&nodes).wait_connections(true).await.expect_err("the node is faulty")
}

#[tokio::test]
async fn a_failure_names_node_phase_and_cause_in_every_phase() {
    for phase in [Phase::Identity, Phase::Config, Phase::Ready, Phase::Connected] {
        for (fault, cause) in [
            (Fault::Fails, "the disk is full"),
            (Fault::Panics, "it panicked: a bug"),
            (Fault::PanicsAtOnce, "it panicked: a bug in the call"),
        ] {
            let error = failure_of(Faulty(phase, fault)).await;
            assert_eq!(error.to_string(), format!("node `n.1` failed in phase `{phase}`: {cause}"));
        }
    }
}

#[tokio::test]
async fn a_failure_of_the_run_is_seen_while_it_is_waited_for() {
    for (fault, cause) in [
        (Fault::Fails, "it failed: the disk is full"),
        (Fault::Panics, "it panicked: a bug"),
        (Fault::PanicsAtOnce, "it panicked: a bug in the call"),
    ] {
        let error = failure_of(Faulty(Phase::Run, fault)).await;
        assert_eq!(error.to_string(), format!("node `n.1` failed in phase `ready`: {cause}"));
    }
}

#[tokio::test]
async fn the_report_of_a_failure_ends_with_the_log_of_its_node() {
    let kind = Service::new(|node: NodeContext| async move {
        node.event(Level::Debug, "db", "opening", json!({ "path": "data" }));
        node.event(Level::Error, "db.file", "broken", Value::Null);
        Err("the database is broken")
    });
    let (good, bad) = (Node::new(&Loopback::new(), "good"), Node::new(&kind, "bad"));
    let error = start((&good, &bad)).await.expect_err("the service fails");
    assert_eq!(
        report(&error),
        r#"node `bad` failed in phase `ready`: it failed: the database is broken
the nodes that were started with it were stopped
the end of the log of `bad`:
  error   db.file broken
  fatal   node ended {"cause":"failed: the database is broken"}"#
    );
    let Error::Failed(failed) = error else { panic!("expected a failure, found {error:?}") };
    assert_eq!((&*failed.node, failed.phase), ("bad", Phase::Ready));
}

async fn a_node_that_dies_during_the_start_ends_it_at_once() -> Result {
    let dies = Service::new(|node: NodeContext| async move {
        node.ready();
        tokio::task::yield_now().await;
        Err("power cut")
    });
    let hangs = Service::new(|node: NodeContext| async move {
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let (a, b) = (Node::new(&hangs, "hangs"), Node::new(&dies, "dies"));
    connect(&a, &b);
    for wait in [true, false] {
        let started = Instant::now();
        let error = start((&a, &b)).wait_connections(wait).await.expect_err("a node dies");
        let Error::Failed(failed) = error else { panic!("expected a failure, found {error:?}") };
        assert_eq!((&*failed.node, &*failed.cause()), ("dies", "it failed: power cut"));
        assert!(started.elapsed() < Duration::from_secs(20), "the start went on for {:?}", started.elapsed());
    }
    Ok(())
}

async fn a_node_that_ends_before_its_peers_are_connected_ends_the_start() -> Result {
    let hasty = Service::new(|node: NodeContext| async move {
        node.connected("waits");
        node.ready();
        // It has come to its goal when the start has seen both.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        Ok::<_, Error>(())
    });
    let waits = Service::new(|node: NodeContext| async move {
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let (hasty, waits) = (Node::new(&hasty, "hasty"), Node::new(&waits, "waits"));
    connect(&hasty, &waits);
    let error = start((&hasty, &waits)).wait_connections(true).await.expect_err("their link is gone");
    let Error::Failed(failed) = error else { panic!("expected a failure, found {error:?}") };
    assert_eq!(&*failed.node, "hasty");
    assert!(failed.cause().contains(" before "), "{}", failed.cause());
    Ok(())
}

async fn the_others_are_stopped_when_one_fails() -> Result {
    let others = create(&Loopback::new(), "n", 5);
    cluster_runtime::clique(&others);
    let bad = Node::new(&Service::new(|_| async { Err("no") }), "bad");
    start((&others, &bad)).await.expect_err("the service fails");
    for node in &others {
        // They have ended already when the start returns.
        node.wait_stopped().timeout(Duration::ZERO).await?;
        std::net::TcpStream::connect(node.addr()).expect_err("nobody listens any more");
    }
    Ok(())
}

async fn a_failure_among_many_nodes_leaves_nobody_behind() -> Result {
    for round in 0..20 {
        let others = create(&Loopback::new(), "n", 200);
        let bad = Node::new(&Faulty(Phase::Config, Fault::Fails), "bad");
        let started = Instant::now();
        start((&others[..round * 10], &bad, &others[round * 10..])).await.expect_err("a node fails");
        assert!(started.elapsed() < Duration::from_secs(9), "somebody was waited for in vain");
    }
    Ok(())
}

#[derive(Debug)]
struct Outer(std::io::Error);

impl std::fmt::Display for Outer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cannot connect to the database")
    }
}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[tokio::test]
async fn a_cause_is_told_with_what_is_behind_it() {
    let kind = Service::new(|_| async { Err(Outer(std::io::Error::other("no route to host"))) });
    let error = start(create(&kind, "n", 1)).await.expect_err("the service fails");
    assert_eq!(
        error.to_string(),
        "node `n.1` failed in phase `ready`: it failed: cannot connect to the database: no route to host"
    );
    let error = Error::other(Outer(std::io::Error::other("no route to host")));
    assert_eq!(format!("{error:?}"), "cannot connect to the database: no route to host");
    assert_eq!(error.source().expect("it has a source").to_string(), "no route to host");
}

#[tokio::test]
async fn a_long_line_of_the_log_is_shortened_in_a_report() {
    let kind = Service::new(|node: NodeContext| async move {
        node.event(Level::Info, "data", "dump", json!("é".repeat(1 << 19)));
        Err("too much")
    });
    let error = start(create(&kind, "n", 1)).await.expect_err("the service fails");
    let report = report(&error);
    assert!(report.len() < 2_000, "the report has {} bytes", report.len());
    assert!(report.contains("(1048"), "{report}");
}

#[tokio::test]
async fn of_a_long_log_the_last_lines_are_told() {
    let kind = Service::new(|node: NodeContext| async move {
        (0..1_000).for_each(|tick| node.event(Level::Info, "clock", "tick", json!(tick)));
        Err("time is over")
    });
    let error = start(create(&kind, "n", 1)).await.expect_err("the service fails");
    let Error::Failed(failed) = error else { panic!("expected a failure, found {error:?}") };
    assert_eq!(failed.log.len(), 16);
    assert!(failed.log[14].ends_with("tick 999"), "{:?}", failed.log);
}

#[tokio::test]
async fn an_error_can_be_sent_boxed_and_converted() -> Result {
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    is_error::<Error>();
    let text = "no number".parse::<u32>().map_err(Error::other).expect_err("not a number");
    assert_eq!(text.to_string(), "invalid digit found in string");
    let io = Error::from(std::io::Error::other("unplugged"));
    assert_eq!(format!("{io} {io:?}"), "unplugged unplugged");
    Ok(())
}

#[tokio::test]
async fn an_error_that_a_service_hands_on_keeps_its_report() {
    let inner = start(create(&Service::new(|_| async { Err("no") }), "inner", 1)).await.expect_err("it fails");
    let whole = format!("{inner:?}");
    assert_eq!(format!("{:?}", Error::other(inner)), whole);
}
