//! Real gossip, of the crate `chitchat`, among five nodes over UDP: each learns of all others from the first one, a node that is
//! killed is missed by all, and is known again when it is back.
//!
//! `cargo run -p gossip-udp-example`

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chitchat::transport::UdpTransport;
use chitchat::{Chitchat, ChitchatConfig, ChitchatId, FailureDetectorConfig, ProtocolVersion, spawn_chitchat};
use cluster_runtime::error::BoxError;
use cluster_runtime::kinds::Provide;
use cluster_runtime::{Error, NodeContext, Result, Service, cluster};
use tokio::sync::Mutex;

/// Runs a node, which knows its peers at first and no others. It gossips in a task of chitchat's own, which ends with the node.
async fn serve(node: NodeContext, state: Provide<Arc<Mutex<Chitchat>>>) -> Result<(), BoxError> {
    let generation = std::time::UNIX_EPOCH.elapsed()?.as_millis().try_into()?;
    let config = ChitchatConfig {
        chitchat_id: ChitchatId::new(node.name(), generation, node.addr()),
        cluster_id: "example".to_owned(),
        gossip_interval: Duration::from_millis(50),
        listen_addr: node.addr(),
        seed_nodes: node.peers().iter().map(|peer| peer.addr().to_string()).collect(),
        failure_detector_config: FailureDetectorConfig {
            initial_interval: Duration::from_millis(200),
            ..FailureDetectorConfig::default()
        },
        marked_for_deletion_grace_period: Duration::from_secs(3600),
        catchup_callback: None,
        extra_liveness_predicate: None,
        protocol_version: ProtocolVersion::V0,
    };
    let gossip = spawn_chitchat(config, Vec::new(), &UdpTransport).await?;
    state.set(gossip.chitchat());
    node.ready();
    node.stopped().await;
    Ok(gossip.shutdown().await?)
}

#[tokio::main]
async fn main() -> Result {
    let net = cluster! {
        use Service::providing(serve);
        first;
        others[4]: star(first);
    }
    .start()
    .await?;
    let known_to_first = async |count: usize| {
        let are_known = || async {
            let live = net.first.call(|state| async move {
                let state = state.lock().await;
                Ok::<BTreeSet<_>, Error>(state.live_nodes().map(|node| node.node_id.to_string()).collect())
            });
            let live = live.await.map_err(|error| error.to_string())?;
            if live.len() == count { Ok(()) } else { Err(format!("it knows of {live:?}")) }
        };
        net.eventually(are_known).await?;
        println!("{} knows of {count} live nodes", net.first.name());
        Ok::<_, Error>(())
    };
    known_to_first(5).await?;
    net.others[1].kill().await?;
    println!("{} is killed", net.others[1].name());
    known_to_first(4).await?;
    net.others[1].restart().await?;
    println!("{} is back", net.others[1].name());
    known_to_first(5).await?;
    net.stop().await
}

#[test]
fn a_node_that_is_killed_is_missed_until_it_is_back() -> Result {
    main()
}
