//! Waits end at their deadlines with what there was instead, and at once when a node dies.

use std::fmt::Debug;
use std::future::{Future, IntoFuture};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cluster_runtime::error::End;
use cluster_runtime::{Error, Level, Node, NodeContext, Result, Service, cluster};
use serde_json::json;
use tokio::sync::Notify;

use super::deaths::mortal;

const SHORT: Duration = Duration::from_millis(50);

/// Reports each number that it is given, and dies of 13.
async fn count(
    node: NodeContext,
    numbers: Arc<tokio::sync::Mutex<tokio::sync::mpsc::UnboundedReceiver<u64>>>,
) -> Result {
    node.ready();
    let mut numbers = numbers.lock().await;
    loop {
        let number = tokio::select! {
            Some(number) = numbers.recv() => number,
            () = node.stopped() => return Ok(()),
        };
        node.event(Level::Info, "test", "number", json!(number));
        if number == 13 {
            return Err(Error::other("bad luck"));
        }
    }
}

fn counter() -> (tokio::sync::mpsc::UnboundedSender<u64>, Service) {
    let (sender, numbers) = tokio::sync::mpsc::unbounded_channel();
    let numbers = Arc::new(tokio::sync::Mutex::new(numbers));
    (sender, Service::new(move |node| count(node, numbers.clone())))
}

fn send(numbers: &tokio::sync::mpsc::UnboundedSender<u64>, number: u64) {
    numbers.send(number).expect("the service has the other end");
}

#[tokio::test]
async fn a_filter_may_return_a_bool() -> Result {
    let (numbers, kind) = counter();
    let net = cluster! { n = kind }.start().await?;
    send(&numbers, 1);
    let wait = || net.n.wait_for("number", |number| number == 2);
    wait().timeout(SHORT).await.expect_err("it has not come");
    send(&numbers, 2);
    wait().await?;
    net.wait_for_all(&net.n, "number", |number| number == 2).await?;
    net.n.wait_for_event("number", |event| event.level == Level::Info).await?;
    net.stop().await
}

#[tokio::test]
async fn a_filter_may_return_a_result() -> Result {
    let (numbers, kind) = counter();
    let net = cluster! { n = kind }.start().await?;
    [1, 2].iter().for_each(|number| send(&numbers, *number));
    let even = |number: &serde_json::Value| match number.as_u64() {
        Some(number) if number % 2 == 0 => Ok(number),
        _ => Err(Error::other("it is odd")),
    };
    assert_eq!(net.n.wait_for("number", even).await?, 2);
    assert_eq!(net.wait_for_all(&net.n, "number", even).await?, [2]);
    net.stop().await
}

#[tokio::test]
async fn a_call_on_a_service_without_a_handle_says_what_sets_one() -> Result {
    let (_numbers, kind) = counter();
    let net = cluster! { n = kind }.start().await?;
    let error = net.n.call(|_| async { Ok::<_, Error>(()) }).timeout(SHORT).await.expect_err("it has none");
    assert!(
        error.to_string().contains("its handle (a service of `Service::providing` sets it) did not come"),
        "{error}"
    );
    net.stop().await
}

#[tokio::test]
async fn the_error_of_a_call_names_its_node() -> Result {
    let serve = async |node: NodeContext, handle: cluster_runtime::kinds::Provide<NodeContext>| {
        handle.set(node.clone());
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    };
    let net = cluster! { use Service::providing(serve); n[2] }.start().await?;
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    let error = net.n[1].call(|_| async { Err::<(), _>(full) }).await.expect_err("it fails");
    assert_eq!(error.to_string(), "the call on node `n.2` failed: no storage space");
    let Error::Call { source, .. } = &error else { panic!("{error:?}") };
    assert!(source.is::<std::io::Error>(), "whoever calls gets their own error");
    let rain = net.n[0].any().clone();
    let wait = async move |_| rain.wait_for("rain", |_| true).timeout(SHORT).await;
    let report = cluster_tests::report(&net.n[1].call(wait).await.expect_err("it never rains"));
    assert!(report.starts_with("the call on node `n.2` failed: node `n.1` is running: "), "{report}");
    assert!(report.contains("the end of the log of `n.1`"), "the report of the error within is lost: {report}");
    net.stop().await
}

