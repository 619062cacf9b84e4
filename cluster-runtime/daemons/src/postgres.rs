//! Servers of [PostgreSQL](https://www.postgresql.org), a primary and its replicas by streaming (version 15, as Debian has it).

use std::net::SocketAddr;
use std::time::Duration;

use cluster_runtime::process::{Command, ProcessContext, Signal, Source};
use cluster_runtime::{Error, Feature, Form, Identity, Level, Peer, Process, Ready, Result, Speaks};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The pause before a server is asked again.
const PAUSE: Duration = Duration::from_millis(20);
/// It refuses to run as root, and leaves shared memory behind when it is killed: in namespaces of its own it has another number, and
/// that memory ends with it.
const NAMESPACES: (&str, [&str; 4]) = ("unshare", ["--user", "--ipc", "--map-user=1000", "--"]);
/// In the first message of a client.
const VERSION: u32 = 3 << 16;

/// What primaries and replicas speak.
#[derive(Debug)]
pub struct PostgresProtocol;

impl Speaks<PostgresProtocol> for PostgresProtocol {}

/// A server at the node's address, with the superuser `postgres`, who needs no password. It keeps what was written when it is
/// killed and restarted.
///
/// A node is a replica of the peer that it dials: the one that was declared before it, as in `primary; replicas[2]: star(primary)`. A
/// replica is a copy of it (`pg_basebackup`), made when that is ready, and may have replicas. In private mode servers admit
/// only declared replicas: each is a user of its own, whom it creates at the primary before it copies. The lines of its log are its
/// events `log`, in the section `postgres`.
///
/// It runs as an ordinary user in namespaces of its own (`unshare`), also when the test runs as root. The latest version in
/// `/usr/lib/postgresql` is run, where Debian has it, and that in PATH where there is none.
pub fn postgres() -> Process<PostgresProtocol> {
    Process::new(program("postgres"), |_, command| {
        command.args(["-D", "data"]);
    })
    .protocol()
    .wrapped_by(NAMESPACES.0, &NAMESPACES.1)
    .if_missing("`apt-get install postgresql`")
    .after(Peer::dial)
    .config(configure)
    .ready(Ready::probe(async |node| ask(&node, node.addr(), "SELECT 1").await.map(drop)))
    .connections(connections)
    .events(Source::stderr(), |node, line| {
        let Some((level, text)) = log_line(line) else { return false };
        node.event(level, "postgres", "log", json!(text));
        true
    })
    // With it clients are disconnected; it would wait for them otherwise.
    .stop_signal(Signal::Interrupt)
    .forms(Form::Tree)
    .supports(Feature::Private)
    .supports(Feature::OneWayPrivate)
}

/// Debian keeps the programs of each version in a directory of its own, which is not in PATH.
fn program(name: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "it looks for a program, as a search of PATH does")]
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let latest = versions.filter_map(|version| version.file_name().to_str()?.parse::<u32>().ok()).max();
    latest.map_or_else(|| name.to_owned(), |version| format!("/usr/lib/postgresql/{version}/bin/{name}"))
}

/// A command of another program of the server's.
fn command_of(node: &ProcessContext, name: &str) -> Command {
    let mut command = node.command_of(NAMESPACES.0);
    command.args(NAMESPACES.1).arg(program(name));
    command
}

async fn configure(node: ProcessContext) -> Result {
    let peers = node.peers();
    let primaries: Vec<_> = peers.iter().filter(|peer| peer.dial()).collect();
    let primary = match primaries[..] {
        [] => None,
        [primary] => Some(primary.addr()),
        [one, other, ..] => {
            let (name, one, other) = (node.name(), one.name(), other.name());
            let help = "help: link each replica to one node that is declared before it";
            return Err(Error::other(format!("`{name}` cannot be a replica of both `{one}` and `{other}`\n{help}")));
        }
    };
    if !node.exists("data/PG_VERSION").await {
        match primary {
            None => create(&node).await?,
            Some(primary) => copy(&node, primary).await?,
        }
    }
    if primary.is_some() {
        node.write("data/standby.signal", "").await?;
    }
    // Of a run that was killed: another process may have its number by now.
    node.remove("data/postmaster.pid").await?;
    node.write("data/pg_hba.conf", admission(&node)).await?;
    node.write("data/postgresql.conf", configuration(&node, primary)).await
}

