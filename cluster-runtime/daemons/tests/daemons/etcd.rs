use std::time::Duration;

use cluster_daemons::{EtcdProtocol, etcd};
use cluster_runtime::{Error, Node, Process, Result, cluster, connect};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn is_installed() -> bool {
    cluster_tests::is_installed("etcd", "apt-get install etcd-server")
}

/// Asks the HTTP gateway of a member, which speaks HTTP/1.0 to whom does.
async fn ask(node: &Node<Process<EtcdProtocol>>, path: &str, body: Value) -> Result<Value> {
    let addr = node.addr_of("client").ok_or_else(|| Error::other("it has no such port"))?;
    let mut stream = TcpStream::connect(addr).await?;
    let body = body.to_string();
    let head = format!("POST {path} HTTP/1.0\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes()).await?;
    let mut answer = String::new();
    tokio::time::timeout(Duration::from_secs(5), stream.read_to_string(&mut answer)).await.map_err(Error::other)??;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or_else(|| Error::other(answer.clone()))?;
    let body: Value = serde_json::from_str(body)?;
    if body["error"].is_null() { Ok(body) } else { Err(Error::other(body.to_string())) }
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

#[tokio::test]
async fn a_member_of_five_is_killed_and_replaced() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use etcd(); k[5]: clique }.start().wait_connections(true).await?;
    net.k[4].kill().await?;
    let dead = net.k[4].identity().ok_or_else(|| Error::other("it was learned"))?;
    let id = u64::from_str_radix(dead.as_str(), 16).map_err(Error::other)?;
    // It may have been the leader, so that another one has to be elected first.
    net.eventually(|| ask(&net.k[0], "/v3/cluster/member/remove", json!({ "ID": id.to_string() }))).await?;
    let spare = Node::new(&etcd(), "spare");
    connect(&spare, &net.k[..4]);
    net.add(&spare).await?;
    let members = ask(&spare, "/v3/cluster/member/list", json!({})).await?;
    let mut names: Vec<_> = members["members"].as_array().into_iter().flatten().map(|m| m["name"].clone()).collect();
    names.sort_by_key(Value::to_string);
    assert_eq!(names, ["k.1", "k.2", "k.3", "k.4", "spare"]);
    net.eventually(|| async { Ok::<_, Error>(spare.connections().await?.len() == 4) }).await?;
    net.stop().await
}