#[tokio::test]
async fn a_wait_since_a_mark_sees_nothing_before_it() -> Result {
    let (numbers, kind) = counter();
    let net = cluster! { n = kind }.start().await?;
    send(&numbers, 1);
    net.n.wait_for("number", |number| (number == 1).then_some(())).await?;
    let mark = net.mark();
    let number = net.n.wait_for("number", |number| number.as_u64());
    assert_eq!(number.await?, 1, "past events of the run count");
    let number = net.n.wait_for("number", |number| number.as_u64()).since(mark).timeout(SHORT);
    number.await.expect_err("none since then");
    send(&numbers, 2);
    assert_eq!(net.n.wait_for("number", |number| number.as_u64()).since(mark).await?, 2);
    assert_eq!(net.n.wait_for("number", |number| number.as_u64()).since(mark).await?, 2, "a mark is used again");
    net.stop().await
}

#[tokio::test]
async fn a_wait_looks_at_the_present_run_and_one_since_a_mark_at_all() -> Result {
    let (numbers, kind) = counter();
    let net = cluster! { n = kind }.start().await?;
    let mark = net.mark();
    send(&numbers, 1);
    net.n.wait_for("number", |number| number.as_u64()).await?;
    net.n.kill().await?;
    assert_eq!(net.n.wait_for("number", |number| number.as_u64()).await?, 1, "the last run");
    net.n.restart().await?;
    net.n.wait_for("number", |number| number.as_u64()).timeout(SHORT).await.expect_err("not in this run");
    assert_eq!(net.n.wait_for("number", |number| number.as_u64()).since(mark).await?, 1);
    net.stop().await
}

#[tokio::test]
async fn a_whole_event_can_be_waited_for() -> Result {
    let (numbers, kind) = counter();
    let net = cluster! { n = kind }.start().await?;
    send(&numbers, 7);
    let section =
        net.n.wait_for_event("number", |event| (event.level == Level::Info).then(|| event.section.to_string()));
    assert_eq!(section.await?, "test");
    net.stop().await
}

#[tokio::test]
async fn a_wait_for_all_returns_the_values_in_order() -> Result {
    let net = cluster! { k[4]: line }.start().wait_connections(true).await?;
    let mark = net.mark();
    net.k[0].publish("hello").await?;
    let hops = net.wait_for_all(&net.k, "message", |value| value["hops"].as_u64()).since(mark).await?;
    assert_eq!(hops, [0, 1, 2, 3]);
    net.stop().await
}

#[tokio::test]
async fn a_wait_for_all_names_those_that_have_not() -> Result {
    let net = cluster! { k[3]: clique; out[2] }.start().wait_connections(true).await?;
    net.k[0].publish("hello").await?;
    let all = net.wait_for_all((&net.k, &net.out), "message", |_| Some(())).timeout(SHORT);
    assert_eq!(
        all.await.expect_err("two are not linked").to_string(),
        "the event `message` that the filter accepts did not come from all nodes within 50ms: \
         3 of 5 have reported it, not `out.1`, `out.2`"
    );
    let all = net.wait_for_all((&net.k, &net.out[0]), "message", |_| Some(())).timeout(SHORT);
    assert_eq!(
        all.await.expect_err("one is not linked").to_string(),
        "node `out.1` is running: the event `message` that the filter accepts (there was none of that name; others were \
         `listening`, `ready`) did not come within 50ms"
    );
    net.stop().await
}

