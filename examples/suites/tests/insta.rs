//! insta: a topology as a snapshot. Its text names nodes and links, no address and no time.

use cluster_runtime::Result;
use suites_example::Star;

#[test]
fn the_network_is_as_it_was() -> Result {
    let net = Star::create().start().wait_connections(true).blocking()?;
    insta::assert_snapshot!(net.observed().blocking()?, @r"
    6 nodes, 5 links
    hub       5: leaves.1, leaves.2, leaves.3, leaves.4, leaves.5
    leaves.1  1: hub
    leaves.2  1: hub
    leaves.3  1: hub
    leaves.4  1: hub
    leaves.5  1: hub
    ");
    net.stop().blocking()
}
