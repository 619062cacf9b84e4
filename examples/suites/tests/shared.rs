//! Tests that share a network, by cargo or `cargo nextest`, with and without async.

use cluster_runtime::Result;
use suites_example::STAR;

#[tokio::test]
async fn a_leaf_is_lost() -> Result {
    let net = STAR.lock().await?;
    net.leaves[0].kill().await?;
    net.hub.wait_for("disconnected", |value| value["peer"] == "leaves.1").await
}

#[tokio::test]
async fn all_leaves_are_there() -> Result {
    let net = STAR.lock().await?;
    assert_eq!(net.hub.connections().await?.len(), 5);
    Ok(())
}

#[test]
fn a_message_reaches_all_leaves_of_a_test_that_is_not_async() -> Result {
    let net = STAR.lock().blocking()?;
    let mark = net.mark();
    net.hub.publish("hello").blocking()?;
    net.wait_for_all(&net.leaves, "message", |value| value["text"] == "hello").since(mark).blocking()?;
    Ok(())
}
