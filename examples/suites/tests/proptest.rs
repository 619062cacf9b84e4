//! proptest: a property of any network. What fails is shrunk to a small network.

use cluster_proptest::{any_topology, pairs};
use cluster_runtime::{Result, cluster};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_message_reaches_every_node_of_a_connected_network(topology in any_topology(4..20)) {
        let reached = (|| -> Result {
            let net = cluster! { k[dyn topology.nodes().len()]: shape(|_| pairs(&topology)) }
                .start()
                .wait_connections(true)
                .blocking()?;
            net.k[0].publish("hello").blocking()?;
            net.wait_for_all(&net.k[1..], "message", |_| Some(())).blocking()?;
            net.stop().blocking()
        })();
        prop_assert!(reached.is_ok(), "{reached:?}");
    }
}
