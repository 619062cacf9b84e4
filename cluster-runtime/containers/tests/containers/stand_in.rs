//! The stand-in for Octez nodes, which its users have no package of: a program that was built here.

use cluster_octez::Octez;
use cluster_runtime::{Result, cluster};

use super::with_faults::At;
use super::{at_all_places, is_built};

at_all_places! {
    private_nodes_admit_their_peers
}

async fn private_nodes_admit_their_peers(at: At) -> Result {
    // Cargo builds it with all tests of the package.
    let program = std::env::current_exe()?.with_file_name("../examples/octez-node");
    if !is_built(&program) {
        return Ok(());
    }
    let octez = Octez::new().path(program.canonicalize()?.display().to_string());
    let net =
        cluster! { use octez; k[3]: clique; tail: connect(k[0]) }.start().on(at.place()).wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology(), "they know them by the addresses that they call from");
    let cut = net.cut(&net.k[0], &net.tail).refuse().await?;
    net.tail.wait_for("disconnection", |_| Some(())).await?;
    cut.heal().await?;
    assert_eq!(cut.evidence().crossed, 0, "{:?}", cut.evidence());
    net.wait_connections().await?;
    net.stop().await
}