async fn create(node: &ProcessContext) -> Result {
    let mut create = command_of(node, "initdb");
    create.args(["-D", "data", "-U", "postgres", "-A", "trust", "--no-sync", "--locale", "C", "-E", "UTF8"]);
    create.run().await.map(drop)
}

/// Makes the node a user who may replicate, and copies the server that it is to be a replica of.
async fn copy(node: &ProcessContext, server: SocketAddr) -> Result {
    let user = node.name();
    let known = format!("SELECT 1 FROM pg_roles WHERE rolname = '{user}'");
    let primary = primary_of(node, server).await?;
    if ask(node, primary, &known).await?.is_empty() {
        ask(node, primary, &format!("CREATE ROLE \"{user}\" REPLICATION LOGIN")).await?;
    }
    // A replica has the user once the primary has sent it.
    while ask(node, server, &known).await?.is_empty() {
        node.sleep(PAUSE).await;
    }
    let mut copy = command_of(node, "pg_basebackup");
    copy.args(["-D", "data", "-c", "fast", "--no-sync", "-h"]).arg(server.ip()).arg("-p").arg(server.port());
    copy.arg("-U").arg(user).run().await.map(drop)
}

/// The server that writes, for a server or one of its replicas.
async fn primary_of(node: &ProcessContext, mut server: SocketAddr) -> Result<SocketAddr> {
    while let Some(sender) = sender(node, server).await? {
        server = sender.parse().map_err(Error::other)?;
    }
    Ok(server)
}

/// The address from which a server receives, if it is a replica that is in step.
async fn sender(node: &ProcessContext, server: SocketAddr) -> Result<Option<String>> {
    let query = "SELECT sender_host || ':' || sender_port FROM pg_stat_wal_receiver WHERE status = 'streaming'";
    Ok(ask(node, server, query).await?.pop())
}

/// Who may connect: everybody to the database, and in private mode only users of replicas for replication.
fn admission(node: &ProcessContext) -> String {
    let superuser = if node.private() { "host replication postgres all reject\n" } else { "" };
    format!("host all all all trust\n{superuser}host replication all all trust\n")
}

fn configuration(node: &ProcessContext, primary: Option<SocketAddr>) -> String {
    let name = node.name();
    let level = match node.level_of("postgres") {
        Level::Debug => "debug1",
        Level::Info | Level::Notice => "log",
        Level::Warning => "warning",
        Level::Error => "error",
        Level::Fatal => "fatal",
    };
    let mut lines = vec![
        format!("listen_addresses = '{}'", node.addr().ip()),
        format!("port = {}", node.addr().port()),
        format!("cluster_name = '{name}'"),
        format!("log_min_messages = {level}"),
        "log_line_prefix = ''".to_owned(),
        "unix_socket_directories = ''".to_owned(),
        "dynamic_shared_memory_type = mmap".to_owned(),
        "shared_buffers = 16MB".to_owned(),
        // The crash of a process loses nothing without it, only that of a machine would.
        "fsync = off".to_owned(),
        // What a replica has missed while its link was cut is kept for it.
        "wal_keep_size = 1GB".to_owned(),
        // The default is 5 s.
        "wal_retrieve_retry_interval = 100ms".to_owned(),
    ];
    lines.extend(primary.map(|primary| {
        let (ip, port) = (primary.ip(), primary.port());
        format!("primary_conninfo = 'host={ip} port={port} user={name} application_name={name}'")
    }));
    lines.join("\n") + "\n"
}

