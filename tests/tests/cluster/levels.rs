//! Levels decide what is shown, never what is waited for.

use std::future::IntoFuture;

use cluster_runtime::{
    DefaultLevel, Error, Level, Loopback, Node, NodeContext, Result, Service, cluster, create, start,
};
use serde_json::Value;

/// A service that reports one event of each level, in several sections.
fn chatty() -> Service {
    Service::new(|node: NodeContext| async move {
        for section in ["p2p", "p2p.dial", "p2pool", "db"] {
            for level in [Level::Debug, Level::Info, Level::Notice, Level::Warning, Level::Error, Level::Fatal] {
                node.event(level, section, format!("{section}:{level}"), Value::Null);
            }
        }
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    })
}

/// The lowest level that is shown of a section.
async fn lowest(node: &Node<Service>, section: &str) -> Level {
    let mut events = node.events();
    while let Some(event) = events.next().await.expect("the node goes on") {
        if event.section == section {
            return event.level;
        }
    }
    panic!("nothing is shown of {section}")
}

#[tokio::test]
async fn the_default_level_is_info() -> Result {
    let net = cluster! { n = chatty() }.start().await?;
    assert_eq!(lowest(&net.n, "db").await, Level::Info);
    net.stop().await
}

#[tokio::test]
async fn the_default_level_counts_for_all_sections() -> Result {
    for (asked, shown) in
        [(DefaultLevel::Debug, Level::Debug), (DefaultLevel::Info, Level::Info), (DefaultLevel::Notice, Level::Notice)]
    {
        let net = cluster! { n = chatty() }.start().event_level(asked).await?;
        assert_eq!(lowest(&net.n, "p2p").await, shown);
        assert_eq!(lowest(&net.n, "db").await, shown);
        net.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_section_has_the_level_of_its_longest_prefix() -> Result {
    let net = cluster! { n = chatty() }
        .start()
        .event_level(DefaultLevel::Notice)
        .event_sections_levels([("p2p.dial", Level::Debug), ("p2p", Level::Fatal)])
        .event_sections_levels(vec![("db".to_owned(), Level::Error)])
        .await?;
    assert_eq!(lowest(&net.n, "p2p").await, Level::Fatal);
    assert_eq!(lowest(&net.n, "p2p.dial").await, Level::Debug);
    assert_eq!(lowest(&net.n, "db").await, Level::Error);
    assert_eq!(lowest(&net.n, "p2pool").await, Level::Notice);
    net.stop().await
}

#[tokio::test]
async fn readiness_and_connections_are_seen_whatever_is_shown() -> Result {
    let nodes = create(&Loopback::new(), "n", 4);
    cluster_runtime::clique(&nodes);
    let net = start(&nodes)
        .event_level(DefaultLevel::Notice)
        .event_sections_levels([("node", Level::Fatal), ("p2p", Level::Fatal), ("gossip", Level::Fatal)])
        .wait_connections(true)
        .await?;
    assert_eq!(nodes[0].connections().await?.len(), 3);
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_wait_for_an_event_that_the_levels_hide_says_so() -> Result {
    let nodes = create(&Loopback::new(), "n", 2);
    cluster_runtime::connect(&nodes[0], &nodes[1]);
    let net = start(&nodes).event_level(DefaultLevel::Notice).wait_connections(true).await?;
    let error = nodes[0].wait_for("connected", |_| Some(())).await.expect_err("it is hidden");
    assert_eq!(
        error.to_string(),
        "node `n.1`: event `connected` happened, but it is hidden: it has level info and section `p2p` shows notice and above\n\
         help: start with `.event_sections_levels([(\"p2p\", Level::Info)])`"
    );
    net.stop().await
}

#[tokio::test]
async fn a_hidden_event_is_told_to_one_who_waits_already() -> Result {
    let go = std::sync::Arc::new(tokio::sync::Notify::new());
    let told = go.clone();
    let kind = Service::new(move |node: NodeContext| {
        let told = told.clone();
        async move {
            node.ready();
            told.notified().await;
            node.event(Level::Debug, "db", "opened.v2", Value::Null);
            node.stopped().await;
            Ok::<_, Error>(())
        }
    });
    let net = cluster! { n = kind }.start().await?;
    let wait = net.n.wait_for("opened", |_| Some(()));
    let (error, ()) = tokio::join!(wait.into_future(), async { go.notify_one() });
    assert!(matches!(error, Err(Error::Hidden { level: Level::Debug, .. })), "{error:?}");
    net.stop().await
}

#[tokio::test]
async fn a_hidden_event_is_told_of_when_the_node_has_ended() -> Result {
    let net = cluster! { n = chatty() }.start().await?;
    net.stop().await?;
    let error = net.n.wait_for("db:debug", |_| Some(())).await.expect_err("it is hidden");
    assert!(matches!(error, Error::Hidden { .. }), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn what_a_run_hid_does_not_matter_to_the_next() -> Result {
    let node = Node::new(&chatty(), "n");
    let net = start(&node).await?;
    node.wait_for("db:debug", |_| Some(())).await.expect_err("it is hidden");
    net.stop().await?;
    let net = start(&node).event_level(DefaultLevel::Debug).await?;
    node.wait_for("db:debug", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn a_report_shows_hidden_events_too() {
    let kind = Service::new(|node: NodeContext| async move {
        node.event(Level::Debug, "db", "broken", Value::Null);
        Err("no database")
    });
    let error = start(create(&kind, "n", 1)).event_level(DefaultLevel::Notice).await.expect_err("it fails");
    assert!(cluster_tests::report(&error).contains("\n  debug   db broken"), "{error:?}");
}
