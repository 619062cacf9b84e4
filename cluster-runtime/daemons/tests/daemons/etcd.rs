use cluster_daemons::{EtcdProtocol, etcd};
use cluster_runtime::{Node, Process, Result, cluster};
use cluster_tests::post;
use serde_json::{Value, json};

fn is_installed() -> bool {
    cluster_tests::is_installed("etcd", "etcd-server")
}

/// Asks the HTTP gateway of a member.
async fn ask(node: &Node<Process<EtcdProtocol>>, path: &str, body: Value) -> Result<Value> {
    post(node.addr_of("client").expect("it has this port"), path, body).await
}

#[tokio::test]
async fn what_one_member_is_told_all_know() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use etcd(); k[3]: clique }.start().wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology());
    // Keys and values are in base64: `foo` and `bar`.
    ask(&net.k[0], "/v3/kv/put", json!({ "key": "Zm9v", "value": "YmFy" })).await?;
    let found = ask(&net.k[2], "/v3/kv/range", json!({ "key": "Zm9v" })).await?;
    assert_eq!(found["kvs"][0]["value"], "YmFy", "{found}");
    net.stop().await
}
