//! Tests that fail, each in a way of its own. They are processes for other tests, and no tests themselves.

use std::future::{Future, IntoFuture};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use cluster_runtime::fault::{Plan, Step};
use cluster_runtime::shared::Shared;
use cluster_runtime::{AnyNode, Error, Feature, Level, NodeContext, Process, Ready, Result, Service, cluster};
use rustix::process::{Signal, getpid, kill_process};
use serde_json::json;
use tokio::sync::Notify;

const SHORT: Duration = Duration::from_millis(300);

/// A service that does nothing.
fn service() -> Service {
    Service::new(async |node: NodeContext| -> Result {
        node.ready();
        node.stopped().await;
        Ok(())
    })
}

/// A service that ends in this way once it is asked to.
fn once<F>(asked: &Arc<Notify>, end: impl Fn() -> F + Clone + Send + Sync + 'static) -> Service
where
    F: Future<Output = Result<(), String>> + Send + 'static,
{
    let asked = asked.clone();
    Service::new(move |node: NodeContext| {
        let (asked, end) = (asked.clone(), end.clone());
        async move {
            node.ready();
            asked.notified().await;
            end().await
        }
    })
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn panic_in_a_node() {
    let asked = Arc::new(Notify::new());
    let db = once(&asked, async || panic!("the index is corrupt"));
    let net = cluster! { a = service(); db = db }.start().await.expect("it starts");
    asked.notify_one();
    net.a.wait_for("message", |_| Some(())).await.expect("it comes");
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn panic_with_its_seed() {
    let net = cluster! { a = service() }.start().await.expect("it starts");
    panic!("the seed is\nthe seed is {}", net.seed());
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn panic_in_a_task() -> Result {
    let asked = Arc::new(Notify::new());
    let db = once(&asked, async || {
        tokio::spawn(async { panic!("the compaction has failed") });
        std::future::pending().await
    });
    let net = cluster! { a = service(); db = db }.start().await?;
    asked.notify_one();
    net.a.wait_for("message", |_| Some(())).await
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn start_timeout() -> Result {
    let slow = Service::new(async |node: NodeContext| -> Result {
        node.waiting_for("its leader");
        node.stopped().await;
        Ok(())
    });
    let net = cluster! { a = service(); slow = slow }.start().timeout(SHORT).await?;
    net.stop().await
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn start_that_is_blocked() -> Result {
    let (release, blocked) = std::sync::mpsc::channel::<()>();
    let blocked = Mutex::new(blocked);
    let slow = Service::new(move |_| {
        // Until the test is over.
        let _ = blocked.lock().map(|blocked| blocked.recv());
        async { Ok::<_, Error>(()) }
    });
    let started = cluster! { a = service(); slow = slow }.start().timeout(SHORT).await.map(drop);
    drop(release);
    started
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn missing_link() -> Result {
    let talking = Service::new(async |node: NodeContext| -> Result {
        node.ready();
        node.peers().iter().for_each(|peer| node.connected(peer.name()));
        node.stopped().await;
        Ok(())
    });
    let net = cluster! { use talking; hub; leaves[3]: star(hub); silent = service(): connect(leaves[1]) }
        .start()
        .wait_connections(true)
        .timeout(SHORT)
        .await?;
    net.stop().await
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn killed_daemon() -> Result {
    let daemon = Process::new("sh", |_, command| {
        command.args(["-c", "echo up; echo 'no space left' >&2; sleep 0.2; kill -9 $$"]);
    })
    .ready(Ready::log_line("up"))
    .supports(Feature::Private);
    let net = cluster! { a = service(); db = daemon }.start().await?;
    net.a.wait_for("message", |_| Some(())).await
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn panic_of_a_program() -> Result {
    let panic = "thread 'main' panicked at src/main.rs:7:5:\nthe index is corrupt\nstack backtrace:\n";
    let frames: String =
        (0..60).map(|number| format!("{number:>4}: kv::main\n             at ./src/main.rs:7:5\n")).collect();
    let program = Process::new("sh", |_, command| {
        command.args(["-c", "cat panic >&2; exit 101"]);
    })
    .file("panic", move |_| format!("{panic}{frames}note: some details are omitted\n"))
    .ready(Ready::log_line("listening"))
    .supports(Feature::Private);
    let net = cluster! { db = program }.start().await?;
    net.stop().await
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn wrong_assertion() {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await.expect("it starts");
    assert_eq!(net.k[0].connections().await.expect("it answers").len(), 4, "everyone is linked");
}

/// Resolves when a node has failed. No wait tells without taking part in the report, and its last event comes a moment before.
async fn has_failed(node: &AnyNode) {
    while !format!("{node:?}").contains("failed") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn own_error() -> Result<(), String> {
    let asked = Arc::new(Notify::new());
    let db = once(&asked, async || Err("the disk is full".to_owned()));
    let net = cluster! { a = service(); db = db }.start().await.map_err(|error| error.to_string())?;
    asked.notify_one();
    has_failed(&net.db).await;
    Err("the answer is 41".to_owned())
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn own_error_of_a_cluster_that_is_well() -> Result<(), String> {
    let net = cluster! { k[3]: clique }.start().wait_connections(true).await.map_err(|error| error.to_string())?;
    let connections = net.k[0].connections().await.map_err(|error| error.to_string())?;
    if connections.len() == 2 { Err("the answer is 41".to_owned()) } else { Ok(()) }
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn own_error_after_a_plan() -> anyhow::Result<()> {
    let net = cluster! { k[3]: clique }.start().wait_connections(true).await?;
    let kill = Step::kill(["k.2"]).at(Duration::ZERO).lasting(Duration::from_millis(20));
    let workload = async |_| {
        let message = net.k[0].wait_for("message", |_| Some(())).timeout(Duration::from_millis(1)).await;
        assert!(message.is_err(), "none was published");
        Ok(())
    };
    net.run(Plan::of([kill]).quiet(Duration::ZERO), workload).await?;
    anyhow::bail!("the answer is 41")
}

cluster! { struct Net; k[2]: clique }

static NET: Shared<Net> = Shared::new(|| Net::create().start().wait_connections(true));

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn panic_with_a_shared_network() {
    let net = NET.lock().await.expect("it starts");
    net.k[1].kill().await.expect("it runs");
    panic!("half of it is left");
}

#[tokio::test]
#[ignore = "for other tests"]
async fn passes_with_a_shared_network() -> Result {
    let net = NET.lock().await?;
    assert_eq!(net.k[0].connections().await?.len(), 1);
    Ok(())
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn any_error() -> Result<(), Box<dyn std::error::Error>> {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.a.wait_for("message", |_| Some(())).timeout(SHORT).await?;
    Ok(())
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn anyhow_error() -> anyhow::Result<()> {
    let asked = Arc::new(Notify::new());
    let db = once(&asked, async || Err("the disk is full".to_owned()));
    let net = cluster! { a = service(); db = db }.start().await?;
    asked.notify_one();
    net.a.wait_for("message", |_| Some(())).await.context("the first message is lost")
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn anyhow_error_of_its_own() -> anyhow::Result<()> {
    let asked = Arc::new(Notify::new());
    let db = once(&asked, async || Err("the disk is full".to_owned()));
    let net = cluster! { a = service(); db = db }.start().tolerate_deaths(true).await?;
    asked.notify_one();
    has_failed(&net.db).await;
    anyhow::bail!("the answer is 41")
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn cut_that_never_heals() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    let _cut = net.cut(&net.a, &net.b).await?;
    net.a.publish("hello").await?;
    net.b.wait_for("message", |_| Some(())).timeout(SHORT).await
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn own_timeout() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    let message = net.a.wait_for("message", |_| Some(()));
    tokio::time::timeout(SHORT, message.into_future()).await.map_err(Error::other)?
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn own_timeout_of_the_test() {
    let test = async {
        let net = cluster! { k[3]: clique }.start().wait_connections(true).await?;
        net.wait_for_all(&net.k, "head", |_| Some(())).await?;
        net.stop().await
    };
    tokio::time::timeout(SHORT, test).await.expect("it is done in time").expect("it succeeds");
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn own_timeout_of_a_start() -> Result {
    let slow = Service::new(async |node: NodeContext| -> Result {
        node.waiting_for("its leader");
        node.stopped().await;
        Ok(())
    });
    let start = cluster! { a = service(); slow = slow }.start().into_future();
    tokio::time::timeout(SHORT, start).await.map_err(Error::other)??.stop().await
}

#[tokio::test]
#[ignore = "for other tests"]
async fn chooses_the_first_of_two_waits() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.a.publish("hello").await?;
    tokio::select! {
        _ = net.a.wait_for("never", |_| Some(())).into_future() => panic!("it came"),
        message = net.b.wait_for("message", |_| Some(())).into_future() => message?,
    }
    if std::env::var_os("CLUSTER_WITHOUT_A_STOP").is_some() {
        return net.a.connections().await.map(drop);
    }
    net.stop().await
}

#[tokio::test]
#[ignore = "for other tests"]
async fn sleeps_for_an_hour() -> Result {
    let net = cluster! { a }.start().await?;
    tokio::select! {
        slept = net.sleep(Duration::from_secs(3600)).into_future() => slept?,
        () = tokio::time::sleep(Duration::from_millis(1)) => {}
    }
    net.stop().await
}

#[tokio::test]
#[ignore = "for other tests"]
async fn expects_a_failure() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.a.wait_for("never", |_| Some(())).timeout(Duration::from_millis(10)).await.expect_err("nobody sends it");
    net.stop().await
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn fails_after_a_stop() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.stop().await?;
    net.a.wait_for("never", |_| Some(())).await
}

#[tokio::test]
#[ignore = "for other tests"]
async fn passes() -> Result {
    let net = cluster! { k[3]: clique }.start().wait_connections(true).await?;
    net.stop().await
}

#[tokio::test]
#[ignore = "for other tests"]
async fn passes_without_a_stop() -> Result {
    let _net = cluster! { k[3]: clique }.start().wait_connections(true).await?;
    Ok(())
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn two_clusters() {
    let _first = cluster! { a; b: connect(a) }.start().wait_connections(true).await.expect("it starts");
    let _second = cluster! { c; d: connect(c) }.start().wait_connections(true).await.expect("it starts");
    panic!("both are told of");
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn drawn_links() {
    let _net = cluster! { k[12]: gnp(0.5, connected) }.start().wait_connections(true).await.expect("it starts");
    panic!("not with these links");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "it fails on purpose"]
async fn on_a_worker() {
    let test = async {
        let _net = cluster! { a; b: connect(a) }.start().await.expect("it starts");
        panic!("on a worker");
    };
    tokio::spawn(test).await.expect("it succeeds");
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn undeclared_link() {
    let net = cluster! { k[3]: line }.start().public(true).wait_connections(true).await.expect("it starts");
    net.wait_until(|observed| observed.diameter() == Some(1)).await.expect("all find each other");
    panic!("there is a link too many");
}

#[tokio::test]
#[ignore = "for other tests"]
async fn warns() -> Result {
    let db = Service::new(async |node: NodeContext| -> Result {
        node.event(Level::Warning, "db", "nearly_full", json!({ "free": "3 %" }));
        node.ready();
        node.stopped().await;
        Ok(())
    });
    let _net = cluster! { db = db }.start().await?;
    Ok(())
}

/// A cluster with more to tell of than a report may hold.
#[tokio::test]
#[ignore = "it fails on purpose"]
async fn too_much_to_tell() {
    let db = Service::new(async |node: NodeContext| -> Result {
        (0..3000).for_each(|n| node.event(Level::Info, "db", "said", json!({ "index": n, "text": "x".repeat(1000) })));
        node.ready();
        node.stopped().await;
        Ok(())
    });
    let _net = cluster! { use db; k[8]: clique }.start().await.expect("it starts");
    panic!("there is much to tell");
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn many_causes() {
    let asked = Arc::new(Notify::new());
    let failing = once(&asked, async || Err((0..30).map(|n| format!("line {n} of a long error\n")).collect()));
    let net = cluster! { f[30] = failing; a = service() }.start().tolerate_deaths(true).await.expect("it starts");
    asked.notify_waiters();
    for node in &net.f {
        node.wait_for("ended", |_| Some(())).await.expect("it fails");
    }
    panic!("{}", (0..60).map(|n| format!("line {n} of a long message\n")).collect::<String>());
}

/// A network to which all happens that a page shows.
#[tokio::test]
#[ignore = "it fails on purpose"]
async fn eventful() {
    let net = cluster! { center; leaves[5]: star(center); k[4]: clique; connect(center, k) }
        .start()
        .wait_connections(true)
        .await
        .expect("it starts");
    let cut = net.cut(&net.center, &net.leaves[0]).may_be_idle().await.expect("it is cut");
    net.center.publish("hello").await.expect("it runs");
    cut.heal().await.expect("it heals");
    net.k[3].kill().await.expect("it runs");
    net.leaves[4].pause().await.expect("it runs");
    net.k[2].stop().await.expect("it runs");
    net.k[2].restart().wait_connections(false).await.expect("it runs");
    let _cut = net.cut(&net.k[0], &net.k[1]).await.expect("it is cut");
    net.k[0].publish("one <b>bold</b> & \"quoted\" </script> text").await.expect("it runs");
    net.k[1]
        .wait_for("message", |value| (value["text"] == "two").then_some(()))
        .timeout(SHORT)
        .await
        .expect("two comes");
}

/// A network of `CLUSTER_LARGE` nodes, which prints how long its report took.
#[tokio::test]
#[ignore = "it fails on purpose"]
async fn large_network() {
    let nodes: usize = std::env::var("CLUSTER_LARGE").map_or(1000, |nodes| nodes.parse().expect("a number"));
    let each = 100_000 / nodes - 8;
    let talkative = Service::new(move |node: NodeContext| async move {
        node.ready();
        node.peers().iter().for_each(|peer| node.connected(peer.name()));
        (0..each).for_each(|n| node.event(Level::Info, "db.write", "applied", json!({ "index": n, "term": 3 })));
        node.stopped().await;
        Ok::<_, Error>(())
    })
    .shared()
    .gated();
    let start = cluster! { use talkative; hub; k[dyn nodes - 1]: ring + star(hub) }.start();
    // Nodes in simulated time need no descriptors.
    let start = if std::env::var_os("CLUSTER_LARGE_SIMULATED").is_some() { start.simulated(7) } else { start };
    let net = start.await.expect("it starts");
    net.k[7].wait_for("never", |_| Some(())).timeout(SHORT).await.expect_err("it does not come");
    let (events, started) = (net.journal().len(), std::time::Instant::now());
    drop(net);
    panic!("the report of {nodes} nodes and {events} events took {:?}", started.elapsed());
}

/// A network of `CLUSTER_LARGE` nodes that are no more than names, in groups of which some nodes are linked, and one is dead.
#[tokio::test]
#[ignore = "it fails on purpose"]
async fn large_groups() {
    let nodes: usize = std::env::var("CLUSTER_LARGE").map_or(1000, |nodes| nodes.parse().expect("a number"));
    let talking = Service::new(|node: NodeContext| async move {
        node.ready();
        node.peers().iter().for_each(|peer| node.connected(peer.name()));
        node.stopped().await;
        Ok::<_, Error>(())
    })
    .shared();
    let net = cluster! { use talking; hub; shard[50]: star(hub); k[dyn nodes / 2]; spare[dyn nodes / 2] };
    let net = net.start().wait_connections(true).await.expect("it starts");
    net.k[6].kill().await.expect("it runs");
    panic!("one of many is dead");
}

#[tokio::test]
#[ignore = "another test ends it"]
async fn too_slow() {
    let net = cluster! { hub; leaves[2]: star(hub) }.start().wait_connections(true).await.expect("it starts");
    net.hub.pause().await.expect("it runs");
    let message = net.leaves[0].wait_for("message", |_| Some(())).into_future();
    // The wait has begun when this is printed.
    let (_message, ()) = tokio::join!(message, async { println!("\npaused") });
}

#[tokio::test]
#[ignore = "it kills itself"]
async fn killed_by_itself() -> Result {
    let asked = Arc::new(Notify::new());
    let told = asked.clone();
    let db = Service::new(move |node: NodeContext| {
        let asked = asked.clone();
        async move {
            node.ready();
            asked.notified().await;
            node.event(Level::Info, "db", "said", json!("the last words"));
            kill_process(getpid(), Signal::KILL)
        }
    });
    let net = cluster! { a = service(); db = db }.start().await?;
    told.notify_one();
    net.db.wait_stopped().await
}

#[tokio::test]
#[ignore = "it kills itself"]
async fn flooded() -> Result {
    let db = Service::new(|node: NodeContext| async move {
        node.ready();
        (0..40_000).for_each(|n| node.event(Level::Info, "db", "said", json!({ "index": n, "text": "x".repeat(200) })));
        kill_process(getpid(), Signal::KILL)
    });
    let net = cluster! { db = db }.start().await?;
    net.db.wait_stopped().await
}

#[tokio::test]
#[ignore = "it fails on purpose"]
async fn slow_start() -> Result {
    let slow = Service::new(async |node: NodeContext| -> Result {
        node.waiting_for("its leader");
        node.stopped().await;
        Ok(())
    });
    let net = cluster! { a = service(); slow = slow }.start().timeout(Duration::from_secs(3)).await?;
    net.stop().await
}
