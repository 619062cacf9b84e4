//! Servers of [NATS](https://nats.io) in one cluster of routes (version 2.9, as Debian has it).

use cluster_runtime::process::{Command, Exit, ProcessContext, Source};
use cluster_runtime::{DefaultLevel, Error, Feature, Identity, Level, Process, Ready, Result, Speaks};
use serde_json::json;

/// What servers speak on their routes.
#[derive(Debug)]
pub struct NatsProtocol;

impl Speaks<NatsProtocol> for NatsProtocol {}

/// A server with its routes at the node's address, and the ports `client` and `http`.
///
/// Servers send each other the addresses of all others: they support no private mode, and a connected network of routes
/// becomes a clique. A server draws its identity when it starts. The lines of its log are its events `log`, in the section `nats`.
pub fn nats() -> Process<NatsProtocol> {
    server(|_, _| {})
}

/// Like [`nats`], with JetStream: messages that are kept in the node's directory. It is ready when the servers have elected a
/// leader, for which most of them have to run.
///
/// No setting makes that faster: each server draws a time from 100 ms to 800 ms until it asks to be elected, and the first is
/// elected. A start of three takes 0.2 s to 0.6 s for that; where two ask at the same moment, they ask again only seconds later.
pub fn jetstream() -> Process<NatsProtocol> {
    server(|_, command| {
        command.args(["--jetstream", "--store_dir", "jetstream"]);
    })
}

fn server(options: impl Fn(&ProcessContext, &mut Command) + Send + Sync + 'static) -> Process<NatsProtocol> {
    Process::new("nats-server", move |node, command| {
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
        options(node, command);
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
    .events(Source::stderr(), |node, line| {
        let Some((level, text)) = log_line(line) else { return false };
        node.event(level, "nats", "log", json!(text));
        true
    })
    .clean_exit(Exit::Status(1))
    // They send each other their addresses.
    .does_not_support(Feature::LinkControl)
}

/// The level and the text of `[1234] 2026/11/24 18:58:32.126393 [INF] Server is ready`.
fn log_line(line: &str) -> Option<(Level, &str)> {
    let (_, rest) = line.split_once(" [")?;
    let (level, text) = rest.split_once("] ")?;
    let level = match level {
        "TRC" | "DBG" => Level::Debug,
        "INF" => Level::Info,
        "WRN" => Level::Warning,
        "ERR" => Level::Error,
        "FTL" => Level::Fatal,
        _ => return None,
    };
    Some((level, text))
}

async fn connections(node: ProcessContext) -> Result<Vec<Identity>> {
    let facts = node.get("http", "/routez").await?.json()?;
    let routes = facts["routes"].as_array().map_or(&[][..], Vec::as_slice);
    Ok(routes.iter().filter_map(|route| route["remote_id"].as_str()).map(Identity::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_has_a_level() {
        let line = "[1234] 2026/11/24 18:58:32.126393 [INF] Server is ready";
        assert_eq!(log_line(line), Some((Level::Info, "Server is ready")));
        assert_eq!(log_line("nats-server: no such file"), None);
    }
}
