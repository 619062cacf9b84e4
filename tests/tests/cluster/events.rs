//! Events: a stream from the node's first one on, and waits that see past ones too.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cluster_runtime::{
    DefaultLevel, Error, Level, Loopback, Node, NodeContext, Result, Service, cluster, create, start,
};
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};

cluster_tests::on_both_runtimes! {
    no_event_is_lost_between_two_lines_of_a_test
    a_stream_begins_with_the_first_event_and_ends_with_the_node
    cancelling_next_loses_no_event
    many_readers_see_every_event
}

/// A service that counts, one tick for each permit, and then runs until it is stopped.
fn ticking(permits: &Arc<Semaphore>) -> Service {
    let permits = permits.clone();
    Service::new(move |node: NodeContext| {
        let permits = permits.clone();
        async move {
            node.ready();
            let mut tick = 0;
            loop {
                tokio::select! {
                    permit = permits.acquire() => permit?.forget(),
                    () = node.stopped() => return Ok::<_, cluster_runtime::error::BoxError>(()),
                }
                tick += 1;
                node.event(Level::Info, "clock", "tick.v0", json!({ "tick": tick }));
            }
        }
    })
}

fn tick_of(value: &Value) -> Option<u64> {
    value["tick"].as_u64()
}

async fn no_event_is_lost_between_two_lines_of_a_test() -> Result {
    let permits = Arc::new(Semaphore::new(100));
    let node = Node::new(&ticking(&permits), "n");
    let net = start(&node).await?;
    // Past events count, in any order, and as often as one asks.
    for wanted in [100, 1, 50, 100] {
        let tick = node.wait_for("tick", |value| tick_of(value).filter(|tick| *tick == wanted)).await?;
        assert_eq!(tick, wanted);
    }
    permits.add_permits(1);
    let tick = node.wait_for("tick.v0", |value| tick_of(value).filter(|tick| *tick > 100)).await?;
    assert_eq!(tick, 101);
    net.stop().await
}

async fn a_stream_begins_with_the_first_event_and_ends_with_the_node() -> Result {
    let permits = Arc::new(Semaphore::new(3));
    let node = Node::new(&ticking(&permits), "n");
    let mut early = node.events();
    let net = start(&node).await?;
    node.wait_for("tick", |value| tick_of(value).filter(|tick| *tick == 3)).await?;
    net.stop().await?;
    let mut late = node.events();
    for events in [&mut early, &mut late] {
        let mut names = Vec::new();
        let mut last = SystemTime::UNIX_EPOCH;
        while let Some(event) = events.next().await? {
            assert_eq!(&*event.node, "n");
            assert!(event.time >= last, "time went backwards");
            last = event.time;
            names.push(event.name.to_string());
        }
        assert_eq!(names, ["ready", "tick.v0", "tick.v0", "tick.v0", "ended"]);
        assert!(events.next().await?.is_none(), "it has ended for good");
    }
    Ok(())
}

async fn cancelling_next_loses_no_event() -> Result {
    let permits = Arc::new(Semaphore::new(0));
    let node = Node::new(&ticking(&permits), "n");
    let net = start(&node).await?;
    let mut events = node.events();
    let mut seen = Vec::new();
    while seen.last() != Some(&200) {
        permits.add_permits(1);
        // The other branch cancels `next` again and again, at every point where it may wait.
        tokio::select! {
            biased;
            event = events.next().into_future() => {
                let event = event?.expect("the node runs");
                seen.extend(tick_of(&event.value));
            }
            () = tokio::task::yield_now() => {}
        }
    }
    assert_eq!(seen, (1..=200).collect::<Vec<_>>());
    net.stop().await
}

async fn many_readers_see_every_event() -> Result {
    let permits = Arc::new(Semaphore::new(0));
    let node = Node::new(&ticking(&permits), "n");
    let net = start(&node).await?;
    let readers: Vec<_> = (0..10)
        .map(|_| {
            let mut events = node.events();
            tokio::spawn(async move {
                let mut seen = Vec::new();
                while let Some(event) = events.next().await? {
                    seen.extend(tick_of(&event.value));
                }
                Ok::<_, Error>(seen)
            })
        })
        .collect();
    for _ in 0..500 {
        permits.add_permits(1);
        tokio::task::yield_now().await;
    }
    node.wait_for("tick", |value| tick_of(value).filter(|tick| *tick == 500)).await?;
    net.stop().await?;
    for reader in readers {
        assert_eq!(reader.await.expect("it does not panic")?, (1..=500).collect::<Vec<_>>());
    }
    Ok(())
}

