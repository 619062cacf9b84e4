//! Nodes that are killed, restarted and paused.

use std::future::IntoFuture;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cluster_runtime::error::End;
use cluster_runtime::kinds::ServiceProtocol;
use cluster_runtime::{Error, Kind, Loopback, Node, NodeContext, Result, Service, clique, cluster, create, start};
use serde_json::json;
use tokio::sync::Notify;

use super::deaths::mortal;

cluster_tests::on_both_runtimes! {
    a_killed_node_has_let_its_port_go
    a_kill_is_no_death
    a_killed_node_holds_nothing_when_the_kill_resolves
    a_killed_node_runs_again_as_the_same
    a_dead_node_is_restarted
    a_rolling_restart_keeps_the_others_up
    a_node_that_is_started_again_runs_on_with_its_cluster
    a_kill_at_any_point_of_a_start_is_no_deadlock
    a_restart_during_the_start_runs_the_node_once
    of_restarts_at_the_same_time_one_wins
    a_set_that_names_a_node_twice_is_ended_and_restarted_once
    a_death_that_the_error_of_a_restart_has_told_ends_no_wait
    a_restart_that_is_given_up_leaves_nothing
    a_restart_waits_for_both_ends_of_the_links_of_a_hub
    a_paused_node_is_silent_and_keeps_its_sockets
    a_paused_node_can_be_ended
}

/// A service that counts its runs and listens.
fn counting(runs: &Arc<AtomicUsize>) -> Service {
    let runs = runs.clone();
    Service::new(move |node: NodeContext| {
        let runs = runs.clone();
        async move {
            let _listener = node.listen()?;
            runs.fetch_add(1, Ordering::SeqCst);
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        }
    })
}

async fn a_killed_node_has_let_its_port_go() -> Result {
    let runs = Arc::default();
    let net = cluster! { loopbacks[5]: clique; services[5] = counting(&runs) }.start().wait_connections(true).await?;
    net.kill((&net.loopbacks, &net.services)).await?;
    for node in net.nodes() {
        TcpStream::connect(node.addr()).expect_err("nobody listens any more");
        assert!(format!("{node:?}").ends_with("was killed)"), "{node:?}");
    }
    assert_eq!(net.observed().await?.links().len(), 0);
    net.stop().await
}

async fn a_kill_is_no_death() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    net.k[1].kill().await?;
    net.k[0].wait_for("disconnected", |value| (value["peer"] == "k.2").then_some(())).await?;
    net.k[0].publish("still here").await?;
    net.k[3].wait_for("message", |_| Some(())).await?;
    assert!(matches!(net.k[1].wait_ended().await?, End::Killed));
    net.stop().await
}

#[tokio::test]
async fn a_kill_names_the_node_that_was_not_running() -> Result {
    let net = cluster! { k[3] }.start().await?;
    net.k[1].kill().await?;
    let error = net.kill(&net.k).await.expect_err("one does not run").to_string();
    assert_eq!(error, "node `k.2` cannot be killed: it was killed");
    net.k[0].publish("nobody else was killed").await?;
    let error = Node::new(&Loopback::new(), "new").kill().await.expect_err("it does not run").to_string();
    assert_eq!(error, "node `new` cannot be killed: it was not started");
    net.stop().await
}

/// What a task of a node holds.
struct Held(Arc<AtomicUsize>);

