//! What a node is asked by RPC.

use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Identity, Result};
use serde_json::Value;

use crate::ports::RPC;

/// Succeeds when the node is ready. An old one has no such RPC; as it answers, it is.
pub(crate) async fn is_ready(node: ProcessContext) -> Result {
    let answer = node.get(RPC, "/health/ready").await?;
    if answer.status == 404 || answer.json()?["ready"] == true {
        return Ok(());
    }
    Err(Error::other(format!("its RPC `/health/ready` answers {}", answer.text().trim_end())))
}

/// The node's own identity.
pub(crate) async fn identity(node: ProcessContext) -> Result<Identity> {
    let path = "/network/self";
    match node.get(RPC, path).await?.json()? {
        Value::String(id) => Ok(Identity::new(id)),
        other => Err(unexpected(path, "an identity", &other)),
    }
}

/// The nodes to which the node is connected.
pub(crate) async fn connections(node: ProcessContext) -> Result<Vec<Identity>> {
    let path = "/network/connections";
    let answer = node.get(RPC, path).await?.json()?;
    peer_ids(&answer).ok_or_else(|| unexpected(path, "connections with `peer_id`", &answer))
}

fn peer_ids(connections: &Value) -> Option<Vec<Identity>> {
    connections.as_array()?.iter().map(|connection| connection["peer_id"].as_str().map(Identity::new)).collect()
}

fn unexpected(path: &str, expected: &str, found: &Value) -> Error {
    Error::other(format!("its RPC `{path}` answers {found}, expected {expected}"))
}