#[tokio::test]
async fn a_wait_ends_when_the_node_ends_first() -> Result {
    let go = Arc::new(Notify::new());
    for (how, end) in [
        (None, "node `n` has ended before the event `rain`"),
        (Some("drought"), "node `n` failed: drought before the event `rain`"),
    ] {
        let told = go.clone();
        let kind = Service::new(move |node: NodeContext| {
            let told = told.clone();
            async move {
                node.ready();
                told.notified().await;
                how.map_or(Ok(()), Err)
            }
        });
        let net = cluster! { n = kind }.start().await?;
        let waiting = tokio::spawn({
            let node = net.n.clone();
            async move { node.wait_for("rain", |_| Some(())).await }
        });
        go.notify_one();
        let error = waiting.await.expect("it does not panic").expect_err("it never rains");
        assert!(error.to_string().starts_with(end), "{error}");
        assert!(matches!(error, Error::Ended { .. }), "{error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_wait_finds_an_event_of_a_node_that_has_ended() -> Result {
    let permits = Arc::new(Semaphore::new(5));
    let node = Node::new(&ticking(&permits), "n");
    let net = start(&node).await?;
    node.wait_for("tick", |value| tick_of(value).filter(|tick| *tick == 5)).await?;
    net.stop().await?;
    assert_eq!(node.wait_for("tick", tick_of).await?, 1);
    node.wait_for("sunset", |_| Some(())).await.expect_err("there was none");
    Ok(())
}

#[tokio::test]
async fn what_a_full_log_dropped_is_counted_and_told() -> Result {
    let permits = Arc::new(Semaphore::new(10_000));
    let node = Node::new(&ticking(&permits), "n");
    let mut events = node.events();
    let net = start(&node).await?;
    let ready = events.next().await?.expect("the node has reported that");
    assert_eq!(&*ready.name, "ready");
    node.wait_for("tick", |value| tick_of(value).filter(|tick| *tick == 10_000)).await?;
    let dropped = events.next().await?.expect("the node goes on");
    assert_eq!((&*dropped.section, &*dropped.name), ("log", "events_dropped"));
    let count = dropped.value["count"].as_u64().expect("it is counted");
    let next = events.next().await?.expect("the node goes on");
    assert_eq!(tick_of(&next.value), Some(count + 1), "the count does not fit");
    net.stop().await
}

#[tokio::test]
async fn a_wait_in_vain_tells_what_came_instead() -> Result {
    let node = Node::new(&ticking(&Arc::new(Semaphore::new(3))), "n");
    let net = start(&node).await?;
    node.wait_for("tick", |value| tick_of(value).filter(|tick| *tick == 3)).await?;
    let misspelt = node.wait_for("tik", |_| Some(())).timeout(Duration::ZERO).await.expect_err("there is none");
    let text = "the event `tik` that the filter accepts (there was none of that name; others were `tick.v0`, `ready`) did not come";
    assert!(misspelt.to_string().contains(text), "{misspelt}");
    let never = |value: &Value| tick_of(value).filter(|tick| *tick > 3);
    let narrow = node.wait_for("tick", never).timeout(Duration::ZERO).await.expect_err("there are three");
    let text =
        "the event `tick` that the filter accepts (it accepted none of 3, the last of them {\"tick\":3}) did not come";
    assert!(narrow.to_string().contains(text), "{narrow}");
    net.stop().await
}

#[tokio::test]
async fn a_wait_in_vain_tells_of_dropped_events() -> Result {
    let node = Node::new(&ticking(&Arc::new(Semaphore::new(10_000))), "n");
    let net = start(&node).await?;
    node.wait_for("tick", |value| tick_of(value).filter(|tick| *tick == 10_000)).await?;
    let error = node.wait_for("ready", |_| Some(())).timeout(Duration::ZERO).await.expect_err("it was dropped");
    let text = "the event `ready` that the filter accepts (the log had dropped its 1809 oldest events) did not come";
    assert!(error.to_string().contains(text), "{error}");
    net.stop().await
}

#[tokio::test]
async fn the_log_goes_on_over_a_second_run() -> Result {
    let permits = Arc::new(Semaphore::new(1));
    let node = Node::new(&ticking(&permits), "n");
    let mut events = node.events();
    let net = start(&node).await?;
    node.wait_for("tick", tick_of).await?;
    net.stop().await?;
    let net = start(&node).await?;
    permits.add_permits(1);
    let mut names = Vec::new();
    while names.len() < 5 {
        names.push(events.next().await?.expect("the node runs again").name.to_string());
    }
    assert_eq!(names, ["ready", "tick.v0", "ended", "ready", "tick.v0"]);
    net.stop().await
}

#[tokio::test]
async fn a_filter_may_borrow_from_the_test() -> Result {
    let permits = Arc::new(Semaphore::new(3));
    let node = Node::new(&ticking(&permits), "n");
    let net = start(&node).await?;
    let mut sum = 0;
    node.wait_for("tick", |value| {
        sum += tick_of(value)?;
        (sum == 6).then_some(())
    })
    .await?;
    assert_eq!(sum, 6);
    net.stop().await
}

#[tokio::test]
async fn events_of_all_nodes_have_one_clock() -> Result {
    let nodes = create(&Loopback::new(), "n", 2);
    let before = SystemTime::now();
    cluster_runtime::connect(&nodes[0], &nodes[1]);
    let net = start(&nodes).wait_connections(true).event_level(DefaultLevel::Debug).await?;
    let mut times = Vec::new();
    for node in &nodes {
        let mut events = node.events();
        for _ in 0..2 {
            times.push(events.next().await?.expect("it has reported more").time);
        }
    }
    let slack = Duration::from_secs(60);
    assert!(times.iter().all(|time| *time > before - slack && *time < SystemTime::now() + slack), "{times:?}");
    net.stop().await
}