#[tokio::test]
async fn a_wait_for_all_for_a_name_that_nobody_reports_lists_those_that_were_seen() -> Result {
    let net = cluster! { k[3]: clique; out }.start().wait_connections(true).await?;
    net.k[0].publish("hello").await?;
    net.k[2].wait_for("message", |_| true).await?;
    let all = net.wait_for_all(net.nodes(), "mesage", |_| true).timeout(SHORT);
    assert_eq!(
        all.await.expect_err("nobody reports it").to_string(),
        "the event `mesage` that the filter accepts did not come from all nodes within 50ms: \
         0 of 4 have reported it, not `k.1`, `k.2`, `k.3`, and 1 more \
         (there was none of that name; others were `message`, `connected`, `listening`, and 1 more)"
    );
    let since = net.wait_for_all(&net.k, "mesage", |_| true).since(net.mark()).timeout(SHORT);
    let error = since.await.expect_err("nothing comes").to_string();
    assert!(error.ends_with("not `k.1`, `k.2`, `k.3`"), "what came before is none of its business: {error}");
    let refused = net.wait_for_all(&net.k, "message", |_| false).timeout(SHORT);
    let error = refused.await.expect_err("none is accepted").to_string();
    assert!(error.ends_with("not `k.1`, `k.2`, `k.3`"), "it is no matter of the name: {error}");
    net.stop().await
}

