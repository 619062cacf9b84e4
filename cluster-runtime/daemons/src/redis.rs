//! Servers of [Redis](https://redis.io), as primaries and replicas (version 7.0, as Debian has it).

use std::time::Duration;

use cluster_runtime::process::{ProcessContext, Source};
use cluster_runtime::{Error, Feature, Form, Identity, Level, Peer, Process, Ready, Result, Speaks};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The pause before a node is asked again whether its cluster serves all slots.
const PAUSE: Duration = Duration::from_millis(20);

/// What primaries and replicas speak.
#[derive(Debug)]
pub struct RedisProtocol;

impl Speaks<RedisProtocol> for RedisProtocol {}

/// A server at the node's address, which keeps what was written when it is killed and restarted.
///
/// A node is a replica of the peer that it dials: the one that was declared before it, as in
/// `primary; replicas[2]: star(primary)`. Replicas may have replicas. In private mode a primary admits only its declared
/// replicas. The lines of its log are its events `log`, in the section `redis`.
pub fn redis() -> Process<RedisProtocol> {
    server(replication)
        .identity(async |node: ProcessContext| Ok::<_, Error>(Identity::new(node.addr().to_string())))
        // A replica that is refused tries again only a second later.
        .after(Peer::dial)
        .connections(connections)
        .forms(Form::Tree)
        .supports(Feature::Private)
        .supports(Feature::OneWayPrivate)
}

/// A node of one Redis Cluster, with its bus on the port `bus`: the first of the nodes are primaries, and each has this many
/// replicas among the others. It needs `redis-cli` too, which comes with the server.
///
/// The nodes are made a cluster once all are ready; the start ends when all slots are served, after 2 s at least. They tell each
/// other the addresses of all others: they support no private mode, and become a clique.
pub fn redis_cluster(replicas: usize) -> Process<RedisProtocol> {
    server(|node| Ok(bus_configuration(node)))
        .port("bus")
        .learned_identity(async |node: ProcessContext| {
            let id = ask(&node, "CLUSTER MYID").await?;
            Ok::<_, Error>(Identity::new(id.lines().nth(1).unwrap_or_default()))
        })
        .once(move |nodes| form_cluster(nodes, replicas))
        .connections(bus_connections)
        .forms(Form::Connected)
        .does_not_support(Feature::LinkControl)
}

fn server(
    more: impl Fn(&ProcessContext) -> Result<Vec<String>> + Clone + Send + Sync + 'static,
) -> Process<RedisProtocol> {
    Process::new("redis-server", |_, command| {
        command.arg("redis.conf");
    })
    .protocol()
    .if_missing("`apt-get install redis-server`")
    .config(move |node: ProcessContext| {
        let more = more.clone();
        async move {
            let lines = [configuration(&node), more(&node)?].concat();
            node.write("redis.conf", lines.join("\n") + "\n").await
        }
    })
    .ready(Ready::probe(async |node| ask(&node, "PING").await.map(drop)))
    .events(Source::stdout(), |node, line| {
        let Some((level, text)) = log_line(line) else { return false };
        node.event(level, "redis", "log", json!(text));
        true
    })
}

fn configuration(node: &ProcessContext) -> Vec<String> {
    let (ip, port) = (node.addr().ip(), node.addr().port());
    let level = match node.level_of("redis") {
        Level::Debug => "debug",
        Level::Info | Level::Notice => "notice",
        Level::Warning | Level::Error | Level::Fatal => "warning",
    };
    vec![
        format!("bind {ip}"),
        format!("port {port}"),
        format!("loglevel {level}"),
        "protected-mode no".to_owned(),
        "save \"\"".to_owned(),
        "appendonly yes".to_owned(),
        // By default a primary waits 5 s for more replicas before it sends its data.
        "repl-diskless-sync-delay 0".to_owned(),
        // Otherwise a replica would be known by the address that its connection comes from.
        format!("replica-announce-ip {ip}"),
        format!("replica-announce-port {port}"),
    ]
}

/// Whose replica it is, and which replicas it admits.
fn replication(node: &ProcessContext) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let peers = node.peers();
    let (primaries, replicas): (Vec<_>, Vec<_>) = peers.iter().partition(|peer| peer.dial());
    match primaries[..] {
        [] => {}
        [primary] => lines.push(format!("replicaof {} {}", primary.addr().ip(), primary.addr().port())),
        [one, other, ..] => {
            let (name, one, other) = (node.name(), one.name(), other.name());
            let help = "help: link each replica to one node that is declared before it";
            return Err(Error::other(format!("`{name}` cannot be a replica of both `{one}` and `{other}`\n{help}")));
        }
    }
    if node.private() {
        lines.push("user default on nopass sanitize-payload ~* &* +@all -psync -sync".to_owned());
        lines.extend(replicas.into_iter().map(Peer::name).map(admitted));
        lines.extend([format!("masteruser {}", node.name()), format!("masterauth {}", node.name())]);
    }
    Ok(lines)
}

