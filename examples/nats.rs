//! Servers of [NATS](https://nats.io) in one cluster of routes (version 2.9, as Debian has it).

use cluster_runtime::process::{Exit, ProcessContext};
use cluster_runtime::{DefaultLevel, Error, Identity, Level, Process, Ready, Result, Speaks};

/// What servers speak on their routes.
#[derive(Debug)]
pub struct NatsProtocol;

impl Speaks<NatsProtocol> for NatsProtocol {}

/// A server with its routes at the node's address, and the ports `client` and `http`.
///
/// Servers send each other the addresses of all others: they support no private mode, and a connected network of routes
/// becomes a clique. A server draws its identity when it starts.
pub fn nats() -> Process<NatsProtocol> {
    Process::new("nats-server", |node, command| {
        let route = |addr| format!("nats://{addr}");
        let routes: Vec<_> = node.peers().iter().map(|peer| route(peer.addr())).collect();
        command.arg("--name").arg(node.name()).arg("--addr").arg(node.addr().ip());
        command.arg("--port").arg(node.port("client")).arg("--http_port").arg(node.port("http"));
        command.args(["--cluster_name", "test", "--cluster", &route(node.addr()), "--routes", &routes.join(",")]);
        // Otherwise it would send others the address that a connection comes from, and not that which a server listens on.
        command.arg("--cluster_advertise").arg(node.addr());
        if node.level_of("") == Level::from(DefaultLevel::Debug) {
            command.arg("--debug");
        }
    })
    .protocol()
    .if_missing("`apt-get install nats-server`")
    .port("client")
    .port("http")
    .ready(Ready::http("http", "/healthz"))
    .learned_identity(async |node: ProcessContext| {
        let facts = node.get("http", "/varz").await?.json()?;
        let id = facts["server_id"].as_str().ok_or_else(|| Error::other("`/varz` has no `server_id`"))?;
        Ok::<_, Error>(Identity::new(id))
    })
    .connections(connections)
    .clean_exit(Exit::Status(1))
}

async fn connections(node: ProcessContext) -> Result<Vec<Identity>> {
    let facts = node.get("http", "/routez").await?.json()?;
    let routes = facts["routes"].as_array().map_or(&[][..], Vec::as_slice);
    Ok(routes.iter().filter_map(|route| route["remote_id"].as_str()).map(Identity::new).collect())
}