#[tokio::test]
async fn a_wait_for_connections_names_the_links_that_are_missing() -> Result {
    let net = cluster! { k[4]: clique; other }.start().wait_connections(true).await?;
    net.k[1].kill().await?;
    let error = net.wait_connections().timeout(SHORT).await.expect_err("three links are missing");
    assert_eq!(
        error.to_string(),
        "3 declared links did not come up within 50ms: \
         k.2 - k.1: k.2 was killed; k.3 - k.2: k.2 was killed; k.4 - k.2: k.2 was killed"
    );
    assert!(format!("{error:?}").contains("not as they should be:\n  - k.2 was killed"), "{error:?}");
    let (connected, restarted) = tokio::join!(net.wait_connections().into_future(), net.k[1].restart().into_future());
    connected.and(restarted)?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn every_wait_lists_the_links_that_are_missing_between_nodes_that_run() -> Result {
    // Each tells of the other, until the test has seen enough of it.
    let enough = Arc::new(Notify::new());
    let until = enough.clone();
    let kind = Service::new(move |node: NodeContext| {
        let until = until.clone();
        async move {
            let peers = node.peers();
            peers.iter().for_each(|peer| node.connected(peer.name()));
            node.ready();
            if node.index() == 1 {
                until.notified().await;
                peers.iter().for_each(|peer| node.disconnected(peer.name()));
                node.event(Level::Info, "test", "enough", json!(null));
            }
            node.stopped().await;
            Ok::<_, Error>(())
        }
    });
    let net = cluster! { use kind; k[2]: clique; other; gone: connect(other) }.start().wait_connections(true).await?;
    net.gone.kill().await?;
    enough.notify_one();
    net.k[1].wait_for("enough", |_| Some(())).await?;
    let expected = "\nnot as they should be:\n  - gone was killed\n  - k.2 - k.1: k.1 reports it, k.2 lost it ";
    let waits = [
        net.other.wait_for("rain", |_| Some(())).timeout(SHORT).await.expect_err("it never rains"),
        net.other.wait_ended().timeout(SHORT).await.map(drop).expect_err("it runs on"),
        net.eventually(|| async { false }).timeout(SHORT).await.map(drop).expect_err("it does not hold"),
        net.wait_until(|_| false).timeout(SHORT).await.expect_err("it does not hold"),
    ];
    for error in waits {
        let report = format!("{error:?}");
        assert!(report.contains(expected), "{report}");
    }
    net.stop().await
}

#[tokio::test]
async fn a_link_that_was_lost_says_how_long_ago() -> Result {
    let kind = Service::new(async |node: NodeContext| {
        for peer in node.peers() {
            node.connected(peer.name());
            node.disconnected(peer.name());
        }
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { use kind; k[2]: clique }.start().await?;
    let error = net.wait_connections().timeout(SHORT).await.expect_err("the link is lost").to_string();
    let (before, told) = error.split_once("k.2 - k.1: lost ").unwrap_or_else(|| panic!("it is not told: {error}"));
    let (ago, state) = told.split_once(" ago; ").unwrap_or_else(|| panic!("it is not told: {error}"));
    assert_eq!(before, "1 declared link did not come up within 50ms: ");
    assert!(ago.ends_with('s'), "{error}");
    assert_eq!(state, "k.2 has not reported that it dialled");
    net.stop().await
}

#[tokio::test]
async fn a_wait_for_a_topology_shows_the_last_one() -> Result {
    let net = cluster! { k[3]: line }.start().wait_connections(true).await?;
    net.wait_until(|observed| observed.degree("k.2") == Some(2)).await?;
    let error = net.wait_until(|observed| observed.links().len() == 3).timeout(SHORT).await.expect_err("it is a line");
    assert_eq!(
        error.to_string(),
        "the observed topology was not accepted within 50ms: it was last\n\
         3 nodes, 2 links\nk.1  1: k.2\nk.2  2: k.1, k.3\nk.3  1: k.2"
    );
    net.stop().await
}

#[tokio::test]
async fn a_condition_is_a_bool_an_option_or_a_result() -> Result {
    let net = cluster! { a; b: connect(a) }.start().await?;
    let calls = AtomicUsize::new(0);
    net.eventually(|| async { calls.fetch_add(1, Ordering::SeqCst) >= 3 }).await?;
    let value =
        net.eventually(|| async { Some(calls.fetch_add(1, Ordering::SeqCst)).filter(|calls| *calls > 5) }).await?;
    assert_eq!(value, 6);
    let connected = net.eventually(async || match net.a.connections().await?.len() {
        1 => Ok(7),
        count => Err(Error::other(format!("{count} connections"))),
    });
    assert_eq!(connected.await?, 7);
    let mut attempts = 0;
    let counted = net.eventually(|| {
        attempts += 1;
        std::future::ready((attempts > 2).then_some(attempts).ok_or("not yet"))
    });
    assert_eq!(counted.await?, 3);
    net.stop().await
}

#[tokio::test]
async fn a_condition_that_does_not_hold_shows_what_it_last_returned() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    let text =
        async |wait: cluster_runtime::wait::Wait<'_, ()>| wait.timeout(SHORT).await.expect_err("never").to_string();
    let missed = "the condition did not hold within 50ms: ";
    assert_eq!(text(net.eventually(|| async { false })).await, format!("{missed}it last returned false"));
    assert_eq!(text(net.eventually(|| async { None })).await, format!("{missed}it last returned None"));
    assert_eq!(
        text(net.eventually(|| async { Err::<(), _>("only 2 of 3 votes") })).await,
        format!("{missed}it last returned the error: only 2 of 3 votes")
    );
    assert_eq!(text(net.eventually(std::future::pending::<bool>)).await, format!("{missed}it did not return once"));
    net.a.pause().await?;
    let error = net.eventually(|| async { false }).timeout(SHORT).await.expect_err("never");
    assert!(format!("{error:?}").contains("not as they should be:\n  - a is paused"), "{error:?}");
    net.stop().await
}

#[tokio::test]
async fn the_next_event_has_a_deadline_and_ends_with_the_node() -> Result {
    let (numbers, kind) = counter();
    let net = cluster! { n = kind }.start().await?;
    let mut events = net.n.events();
    assert_eq!(events.next().await?.expect("it runs").name, "ready");
    let error = events.next().timeout(SHORT).await.expect_err("it reports nothing").to_string();
    assert_eq!(error, "node `n` is running: its next event did not come within 50ms");
    send(&numbers, 5);
    assert_eq!(events.next().await?.expect("it runs").name, "number", "the wait before has lost nothing");
    net.n.stop().await?;
    assert_eq!(events.next().await?.expect("its last one").name, "ended");
    assert!(events.next().await?.is_none());
    net.stop().await
}

async fn ends_by_the_death<T: Debug>(what: &str, die: &Notify, wait: impl Future<Output = Result<T>>) {
    let began = Instant::now();
    let mut wait = std::pin::pin!(wait);
    tokio::select! {
        biased;
        early = &mut wait => panic!("{what} has ended before: {early:?}"),
        () = tokio::time::sleep(Duration::from_millis(20)) => {}
    }
    die.notify_one();
    match wait.await {
        Err(Error::Died { deaths, .. }) => assert_eq!(&*deaths[0].node, "mortal", "{what}"),
        other => panic!("{what}: expected the death, found {other:?}"),
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{what} took {:?}", began.elapsed());
}

#[tokio::test]
async fn a_death_ends_every_wait() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { a; gone: connect(a); mortal = mortal(&die) }.start().wait_connections(true).await?;
    net.gone.kill().await?;
    let mut events = net.a.events();
    while events.next().timeout(SHORT).await.is_ok() {}
    ends_by_the_death("wait_for", &die, net.a.wait_for("rain", |_| Some(())).into_future()).await;
    net.mortal.restart().await?;
    ends_by_the_death("wait_for_event", &die, net.a.wait_for_event("rain", |_| Some(())).into_future()).await;
    net.mortal.restart().await?;
    ends_by_the_death("wait_for_all", &die, net.wait_for_all(&net.a, "rain", |_| Some(())).into_future()).await;
    net.mortal.restart().await?;
    ends_by_the_death("wait_connections", &die, net.wait_connections().into_future()).await;
    net.mortal.restart().await?;
    ends_by_the_death("wait_until", &die, net.wait_until(|_| false).into_future()).await;
    net.mortal.restart().await?;
    ends_by_the_death("eventually", &die, net.eventually(|| async { false }).into_future()).await;
    net.mortal.restart().await?;
    ends_by_the_death("events", &die, events.next().into_future()).await;
    net.mortal.restart().await?;
    ends_by_the_death("wait_stopped", &die, net.a.wait_stopped().into_future()).await;
    net.mortal.restart().await?;
    ends_by_the_death("wait_ended", &die, net.a.wait_ended().into_future()).await;
    net.mortal.restart().await?;
    ends_by_the_death("restart", &die, net.a.restart().wait_connections(true).into_future()).await;
    net.mortal.wait_ended().await?;
    net.stop().await
}

/// A service that is ready in its first run only.
pub(super) fn once_ready() -> Service {
    let runs = Arc::new(AtomicUsize::new(0));
    Service::new(move |node: NodeContext| {
        let is_first = runs.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if is_first {
                node.ready();
            }
            node.stopped().await;
            Ok::<_, Error>(())
        }
    })
}

#[tokio::test]
async fn a_death_ends_the_restart_and_the_addition_of_another_node() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { stuck = once_ready(); mortal = mortal(&die) }.start().await?;
    ends_by_the_death("restart", &die, net.stuck.restart().into_future()).await;
    net.mortal.restart().await?;
    let late = Node::new(&net.stuck.kind(), "late");
    ends_by_the_death("add", &die, net.add(&late).into_future()).await;
    net.mortal.wait_ended().await?;
    net.stop().await
}

#[tokio::test]
async fn what_has_ended_is_told_whoever_else_has_died() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { a; mortal = mortal(&die) }.start().await?;
    net.a.kill().await?;
    die.notify_one();
    net.mortal.wait_stopped().await.expect_err("it has died");
    assert!(matches!(net.a.wait_ended().await?, End::Killed));
    net.mortal.wait_ended().await?;
    net.stop().await
}
