//! The engines of a swarm.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use bollard::models::{LocalNodeState, SwarmInfo};
use bollard::query_parameters::ListNodesOptions;

use crate::engine::Engine;

/// Connects to the engines of these hosts, each by its socket.
///
/// # Errors
/// When one does not answer, or they cannot have a network in common, with help.
pub(crate) async fn engines(hosts: &[(String, PathBuf)]) -> io::Result<Vec<(String, Engine)>> {
    let (mut engines, mut known) = (Vec::new(), HashMap::new());
    let mut members = Vec::new();
    for (name, socket) in hosts {
        let about = |error: io::Error| io::Error::new(error.kind(), format!("host `{name}`: {error}"));
        let engine = Engine::at(socket).await.map_err(about)?;
        let member = member(&engine).await.map_err(about)?;
        if engines.is_empty() {
            members = all_members(&engine, &member).await.map_err(about)?;
        }
        let id = member.node_id.unwrap_or_default();
        if !members.contains(&id) {
            return Err(about(io::Error::other(format!(
                "it is in another swarm than `{}`\nhelp: `docker swarm leave` there, and join it to that one",
                hosts[0].0
            ))));
        }
        if let Some(other) = known.insert(id, name) {
            return Err(about(io::Error::other(format!("it is the same engine as that of `{other}`"))));
        }
        engines.push((name.clone(), engine));
    }
    Ok(engines)
}

/// An engine as a member of its swarm.
async fn member(engine: &Engine) -> io::Result<SwarmInfo> {
    let info = engine.docker().info().await.map_err(|error| engine.about(&error))?;
    info.swarm.filter(|swarm| swarm.local_node_state == Some(LocalNodeState::ACTIVE)).ok_or_else(|| {
        io::Error::other(format!(
            "the engine at {} is in no swarm\nhelp: `docker swarm init` on the first host, and on the others what that says",
            engine.socket().display()
        ))
    })
}

/// All members of the swarm of the first host.
async fn all_members(engine: &Engine, member: &SwarmInfo) -> io::Result<Vec<String>> {
    if member.control_available != Some(true) {
        return Err(io::Error::other(
            "it is the first host, and no manager of its swarm\nhelp: name a manager first, or `docker node promote` it",
        ));
    }
    let nodes = engine.docker().list_nodes(None::<ListNodesOptions>).await.map_err(|error| engine.about(&error))?;
    Ok(nodes.into_iter().filter_map(|node| node.id).collect())
}