impl Held {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn a_killed_node_holds_nothing_when_the_kill_resolves() -> Result {
    let held: Arc<AtomicUsize> = Arc::default();
    let count = held.clone();
    let busy = Service::new(move |node: NodeContext| {
        let count = count.clone();
        async move {
            for _ in 0..100 {
                let held = Held::new(&count);
                node.spawn(async move {
                    let _held = held;
                    std::future::pending().await
                });
            }
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        }
    });
    let net = cluster! { busy[5] = busy }.start().await?;
    for _ in 0..10 {
        assert_eq!(held.load(Ordering::SeqCst), 500);
        net.kill(&net.busy).await?;
        assert_eq!(held.load(Ordering::SeqCst), 0, "a task is left of a node that was killed");
        net.restart(&net.busy).await?;
    }
    net.stop().await?;
    assert_eq!(held.load(Ordering::SeqCst), 0);
    Ok(())
}

async fn a_killed_node_runs_again_as_the_same() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    let (addr, identity) = (net.k[1].addr(), net.k[1].identity());
    net.k[1].kill().await?;
    net.k[1].restart().wait_connections(true).await?;
    assert_eq!((net.k[1].addr(), net.k[1].identity()), (addr, identity));
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

async fn a_dead_node_is_restarted() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { other; mortal = mortal(&die) }.start().await?;
    die.notify_one();
    net.other.wait_stopped().await.expect_err("a node has died");
    net.mortal.restart().await?;
    net.other.publish("all is well").await?;
    net.other.wait_for("message", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn a_killed_node_does_not_learn_that_it_ends() -> Result {
    let graceful: Arc<AtomicUsize> = Arc::default();
    let net = cluster! { k[20] = flushing(&graceful) }.start().await?;
    net.kill(&net.k).await?;
    assert_eq!(graceful.load(Ordering::SeqCst), 0, "a crash does not flush");
    net.stop().await
}

#[tokio::test]
async fn a_restart_stops_a_running_node_gracefully() -> Result {
    let graceful: Arc<AtomicUsize> = Arc::default();
    let net = cluster! { k[20] = flushing(&graceful) }.start().await?;
    net.restart(&net.k).await?;
    assert_eq!(graceful.load(Ordering::SeqCst), 20, "some were not asked to stop");
    net.stop().await
}

/// Counts the nodes that end in good order.
fn flushing(graceful: &Arc<AtomicUsize>) -> impl Kind<Protocol = ServiceProtocol> + use<> {
    let count = graceful.clone();
    Service::new(move |node: NodeContext| {
        let count = count.clone();
        async move {
            node.ready();
            node.stopped().await;
            count.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Error>(())
        }
    })
}

#[tokio::test]
async fn a_restart_wipes_the_directories_of_a_set_of_services() -> Result {
    async fn serve(node: NodeContext) -> Result {
        let file = node.dir()?.join("state");
        node.event(cluster_runtime::Level::Info, "test", "found", json!(file.exists()));
        std::fs::write(file, "kept")?;
        node.ready();
        node.stopped().await;
        Ok(())
    }
    let net = cluster! { use Service::new(serve); k[3] }.start().await?;
    let found = async || net.wait_for_all(&net.k, "found", |value| value.as_bool()).await;
    net.restart(&net.k).await?;
    assert_eq!(found().await?, [true; 3]);
    net.restart(&net.k).wiped().await?;
    assert_eq!(found().await?, [false; 3]);
    net.stop().await
}

#[tokio::test]
async fn a_node_that_was_never_started_is_not_restarted() -> Result {
    let net = cluster! { k[2]; late }.start().hold(|net| &net.late).await?;
    let error = net.late.restart().await.expect_err("it was held back").to_string();
    assert_eq!(error, "node `late` cannot be restarted: it was not started");
    let error = net.restart((&net.k, &net.late)).await.expect_err("it was held back").to_string();
    assert_eq!(error, "node `late` cannot be restarted: it was not started");
    net.k[0].publish("and nobody was stopped").await?;
    net.stop().await
}

async fn a_rolling_restart_keeps_the_others_up() -> Result {
    let net = cluster! { k[5]: clique }.start().wait_connections(true).await?;
    let rolling = net.restart(&net.k).one_by_one().wait_connections(true).into_future();
    let mut fewest = usize::MAX;
    let watching = async {
        loop {
            fewest = fewest.min(net.observed().await?.links().len());
            tokio::task::yield_now().await;
        }
    };
    let rolled = tokio::select! { rolled = rolling => rolled, watched = watching => watched };
    rolled?;
    assert_ne!(fewest, usize::MAX, "nobody has looked");
    assert!(fewest >= 6, "the four others have six links, of which {fewest} were up");
    for node in &net.k {
        let ends = net.journal().iter().filter(|event| &*event.node == node.name() && event.name == "ended").count();
        assert_eq!(ends, 1, "{} was not restarted once", node.name());
    }
    net.stop().await
}

#[tokio::test]
async fn another_kind_runs_after_a_restart() -> Result {
    async fn serve(node: NodeContext, version: u32) -> Result {
        node.event(cluster_runtime::Level::Info, "test", "version", json!(version));
        node.ready();
        node.stopped().await;
        Ok(())
    }
    let version = |version| Service::new(move |node| serve(node, version));
    let net = cluster! { use version(1); k[2] }.start().await?;
    net.k[0].restart().with(version(2)).await?;
    let versions = net.wait_for_all(&net.k, "version", |value| value.as_u64()).await?;
    assert_eq!(versions, [2, 1]);
    net.k[0].restart().await?;
    assert_eq!(net.k[0].wait_for("version", |value| value.as_u64()).await?, 2, "it has that kind from now on");
    let twin = Node::new(&net.k[0].kind(), "twin");
    net.add(&twin).await?;
    assert_eq!(twin.wait_for("version", |value| value.as_u64()).await?, 2);
    net.stop().await
}

#[tokio::test]
async fn another_kind_may_have_other_ports_and_the_node_keeps_those_that_it_has() -> Result {
    async fn serve(node: NodeContext, ports: &[&'static str]) -> Result {
        let addrs: Vec<_> = ports.iter().map(|port| node.addr_of(port)).collect();
        let _listeners = addrs.iter().map(std::net::TcpListener::bind).collect::<Result<Vec<_>, _>>()?;
        node.ready();
        node.stopped().await;
        Ok(())
    }
    let version = |ports: &'static [&'static str]| Service::new(move |node| serve(node, ports)).ports(ports.to_vec());
    let net = cluster! { n = version(&["rpc", "metrics"]) }.start().await?;
    let had = [net.n.addr_of(""), net.n.addr_of("rpc"), net.n.addr_of("metrics")];
    assert_eq!(net.n.addr_of("admin"), None);
    net.n.restart().with(version(&["admin", "rpc"])).await?;
    assert_eq!([net.n.addr_of(""), net.n.addr_of("rpc"), net.n.addr_of("metrics")], had);
    let admin = net.n.addr_of("admin").expect("its kind asks for it now");
    assert!(!had.contains(&Some(admin)), "{admin} is another port of it");
    TcpStream::connect(admin)?;
    net.n.restart().await?;
    assert_eq!(net.n.addr_of("admin"), Some(admin));
    net.stop().await
}

#[tokio::test]
async fn another_kind_that_needs_another_address_is_refused_and_the_node_runs_on() -> Result {
    let runs = Arc::default();
    let net = cluster! { n = counting(&runs) }.start().await?;
    let error = net.n.restart().with(counting(&runs).localhost()).await.expect_err("it is elsewhere").to_string();
    let addr = net.n.addr();
    assert_eq!(
        error,
        format!(
            "node `n` cannot be restarted with a kind whose nodes are on 127.0.0.1: it keeps its address, {addr}\n\
             help: give it a kind with `.localhost()` from the beginning"
        )
    );
    TcpStream::connect(addr)?;
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    net.stop().await
}

/// Nobody has to keep what a start of a node returns: its cluster owns the run.
async fn a_node_that_is_started_again_runs_on_with_its_cluster() -> Result {
    let runs = Arc::default();
    let net = cluster! { other; n = counting(&runs) }.start().await?;
    net.n.kill().await?;
    let _ = start(&net.n).await?;
    TcpStream::connect(net.n.addr())?;
    net.n.stop().await?;
    drop(start(&net.n).await?);
    TcpStream::connect(net.n.addr())?;
    net.stop().await?;
    TcpStream::connect(net.n.addr()).expect_err("it was stopped with its cluster");
    Ok(())
}

async fn a_kill_at_any_point_of_a_start_is_no_deadlock() -> Result {
    for steps in 0..60 {
        let nodes = create(&Loopback::new(), "n", 4);
        clique(&nodes);
        let starting = tokio::spawn(start(&nodes).wait_connections(true).into_future());
        for _ in 0..steps {
            tokio::task::yield_now().await;
        }
        let began = Instant::now();
        match nodes[2].kill().await {
            Ok(()) | Err(Error::NotRunning { .. }) => {}
            Err(error) => panic!("expected the end of the node, found {error:?}"),
        }
        match starting.await.expect("no panic") {
            Ok(net) => net.stop().await?,
            Err(Error::Failed(failed)) => {
                assert_eq!(&*failed.node, "n.3");
                assert!(failed.cause().starts_with("it was killed"), "{}", failed.cause());
            }
            Err(error) => panic!("expected a failure of the node that was killed, found {error:?}"),
        }
        assert!(began.elapsed() < Duration::from_secs(4), "step {steps} took {:?}", began.elapsed());
    }
    Ok(())
}

async fn a_restart_during_the_start_runs_the_node_once() -> Result {
    let mut restarts = 0;
    for steps in 0..40 {
        let runs: Arc<AtomicUsize> = Arc::default();
        let net = cluster! { first; other = counting(&runs) }.start().await?;
        net.other.kill().await?;
        runs.store(0, Ordering::SeqCst);
        let starting = tokio::spawn(start(&net.other).into_future());
        for _ in 0..steps {
            tokio::task::yield_now().await;
        }
        if net.other.kill().await.is_ok() {
            let before = runs.load(Ordering::SeqCst);
            match net.other.restart().await {
                Ok(()) => {
                    assert_eq!(runs.load(Ordering::SeqCst), before + 1, "step {steps}");
                    restarts += 1;
                }
                Err(error) => panic!("step {steps}: {error:?}"),
            }
        }
        let _ = starting.await.expect("no panic");
        net.stop().await?;
    }
    assert!(restarts > 0, "no kill has met a start");
    Ok(())
}

async fn of_restarts_at_the_same_time_one_wins() -> Result {
    let runs: Arc<AtomicUsize> = Arc::default();
    let counter = runs.clone();
    let slow = Service::new(move |node: NodeContext| {
        counter.fetch_add(1, Ordering::SeqCst);
        async move {
            node.ready();
            node.stopped().await;
            // So that the first restart is under way when the second begins.
            node.sleep(Duration::from_millis(20)).await;
            Ok::<_, Error>(())
        }
    });
    let net = cluster! { n = slow }.start().await?;
    let (first, second) = tokio::join!(net.n.restart().into_future(), net.n.restart().into_future());
    first?;
    let error = second.expect_err("there is one already").to_string();
    assert_eq!(
        error,
        "node `n` cannot be restarted: another restart of it is under way\nhelp: await one before the next"
    );
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    net.n.restart().await?;
    net.stop().await
}

async fn a_set_that_names_a_node_twice_is_ended_and_restarted_once() -> Result {
    let runs: Arc<AtomicUsize> = Arc::default();
    let net = cluster! { k[2] = counting(&runs) }.start().await?;
    net.restart((&net.k, &net.k[1])).await?;
    assert_eq!(runs.load(Ordering::SeqCst), 4);
    net.restart((&net.k, &net.k[1])).one_by_one().await?;
    assert_eq!(runs.load(Ordering::SeqCst), 6);
    net.pause((&net.k, &net.k)).await?;
    net.resume((&net.k, &net.k)).await?;
    net.kill((&net.k, &net.k)).await?;
    net.stop().await
}

/// A service that runs once.
fn unrepeatable() -> Service {
    let runs: Arc<AtomicUsize> = Arc::default();
    Service::new(move |node: NodeContext| {
        let run = runs.fetch_add(1, Ordering::SeqCst);
        async move {
            if run > 0 {
                return Err("its journal is corrupt");
            }
            node.ready();
            node.stopped().await;
            Ok(())
        }
    })
}

async fn a_death_that_the_error_of_a_restart_has_told_ends_no_wait() -> Result {
    let net = cluster! { others[2]: clique; n = unrepeatable() }.start().wait_connections(true).await?;
    let error = net.n.restart().await.expect_err("it runs once").to_string();
    assert_eq!(error, "node `n` failed in phase `ready`: it failed: its journal is corrupt");
    net.others[0].publish("and the others go on").await?;
    net.others[1].wait_for("message", |_| Some(())).await?;
    let silence = net.others[0].wait_for("rain", |_| Some(())).timeout(Duration::from_millis(10)).await;
    let report = format!("{:?}", silence.expect_err("nothing comes"));
    assert!(report.contains("\nnot as they should be:\n  - n failed: its journal is corrupt"), "{report}");
    net.stop().await
}

#[tokio::test]
async fn a_cluster_does_nothing_to_a_node_of_another() -> Result {
    let (here, there) = (cluster! { a }.start().await?, cluster! { b; c[4] }.start().await?);
    let both = (&here.a, &there.b);
    for (act, refused) in [
        ("kill", here.kill(both).await),
        ("stop", here.stop_nodes(both).await),
        ("pause", here.pause(both).await),
        ("resumption", here.resume(both).await),
        ("restart", here.restart(both).await),
        ("removal", here.remove(both).await),
    ] {
        assert_eq!(
            refused.expect_err(act).to_string(),
            format!(
                "the {act} was refused: node `b` is of another cluster, that of `c.1`, `c.2`, `c.3`, and 1 more\n\
                 help: ask that one, or name nodes of this cluster"
            )
        );
    }
    assert_eq!((here.nodes().len(), there.nodes().len()), (1, 5));
    here.a.publish("it runs on").await?;
    there.b.publish("it runs on").await?;
    here.stop().await?;
    there.stop().await
}

#[tokio::test]
async fn a_cluster_does_nothing_to_a_node_of_none() -> Result {
    let net = cluster! { a }.start().await?;
    let late = Node::new(&Loopback::new(), "late");
    let error = net.kill((&net.a, &late)).await.expect_err("it was not added").to_string();
    assert_eq!(error, "the kill was refused: node `late` is of no cluster\nhelp: add it first, with `net.add(..)`");
    net.add(&late).await?;
    net.kill((&net.a, &late)).await?;
    net.stop().await
}

async fn a_restart_that_is_given_up_leaves_nothing() -> Result {
    let slow = Service::new(|node: NodeContext| async move {
        let _listener = node.listen()?;
        node.sleep(Duration::from_millis(5)).await;
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { slow = slow }.start().await?;
    for wait in 0..10 {
        let restarting = net.slow.restart().into_future();
        let given_up = tokio::time::timeout(Duration::from_micros(500 * wait), restarting).await;
        if given_up.is_err() {
            net.slow.wait_stopped().await?;
            TcpStream::connect(net.slow.addr()).expect_err("nothing listens");
        }
        net.slow.restart().await?;
        TcpStream::connect(net.slow.addr())?;
    }
    net.stop().await
}

async fn a_restart_waits_for_both_ends_of_the_links_of_a_hub() -> Result {
    let net = cluster! { hub; leaves[50]: star(hub) }.start().wait_connections(true).await?;
    for _ in 0..3 {
        net.hub.kill().await?;
        net.hub.restart().wait_connections(true).await?;
        assert_eq!(net.observed().await?, net.topology());
    }
    net.restart(&net.leaves).wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_restart_that_waits_for_a_dead_peer_names_it() -> Result {
    let net = cluster! { a; b: connect(a); c: connect(a) }.start().wait_connections(true).await?;
    net.b.kill().await?;
    let restarting = net.a.restart().wait_connections(true).timeout(Duration::from_millis(200));
    let error = restarting.await.expect_err("b does not run");
    assert_eq!(error.to_string(), "1 declared link did not come up within 200ms: b - a: b was killed");
    assert_eq!(net.c.connections().await?.len(), 1, "the restarted node runs nevertheless");
    net.stop().await
}

async fn a_paused_node_is_silent_and_keeps_its_sockets() -> Result {
    let net = cluster! { a; b: connect(a); c: connect(b) }.start().wait_connections(true).await?;
    net.b.pause().await?;
    let mark = net.mark();
    net.a.publish("hello").await?;
    let silence = net.c.wait_for("message", |_| Some(())).timeout(Duration::from_millis(100)).await;
    let error = silence.expect_err("the node between them is paused");
    assert!(format!("{error:?}").contains("\nnot as they should be:\n  - b is paused"), "{error:?}");
    assert!(!net.journal().iter().any(|event| &*event.node == "b" && event.name == "message"), "it took it");
    assert_eq!(net.observed().await?, net.topology(), "its links are up");
    drop(TcpStream::connect(net.b.addr())?);
    net.b.resume().await?;
    net.c.wait_for("message", |value| (value["text"] == "hello").then_some(())).since(mark).await?;
    net.stop().await
}

#[tokio::test]
async fn a_pause_is_in_the_journal_once() -> Result {
    let net = cluster! { a; b = counting(&Arc::default()) }.start().await?;
    net.pause((&net.a, &net.b)).await?;
    let of_life: Vec<_> = net.journal().into_iter().filter(|event| &*event.section == "cluster.life").collect();
    assert_eq!(of_life.iter().filter(|event| event.name == "paused").count(), 2, "{of_life:?}");
    net.stop().await
}

#[tokio::test]
async fn what_a_paused_node_cannot_do_is_an_error() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    net.a.pause().await?;
    assert!(format!("{:?}", net.a).ends_with("is paused)"), "{:?}", net.a);
    let error = net.a.publish("hello").await.expect_err("it is paused").to_string();
    assert_eq!(error, "node `a` cannot publish a message: it is paused");
    let error =
        net.a.wait_for("rain", |_| Some(())).timeout(Duration::from_millis(10)).await.expect_err("it is paused");
    assert!(error.to_string().starts_with("node `a` is paused: the event `rain`"), "{error}");
    net.a.resume().await?;
    let error = net.a.resume().await.expect_err("it runs").to_string();
    assert_eq!(error, "node `a` cannot be resumed: it is running, and is not paused");
    net.stop().await?;
    let error = net.pause((&net.b, &net.a)).await.expect_err("they have ended").to_string();
    assert_eq!(error, "node `b` cannot be paused: it has ended");
    Ok(())
}

async fn a_paused_node_can_be_ended() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    net.pause(&net.k).await?;
    let began = Instant::now();
    net.k[0].stop().await?;
    net.k[1].kill().await?;
    net.k[2].restart().await?;
    assert!(began.elapsed() < Duration::from_secs(4), "it took {:?}", began.elapsed());
    net.k[3].resume().await?;
    net.restart(&net.k[..2]).await?;
    net.wait_connections().await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}