fn bus_configuration(node: &ProcessContext) -> Vec<String> {
    vec![
        "cluster-enabled yes".to_owned(),
        format!("cluster-port {}", node.port("bus")),
        format!("cluster-announce-ip {}", node.addr().ip()),
        // By default a primary is missed after 15 s.
        "cluster-node-timeout 2000".to_owned(),
    ]
}

/// Makes one cluster of nodes that run, and waits until it serves all slots. Nodes that run again know it already.
async fn form_cluster(nodes: Vec<ProcessContext>, replicas: usize) -> Result {
    let first = nodes.first().ok_or_else(|| Error::other("a cluster of no nodes"))?;
    if ask(first, "CLUSTER INFO").await?.contains("cluster_known_nodes:1\r") {
        let mut create = first.command_of("redis-cli");
        create.args(["--cluster-yes", "--cluster", "create"]).args(nodes.iter().map(|node| node.addr()));
        create.arg("--cluster-replicas").arg(replicas).run().await?;
    }
    for node in &nodes {
        while !ask(node, "CLUSTER INFO").await?.contains("cluster_state:ok") {
            first.sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// The nodes to which its bus is connected: `ID ADDRESS FLAGS PRIMARY PING PONG EPOCH LINK-STATE ..`, line by line.
async fn bus_connections(node: ProcessContext) -> Result<Vec<Identity>> {
    let nodes = ask(&node, "CLUSTER NODES").await?;
    let connected = nodes.lines().filter_map(|line| {
        let fields: Vec<_> = line.split(' ').collect();
        let is_connected = fields.get(7) == Some(&"connected") && !fields[2].contains("myself");
        (is_connected && !fields[2].contains("fail")).then(|| Identity::new(fields[0]))
    });
    Ok(connected.collect())
}

/// The user that a replica of this name authenticates as.
fn admitted(replica: &str) -> String {
    format!("user {replica} on >{replica} -@all +psync +replconf +ping")
}

/// Sends a command to the node's server, and returns the answer.
async fn ask(node: &ProcessContext, command: &str) -> Result<String> {
    let mut stream = node.dial(node.addr()).await?;
    stream.write_all(format!("{command}\r\nQUIT\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    if answer.starts_with('-') { Err(Error::other(answer.trim_end())) } else { Ok(answer) }
}

/// Its replicas, which announce their addresses, and its primary, once it is in step with it.
async fn connections(node: ProcessContext) -> Result<Vec<Identity>> {
    let facts = ask(&node, "INFO replication").await?;
    let fact = |name: &str| facts.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let replicas = facts.lines().filter(|line| line.starts_with("slave") && line.contains("state=online"));
    let mut connected: Vec<_> = replicas.filter_map(|line| Some(Identity::new(replica_address(line)?))).collect();
    if let (Some("up"), Some(ip), Some(port)) = (fact("master_link_status"), fact("master_host"), fact("master_port")) {
        let route = format!("{ip}:{port}");
        let primary = node.peers().into_iter().find(|peer| peer.addr().to_string() == route);
        connected.push(primary.and_then(|peer| peer.identity()).unwrap_or_else(|| Identity::new(route)));
    }
    Ok(connected)
}

/// The address in `slave0:ip=127.0.0.3,port=6379,state=online,offset=14,lag=0`.
fn replica_address(line: &str) -> Option<String> {
    let (_, fields) = line.split_once(':')?;
    let field = |name: &str| fields.split(',').find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
    Some(format!("{}:{}", field("ip")?, field("port")?))
}

/// The level and the text of `1234:M 24 Nov 2026 18:58:32.126 * Ready to accept connections`.
fn log_line(line: &str) -> Option<(Level, &str)> {
    let mut words = line.splitn(7, ' ').skip(5);
    let level = match words.next()? {
        "." | "-" => Level::Debug,
        "*" => Level::Notice,
        "#" => Level::Warning,
        _ => return None,
    };
    Some((level, words.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_has_a_level() {
        let line = "1234:M 24 Nov 2026 18:58:32.126 * Ready to accept connections";
        assert_eq!(log_line(line), Some((Level::Notice, "Ready to accept connections")));
        assert_eq!(log_line("                _._"), None);
    }

    #[test]
    fn a_replica_has_an_address() {
        let line = "slave0:ip=127.0.0.3,port=6379,state=online,offset=14,lag=0";
        assert_eq!(replica_address(line).as_deref(), Some("127.0.0.3:6379"));
    }
}