/// Its replicas, by their names, and the server from which it receives.
async fn connections(node: ProcessContext) -> Result<Vec<Identity>> {
    let replicas = "SELECT application_name FROM pg_stat_replication WHERE state = 'streaming'";
    let mut connected: Vec<_> = ask(&node, node.addr(), replicas).await?.into_iter().map(Identity::new).collect();
    if let Some(route) = sender(&node, node.addr()).await? {
        let peer = node.peers().into_iter().find(|peer| peer.addr().to_string() == route);
        connected.push(peer.and_then(|peer| peer.identity()).unwrap_or_else(|| Identity::new(route)));
    }
    Ok(connected)
}

/// Sends a query to a server, and returns the first column of the answer.
async fn ask(node: &ProcessContext, server: SocketAddr, query: &str) -> Result<Vec<String>> {
    let mut stream = node.dial(server).await?;
    let parameters = b"user\0postgres\0database\0postgres\0\0";
    let first = [&VERSION.to_be_bytes()[..], parameters].concat();
    let query = [query.as_bytes(), b"\0"].concat();
    // A message has a kind, except the first one, and a length.
    let parts = [&length(&first)[..], &first, b"Q", &length(&query), &query, b"X", &length(b"")];
    stream.write_all(&parts.concat()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    rows(&answer)
}

/// A length counts its own four bytes.
fn length(message: &[u8]) -> [u8; 4] {
    u32::try_from(message.len() + 4).unwrap_or(u32::MAX).to_be_bytes()
}

/// The first column of each row of an answer.
///
/// # Errors
/// The server's, or when the answer is not whole.
fn rows(mut answer: &[u8]) -> Result<Vec<String>> {
    let mut rows = Vec::new();
    while let Some((kind, body, rest)) = message(answer) {
        match kind {
            b'D' => rows.extend(first_column(body)),
            b'E' => return Err(Error::other(error_text(body))),
            b'C' => return Ok(rows),
            _ => {}
        }
        answer = rest;
    }
    Err(Error::other("the server has not answered"))
}

/// The kind of the first message, what it contains, and what follows it.
fn message(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (body, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?.checked_sub(4)?)?;
    Some((*kind, body, rest))
}

/// After the number of columns each has its length.
fn first_column(row: &[u8]) -> Option<String> {
    let (length, rest) = row.get(2..)?.split_first_chunk()?;
    let text = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    Some(String::from_utf8_lossy(text).into_owned())
}

/// An error has fields, each with a letter: `M` is its text.
fn error_text(fields: &[u8]) -> String {
    let text = fields.split(|byte| *byte == 0).find_map(|field| field.strip_prefix(b"M"));
    String::from_utf8_lossy(text.unwrap_or(fields)).into_owned()
}

/// The level and the text of `LOG:  database system is ready to accept connections`.
fn log_line(line: &str) -> Option<(Level, &str)> {
    let (level, text) = line.split_once(":  ")?;
    let level = match level {
        "LOG" | "INFO" | "STATEMENT" | "DETAIL" | "HINT" => Level::Info,
        "NOTICE" => Level::Notice,
        "WARNING" => Level::Warning,
        "ERROR" => Level::Error,
        "FATAL" | "PANIC" => Level::Fatal,
        debug if debug.starts_with("DEBUG") => Level::Debug,
        _ => return None,
    };
    Some((level, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_has_a_level() {
        let line = "LOG:  database system is ready to accept connections";
        assert_eq!(log_line(line), Some((Level::Info, "database system is ready to accept connections")));
        assert_eq!(log_line("unshare: no such file"), None);
    }

    #[test]
    fn an_answer_has_rows() {
        let row = b"D\0\0\0\x0d\0\x01\0\0\0\x03n.2";
        let done = b"C\0\0\0\x0dSELECT 1\0";
        assert_eq!(rows(&[&row[..], done].concat()).expect("it is whole"), ["n.2"]);
        assert!(rows(row).is_err(), "it has no end");
    }

    #[test]
    fn an_answer_may_be_an_error() {
        let error = rows(b"E\0\0\0\x0fSERROR\0Mno\0\0").expect_err("it is one").to_string();
        assert!(error.contains("no"), "{error}");
    }
}
