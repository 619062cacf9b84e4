//! Members of [etcd](https://etcd.io) clusters (version 3.4, as Debian has it).

use std::net::SocketAddr;

use cluster_runtime::process::{ProcessContext, Signal, Source};
use cluster_runtime::{Error, Feature, Form, Identity, Level, Process, Ready, Result, Speaks};
use serde_json::{Value, json};

/// What members speak.
#[derive(Debug)]
pub struct EtcdProtocol;

impl Speaks<EtcdProtocol> for EtcdProtocol {}

/// A member with its peers' traffic at the node's address, and the port `client` for clients, gRPC and HTTP alike.
///
/// A node and its peers are the members of one cluster, so that they are to be a clique. It is ready when its cluster has a
/// leader. A node that is [added](cluster_runtime::Cluster::add) while peers of it run joins their cluster: one of them adds it to
/// the members. The lines of its log are its events `log`, in the section `etcd`.
///
/// Members admit members only, in private mode and in public mode. As they tell each other their addresses, their links cannot
/// be controlled by relays.
pub fn etcd() -> Process<EtcdProtocol> {
    Process::new("etcd", |_, command| {
        command.args(["--config-file", "etcd.json"]);
        // Otherwise it does not run on processors other than amd64.
        command.env("ETCD_UNSUPPORTED_ARCH", std::env::consts::ARCH);
    })
    .protocol()
    .if_missing("`apt-get install etcd-server`")
    .port("client")
    .config(configure)
    .ready(Ready::http("client", "/health"))
    .learned_identity(async |node: ProcessContext| {
        let status = node.request("POST", "client", "/v3/maintenance/status", "{}").await?.json()?;
        let id = status["header"]["member_id"].as_str().and_then(|id| id.parse::<u64>().ok());
        let id = id.ok_or_else(|| Error::other(format!("no `member_id` in {status}")))?;
        Ok::<_, Error>(Identity::new(format!("{id:x}")))
    })
    .connections(connections)
    .events(Source::stderr(), |node, line| {
        let Ok(Value::Object(fields)) = serde_json::from_str(line) else { return false };
        node.event(level(&fields["level"]), "etcd", "log", Value::Object(fields));
        true
    })
    // A leader that is asked to end hands over first, and waits for members that end too. What was written is on disk.
    .stop_signal(Signal::Kill)
    .forms(Form::Clique)
    .supports(Feature::Private)
    .does_not_support(Feature::LinkControl)
}

fn url(addr: SocketAddr) -> String {
    format!("http://{addr}")
}

/// The node and its peers, as in `n.1=http://127.0.0.3:4001,n.2=http://127.0.0.4:4001`.
fn members(node: &ProcessContext) -> String {
    let peers = node.peers();
    let peers = peers.iter().map(|peer| (peer.name(), peer.addr()));
    let members = peers.chain([(node.name(), node.addr())]).map(|(name, addr)| format!("{name}={}", url(addr)));
    members.collect::<Vec<_>>().join(",")
}

async fn configure(node: ProcessContext) -> Result {
    let state = if joins(&node).await? { "existing" } else { "new" };
    let (own, client) = (url(node.addr()), url(node.addr_of("client")));
    let configuration = json!({
        "name": node.name(),
        "data-dir": "data",
        "listen-peer-urls": own,
        "initial-advertise-peer-urls": own,
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "initial-cluster": members(&node),
        "initial-cluster-state": state,
        // The defaults, 100 ms and 1 s, are for links between data centres.
        "heartbeat-interval": 50,
        "election-timeout": 500,
        // Otherwise members refuse every change of the membership in their first five seconds.
        "strict-reconfig-check": false,
        // Without a file it is on, with one it is not.
        "enable-grpc-gateway": true,
        "logger": "zap",
        "log-outputs": ["stderr"],
        "log-level": log_level(&node),
    });
    node.write("etcd.json", configuration.to_string()).await
}

/// Whether the node joins the cluster of its peers, which run without it. If so, one of them adds it to the members.
async fn joins(node: &ProcessContext) -> Result<bool> {
    let own = url(node.addr());
    for peer in node.peers() {
        let Some(client) = peer.addr_of("client") else { continue };
        let Ok(members) = node.http(peer.addr(), "GET", "/members").send().await else { continue };
        if members.text().contains(&own) {
            return Ok(false);
        }
        let body = json!({ "peerURLs": [own] }).to_string();
        node.http(client, "POST", "/v3/cluster/member/add").body(body).send().await?.json()?;
        return Ok(true);
    }
    Ok(false)
}

/// The members to which it has a connection, from its metrics.
async fn connections(node: ProcessContext) -> Result<Vec<Identity>> {
    let metrics = node.get("client", "/metrics").await?.text();
    Ok(metrics.lines().filter_map(active_peer).map(Identity::new).collect())
}

/// The member in `etcd_network_active_peers{Local="94928d3765b0a81",Remote="8f051ff8aeea14c9"} 1`.
fn active_peer(line: &str) -> Option<&str> {
    let labels = line.strip_prefix("etcd_network_active_peers{")?.strip_suffix("} 1")?;
    labels.split(',').find_map(|label| label.strip_prefix("Remote=\"")?.strip_suffix('"'))
}

fn log_level(node: &ProcessContext) -> &'static str {
    match node.level_of("etcd") {
        Level::Debug => "debug",
        Level::Info | Level::Notice => "info",
        Level::Warning => "warn",
        Level::Error | Level::Fatal => "error",
    }
}

fn level(name: &Value) -> Level {
    match name.as_str() {
        Some("debug") => Level::Debug,
        Some("info") => Level::Info,
        Some("warn") => Level::Warning,
        Some("error") => Level::Error,
        _ => Level::Fatal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_is_connected_is_active() {
        let line = |count| {
            format!("etcd_network_active_peers{{Local=\"94928d3765b0a81\",Remote=\"8f051ff8aeea14c9\"}} {count}")
        };
        assert_eq!(active_peer(&line(1)), Some("8f051ff8aeea14c9"));
        assert_eq!(active_peer(&line(0)), None);
    }
}
