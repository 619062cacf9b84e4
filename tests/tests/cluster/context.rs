//! What a node finds in its context.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cluster_runtime::error::End;
use cluster_runtime::{Error, Level, NodeContext, Result, Service, cluster, create};
use serde_json::json;
use tokio::sync::Notify;

fn reporting_its_index() -> Service {
    Service::new(|node: NodeContext| async move {
        node.event(Level::Info, "test", "index", json!(node.index()));
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    })
}

#[tokio::test]
async fn a_node_knows_its_place_in_its_group() -> Result {
    let count = 2;
    let net = cluster! { use reporting_its_index(); one; group[3]; counted[dyn count]; region[2] { gw; n[2] } };
    let by_hand = create(&reporting_its_index(), "by_hand", 2);
    let (net, hand) = (net.start().await?, cluster_runtime::start(&by_hand).await?);
    for (node, index) in [
        (&net.one, 0),
        (&net.group[2], 2),
        (&net.counted[1], 1),
        (&net.region[1].gw, 0),
        (&net.region[0].n[1], 1),
        (&by_hand[1], 1),
    ] {
        assert_eq!(node.wait_for("index", |value| value.as_u64()).await?, index, "{}", node.name());
    }
    hand.stop().await?;
    net.stop().await
}

#[tokio::test]
async fn a_spawned_task_ends_with_its_node() -> Result {
    let ended = Arc::new(Notify::new());
    let held = ended.clone();
    let kind = Service::new(move |node: NodeContext| {
        let held = OnDrop(held.clone());
        async move {
            node.spawn(async move {
                let _held = held;
                std::future::pending::<()>().await;
            });
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        }
    });
    let net = cluster! { n = kind }.start().await?;
    net.stop().await?;
    // It was notified before the stop returned.
    tokio::time::timeout(Duration::ZERO, ended.notified()).await.expect("the task is gone");
    Ok(())
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn a_panic_in_a_spawned_task_is_the_nodes() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        node.spawn(async { panic!("a bug in a task") });
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let error = match (cluster! { n = kind }).start().await {
        Ok(net) => net.n.wait_stopped().await.expect_err("it panicked"),
        Err(error) => error,
    };
    let end = match error {
        Error::Died { deaths, .. } => deaths[0].end.clone(),
        Error::Failed(failure) => failure.end,
        error => panic!("expected a death, found {error:?}"),
    };
    assert!(matches!(&end, End::Panicked(message) if message == "a bug in a task"), "{end:?}");
    Ok(())
}

#[tokio::test]
async fn a_node_has_a_directory_that_goes_with_it() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        std::fs::write(node.dir()?.join("store"), "data")?;
        node.event(Level::Info, "test", "stored", json!(node.dir()?));
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { n = kind }.start().await?;
    let dir = net.n.wait_for("stored", |value| value.as_str().map(std::path::PathBuf::from)).await?;
    assert_eq!(std::fs::read_to_string(dir.join("store"))?, "data");
    net.stop().await?;
    drop(net);
    cluster_tests::until("the directory is removed", || !dir.exists()).await;
    Ok(())
}

#[tokio::test]
async fn a_node_sleeps_on_its_own_clock() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        let started = Instant::now();
        node.sleep(Duration::from_millis(20)).await;
        node.event(Level::Info, "test", "slept", json!(u64::try_from(started.elapsed().as_millis())?));
        node.ready();
        node.stopped().await;
        Ok::<_, cluster_runtime::error::BoxError>(())
    });
    let net = cluster! { n = kind }.start().await?;
    assert!(net.n.wait_for("slept", |value| value.as_u64()).await? >= 20);
    net.stop().await
}

#[tokio::test]
async fn a_journal_has_phases_events_and_ends_in_one_order() -> Result {
    let net = cluster! { n = reporting_its_index().shared() }.start().await?;
    net.stop().await?;
    let journal: Vec<_> = net.journal().iter().map(|event| format!("{} {}", event.section, event.name)).collect();
    assert_eq!(
        journal,
        [
            "cluster.phase identity",
            "cluster.phase config",
            "cluster.phase run",
            "cluster.phase ready",
            "test index",
            "node ready",
            "node ended",
            "cluster.life over"
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_node_knows_all_nodes_of_its_start_and_its_peers_by_identity() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        let names: Vec<_> = node.all_nodes().iter().map(|member| member.name().to_owned()).collect();
        let first = node.all_nodes()[0].identity().expect("all have one by now");
        let peer = node.peer_by_identity(&first).map(|peer| peer.name().to_owned());
        node.event(Level::Info, "test", "known", json!({ "names": names, "first": peer }));
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { use kind; a; b[2]: connect(a) }.start().await?;
    let known = net.b[1].wait_for("known", |value| Some(value.clone())).await?;
    assert_eq!(known, json!({ "names": ["a", "b.1", "b.2"], "first": "a" }));
    net.stop().await
}

#[tokio::test]
async fn a_node_has_a_seed_of_its_own_that_its_restart_has_too() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        node.event(Level::Info, "test", "seed", json!(node.seed()));
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { use kind; n[2] }.start().await?;
    let seed = async |index: usize| net.n[index].wait_for("seed", |value| value.as_u64()).await;
    let (first, second) = (seed(0).await?, seed(1).await?);
    assert_ne!(first, second);
    net.n[0].restart().await?;
    assert_eq!(seed(0).await?, first);
    net.stop().await
}
