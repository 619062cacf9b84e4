//! A test asks a program by HTTP.

use std::time::Duration;

use cluster_runtime::{Error, Node, Process, Ready, Result, start};
use cluster_tests::{remove_files, sleeper};

/// A server whose port `http` answers `["a"]`, and whose own does not answer.
fn server() -> Process {
    Process::new(env!("CARGO_BIN_EXE_daemon"), |node, command| {
        command.arg("http").arg(node.addr_of("http"));
    })
    .port("http")
    .ready(Ready::http("http", "/health"))
}

#[tokio::test]
async fn it_is_told_the_status_and_the_body() -> Result {
    let node = Node::new(&server(), "n");
    let net = start(&node).public(true).await?;
    let response = node.get("http", "/name").await?;
    assert_eq!((response.status, response.text().as_str()), (200, r#"["a"]"#));
    assert_eq!(node.request("POST", "http", "/name", "{}").await?.json()?[0], "a");
    net.stop().await
}

#[tokio::test]
async fn what_is_not_answered_names_the_node_and_the_request() -> Result {
    let node = Node::new(&server(), "n");
    let net = start(&node).public(true).await?;
    let error = node.get("", "/name").await.expect_err("nobody listens").to_string();
    assert!(error.starts_with(&format!("node `n`: GET http://{}/name: ", node.addr())), "{error}");
    let error = node.get("grpc", "/name").await.expect_err("it has no such port").to_string();
    assert_eq!(error, "node `n` has no port `grpc`");
    node.pause().await?;
    let silence = node.get("http", "/name").timeout(Duration::from_millis(50)).await.expect_err("it is paused");
    let addr = node.addr_of("http").expect("it has one");
    assert_eq!(
        silence.to_string(),
        format!("node `n` is paused: the response to GET http://{addr}/name did not come within 50ms")
    );
    node.kill().await?;
    let error = node.get("http", "/name").await.expect_err("it does not run").to_string();
    assert_eq!(error, "node `n` cannot be asked: it was killed");
    net.stop().await?;
    remove_files(&node);
    Ok(())
}

#[tokio::test]
async fn a_death_ends_the_question() -> Result {
    let (asked, mortal) = (Node::new(&server(), "asked"), Node::new(&sleeper(), "mortal"));
    let net = start((&asked, &mortal)).public(true).await?;
    asked.pause().await?;
    let question = tokio::spawn(asked.get("http", "/name").into_future());
    mortal.signal(cluster_runtime::process::Signal::Kill)?;
    let error = question.await.expect("it does not panic").expect_err("a node has died");
    let Error::Died { deaths, .. } = error else { panic!("{error:?}") };
    assert_eq!(&*deaths[0].node, "mortal");
    mortal.wait_ended().await?;
    asked.kill().await?;
    net.stop().await?;
    [asked, mortal].iter().for_each(remove_files);
    Ok(())
}
