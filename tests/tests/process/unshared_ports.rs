//! Servers that bind their ports without SO_REUSEADDR.

use std::time::Duration;

use cluster_runtime::{Feature, Process, Ready, Result, create, start};

const DAEMON: &str = env!("CARGO_BIN_EXE_daemon");

#[tokio::test]
async fn many_start_at_the_same_time() -> Result {
    let kind = Process::new(DAEMON, |node, command| {
        command.arg("unshared").arg(node.addr());
    })
    .without_reuseaddr()
    .ready(Ready::port(""))
    .supports(Feature::Private);
    for _ in 0..10 {
        start(create(&kind, "n", 10)).timeout(Duration::from_secs(20)).await?.stop().await?;
    }
    Ok(())
}
