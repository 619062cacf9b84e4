//! The same networks elsewhere than on this machine.
#![cfg(target_os = "linux")]

use std::io::Write;

use cluster_runtime::place::{Namespaces, Place};
use cluster_runtime::{Result, cluster};

use crate::octez;

#[tokio::test]
async fn a_private_clique_in_network_namespaces() -> Result {
    let place = Namespaces::new();
    if let Err(error) = place.check().await {
        // Not by a macro: what those write is not shown when a test passes.
        drop(writeln!(std::io::stderr(), "skipped: nothing can run {}: {error}", place.name()));
        return Ok(());
    }
    let net = cluster! { use octez(); k[3]: clique; tail: connect(k[0]) }
        .start()
        .on(place)
        .link_control(true)
        .wait_connections(true)
        .await?;
    assert_eq!(
        net.observed().await?,
        net.topology(),
        "private nodes admit their peers, by the addresses that they call from"
    );
    let cut = net.cut(&net.k[0], &net.tail).refuse().await?;
    net.tail.wait_for("disconnection", |_| Some(())).await?;
    cut.heal().await?;
    assert_eq!(cut.evidence().crossed, 0, "{:?}", cut.evidence());
    net.wait_connections().await?;
    net.stop().await
}
