//! An etcd of five, of which one member is killed and replaced by another, as an operator would.

use cluster_daemons::{EtcdProtocol, etcd};
use cluster_runtime::{Error, Node, Process, Result, cluster, connect};
use cluster_tests::post;
use serde_json::{Value, json};

// The harness: 10 lines, and the network in each test.
type Member = Node<Process<EtcdProtocol>>;

async fn ask(member: &Member, path: &str, body: Value) -> Result<Value> {
    post(member.addr_of("client").expect("it has this port"), &format!("/v3/{path}"), body).await
}

async fn names(member: &Member) -> Result<Vec<String>> {
    let list = ask(member, "cluster/member/list", json!({})).await?;
    let mut names: Vec<_> = list["members"].as_array().into_iter().flatten().map(|m| m["name"].to_string()).collect();
    names.sort();
    Ok(names)
}

#[tokio::test]
async fn a_member_of_five_is_killed_and_replaced() -> Result {
    if !cluster_tests::is_installed("etcd", "etcd-server") {
        return Ok(());
    }
    let net = cluster! { use etcd(); k[5]: clique }.start().wait_connections(true).await?;
    // Keys and values are in base64: `foo` and `bar`.
    ask(&net.k[4], "kv/put", json!({ "key": "Zm9v", "value": "YmFy" })).await?;
    net.k[4].kill().await?;
    let dead = net.k[4].identity().expect("it was learned");
    let id = u64::from_str_radix(dead.as_str(), 16).map_err(Error::other)?;
    // It may have been the leader, so that another one has to be elected first.
    net.eventually(|| ask(&net.k[0], "cluster/member/remove", json!({ "ID": id.to_string() }))).await?;

    let spare = Node::new(&etcd(), "spare");
    connect(&spare, &net.k[..4]);
    net.add(&spare).await?;
    assert_eq!(names(&spare).await?, [r#""k.1""#, r#""k.2""#, r#""k.3""#, r#""k.4""#, r#""spare""#]);
    net.eventually(|| async { Ok::<_, Error>(spare.connections().await?.len() == 4) }).await?;
    let found = ask(&spare, "kv/range", json!({ "key": "Zm9v" })).await?;
    assert_eq!(found["kvs"][0]["value"], "YmFy", "{found}");
    net.stop().await
}
