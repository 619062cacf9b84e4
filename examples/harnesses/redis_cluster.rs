//! A Redis Cluster for the tests of a client. redis-rs has a harness of 1,509 lines for it: guessed ports with retries, scans of logs, and
//! up to 500 polls with 100 ms between them.

use cluster_daemons::{RedisProtocol, redis_cluster};
use cluster_runtime::{Cluster, Error, Node, Process, Result, create, ring, start};
use redis::AsyncCommands;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;

// The harness: 19 lines.
struct TestCluster {
    nodes: Vec<Node<Process<RedisProtocol>>>,
    net: Cluster,
}

impl TestCluster {
    async fn start(primaries: usize, replicas: usize) -> Result<Self> {
        let nodes = create(&redis_cluster(replicas), "nodes", primaries * (1 + replicas));
        ring(&nodes);
        let net = start(&nodes).public(true).wait_connections(true).await?;
        Ok(Self { nodes, net })
    }

    fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(|node| format!("redis://{}", node.addr())).collect()
    }

    async fn connect(&self) -> Result<ClusterConnection> {
        let client = ClusterClient::new(self.urls()).map_err(Error::other)?;
        client.get_async_connection().await.map_err(Error::other)
    }
}

async fn write_everywhere(mut connection: ClusterConnection) -> Result<bool> {
    for key in 0..50 {
        let () = connection.set(key, key).await.map_err(Error::other)?;
    }
    Ok(true)
}

#[tokio::test]
async fn keys_of_all_slots_are_written_and_read() -> Result {
    if !cluster_tests::is_installed("redis-server", "redis-server") {
        return Ok(());
    }
    let cluster = TestCluster::start(3, 0).await?;
    let mut connection = cluster.connect().await?;
    write_everywhere(connection.clone()).await?;
    assert_eq!(connection.get::<_, u32>(49).await.map_err(Error::other)?, 49);
    cluster.net.stop().await
}

#[tokio::test]
async fn a_replica_takes_over_from_a_primary_that_is_killed() -> Result {
    if !cluster_tests::is_installed("redis-server", "redis-server") {
        return Ok(());
    }
    let cluster = TestCluster::start(3, 1).await?;
    let connection = cluster.connect().await?;
    write_everywhere(connection.clone()).await?;
    cluster.nodes[0].kill().await?;
    cluster.net.eventually(|| write_everywhere(connection.clone())).await?;
    cluster.net.stop().await
}
