//! Events through the named pipe.

use std::process::Command;
use std::time::Duration;

use cluster_octez::{Mavkit, OctezExt};
use cluster_runtime::{AnyNode, DefaultLevel, Error, Level, Node, Result, cluster, start};
use serde_json::json;

use crate::{is_stand_in, octez, remove_files, rpc};

#[tokio::test]
async fn a_block_reaches_every_node() -> Result {
    if !is_stand_in("a_block_reaches_every_node") {
        return Ok(());
    }
    let net = cluster! { use octez(); r[4]: ring }.start().wait_connections(true).await?;
    for _ in 0..5 {
        rpc::post(net.r[0].rpc_addr(), "/stand_in/bake", b"").await;
    }
    for node in &net.r {
        assert!(node.wait_for_level(5).await? >= 5);
    }
    net.stop().await
}

#[tokio::test]
async fn a_level_that_does_not_come_is_named() -> Result {
    let net = cluster! { use octez(); a }.start().await?;
    let error = net.a.wait_for_level(5).timeout(Duration::from_millis(50)).await.expect_err("nobody bakes");
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
    assert!(error.to_string().contains("a block of level 5"), "{error}");
    net.stop().await?;
    remove_files(&net.a)
}

/// In a process of its own, in which the default timeouts are 30 ms.
#[tokio::test]
async fn a_level_is_waited_for_until_the_deadline_however_silent_the_node_is() -> Result {
    const CHILD: &str = "CLUSTER_TEST_CHILD";
    if std::env::var_os(CHILD).is_none() {
        let test = "events::a_level_is_waited_for_until_the_deadline_however_silent_the_node_is";
        let mut child = Command::new(std::env::current_exe()?);
        let child = child.args(["--exact", test]).env(CHILD, "1").env("CLUSTER_TIMEOUT_FACTOR", "0.001").output()?;
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        return Ok(());
    }
    let patient = Duration::from_secs(30_000);
    let net = cluster! { use octez(); a }.start().timeout(patient).await?;
    let error = net.a.wait_for_level(5).timeout(Duration::from_secs(300)).await.expect_err("nobody bakes");
    assert!(error.to_string().contains("a block of level 5"), "{error}");
    net.stop().timeout(patient).await?;
    remove_files(&net.a)
}

#[tokio::test]
async fn a_node_that_ends_ends_the_wait_for_a_level() -> Result {
    let net = cluster! { use octez(); a }.start().await?;
    let wait = net.a.wait_for_level(5).into_future();
    net.a.stop().await?;
    let error = wait.await.expect_err("it was stopped");
    assert!(matches!(error, Error::Ended { .. }), "{error:?}");
    remove_files(&net.a)
}

#[tokio::test]
async fn torn_nested_and_oversized_lines_do_no_harm() -> Result {
    if !is_stand_in("torn_nested_and_oversized_lines_do_no_harm") {
        return Ok(());
    }
    let net = cluster! { use octez(); a }.start().await?;
    let write = async |text: &str| {
        rpc::post(net.a.rpc_addr(), "/stand_in/write", text.as_bytes()).await;
    };

    let torn = line(r#""torn.v0":"one""#);
    let (first, rest) = torn.split_at(torn.len() / 2);
    write(first).await;
    write(rest).await;
    assert_eq!(net.a.wait_for("torn", |value| Some(value.clone())).await?, json!("one"));

    write(&line(r#""nested.v0":{"view":{"request":[[{"level":5}],null]},"level":7}"#)).await;
    let level = net.a.wait_for("nested", |value| value["view"]["request"][0][0]["level"].as_u64()).await?;
    assert_eq!(level, 5);

    write(&line(&format!(r#""oversized.v0":"{}""#, "x".repeat(2 << 20)))).await;
    write("this is no JSON\n").await;
    write(&format!("{}{}", line(r#""pair.v0":1"#), line(r#""pair.v0":2"#))).await;
    net.a.wait_for("pair", |value| (value == 2).then_some(())).await?;
    let names: Vec<_> = shown(&net.a).await;
    assert!(!names.iter().any(|name| name.starts_with("oversized")), "{names:?}");
    net.stop().await
}

/// A line with an event, as a node writes it.
fn line(event: &str) -> String {
    let item = r#""hostname":"h","time_stamp":1.5,"section":["test","it"]"#;
    format!("{{\"fd-sink-item.v0\":{{{item},\"event\":{{{event}}}}}}}\n")
}

/// The names of all events of a node that has come this far.
async fn shown(node: &AnyNode) -> Vec<String> {
    let mut events = node.events();
    let mut names = Vec::new();
    while let Ok(Some(event)) = events.next().timeout(Duration::from_millis(100)).await {
        names.push(event.name.to_string());
    }
    names
}

#[tokio::test]
async fn a_section_shows_what_its_level_says() -> Result {
    let net = cluster! { use octez(); a; b: connect(a) }
        .start()
        .event_level(DefaultLevel::Notice)
        .event_sections_levels([
            ("p2p.connect_handler", Level::Debug),
            ("p2p", Level::Fatal),
            ("validator", Level::Error),
        ])
        .wait_connections(true)
        .await?;
    net.a.wait_for("authenticate_start", |_| Some(())).await?;
    net.a.stop().await?;
    let mut events = net.a.events();
    while let Some(event) = events.next().await? {
        assert!(!event.section.starts_with("validator"), "{event}");
    }
    net.b.stop().await
}

#[tokio::test]
async fn readiness_and_connections_do_not_depend_on_levels() -> Result {
    let sections = [("node", Level::Fatal), ("validator", Level::Fatal), ("p2p", Level::Fatal)];
    let net = cluster! { use octez(); k[3]: clique }
        .start()
        .event_level(DefaultLevel::Notice)
        .event_sections_levels(sections)
        .wait_connections(true)
        .await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_mavkit_node_has_a_variable_of_its_own() -> Result {
    let kind = match std::env::var_os("MAVKIT_NODE") {
        Some(_) => Mavkit::new(),
        None => Mavkit::new().path(env!("CARGO_BIN_EXE_mavkit-node")),
    };
    let net = cluster! { use kind; k[3]: clique }.start().wait_connections(true).await?;
    let id = net.k[1].identity().map(|id| json!(id.as_str()));
    net.k[0].wait_for("connection", |value| (Some(value) == id.as_ref()).then_some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn an_identity_is_the_one_that_the_node_reads() -> Result {
    let node = Node::new(&octez(), "n");
    let net = start(&node).await?;
    let read = node.wait_for("read_identity", |value| value.as_str().map(str::to_owned)).await?;
    assert_eq!(node.identity().map(|id| id.to_string()), Some(read));
    net.stop().await
}
