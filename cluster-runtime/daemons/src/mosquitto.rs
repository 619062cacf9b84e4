//! Brokers of [Mosquitto](https://mosquitto.org), for MQTT, with bridges between them (version 2.0.11, as Debian has it).

use cluster_runtime::process::{ProcessContext, Source};
use cluster_runtime::{Error, Feature, Form, Identity, Level, Peer, Process, Ready, Result, Speaks};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

/// A client of version 3.1.1 with a clean session, which leaves its name to the broker.
const CONNECT: &[u8] = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00";
const PING: &[u8] = b"\xc0\x00";
const KIND_OF_PACKET: u8 = 0xf0;
const PUBLISH: u8 = 0x30;
const PONG: u8 = 0xd0;
/// Where both ends of a bridge keep its state, which is `1` while it is up.
const STATES: (&str, &str) = ("$SYS/broker/connection/", "/state");

/// What brokers speak on their bridges.
#[derive(Debug)]
pub struct MosquittoProtocol;

impl Speaks<MosquittoProtocol> for MosquittoProtocol {}

/// A broker that takes bridges at the node's address, and clients at the port `client`. It needs `mosquitto_passwd` too, which
/// comes with it.
///
/// A link is a bridge for all topics in both directions, with the quality of service of the message. Bridges pass on what others
/// have brought, so that a circle of them would never stop: brokers form trees. The later of two brokers dials, and one whose bridge
/// is down keeps what it is to send, up to a thousand messages, in memory. In private mode a broker admits bridges of its declared
/// peers only, each by its name and a password. The lines of its log are its events `log`, in the section `mosquitto`.
pub fn mosquitto() -> Process<MosquittoProtocol> {
    Process::new("mosquitto", |_, command| {
        command.args(["-c", "mosquitto.conf"]);
    })
    .protocol()
    .if_missing("`apt-get install mosquitto`")
    .port("client")
    .config(configure)
    // A bridge that is refused tries again only a second later.
    .after(Peer::dial)
    .ready(Ready::port("client"))
    .connections(connections)
    .events(Source::stderr(), |node, line| {
        let Some((_, text)) = line.split_once(": ") else { return false };
        node.event(level(text), "mosquitto", "log", json!(text));
        true
    })
    .forms(Form::Tree)
    .supports(Feature::Private)
    .supports(Feature::OneWayPrivate)
}

async fn configure(node: ProcessContext) -> Result {
    let (ip, bridges, clients) = (node.addr().ip(), node.addr().port(), node.port("client"));
    let (dialled, admitted): (Vec<_>, Vec<_>) = node.peers().into_iter().partition(Peer::dial);
    let mut lines = vec![
        // Otherwise it would become a user who may not read its files.
        "user root".to_owned(),
        "per_listener_settings true".to_owned(),
        "log_dest stderr".to_owned(),
        format!("listener {clients} {ip}"),
        "allow_anonymous true".to_owned(),
        format!("listener {bridges} {ip}"),
        format!("allow_anonymous {}", !node.private()),
    ];
    lines.extend(log_types(&node).iter().map(|kind| format!("log_type {kind}")));
    if node.private() {
        // With itself, for an empty file would be an error.
        let names = admitted.iter().map(Peer::name).chain([node.name()]);
        node.write("passwords", names.map(|name| format!("{name}:{name}\n")).collect::<String>()).await?;
        // It replaces the passwords by their hashes.
        node.command_of("mosquitto_passwd").args(["-U", "passwords"]).run().await?;
        lines.push("password_file passwords".to_owned());
    }
    lines.extend(dialled.iter().flat_map(|peer| bridge(node.name(), peer)));
    node.write("mosquitto.conf", lines.join("\n") + "\n").await
}

fn bridge(own: &str, peer: &Peer) -> [String; 10] {
    [
        format!("connection {}", peer.name()),
        format!("address {}", peer.addr()),
        format!("remote_clientid {own}:{}", peer.name()),
        format!("remote_username {own}"),
        format!("remote_password {own}"),
        "bridge_protocol_version mqttv311".to_owned(),
        "topic # both 2".to_owned(),
        "cleansession false".to_owned(),
        "restart_timeout 1".to_owned(),
        // The least that it takes: after one and a half of it without an answer the bridge is down.
        "keepalive_interval 5".to_owned(),
    ]
}

/// The peers of its bridges that are up, of those that it has dialled and those that have dialled it.
async fn connections(node: ProcessContext) -> Result<Vec<Identity>> {
    let (start, end) = STATES;
    let messages = retained(&node, &format!("{start}+{end}")).await?;
    let up = messages.iter().filter(|(_, text)| text == "1");
    let bridges = up.filter_map(|(topic, _)| topic.strip_prefix(start)?.strip_suffix(end));
    Ok(bridges.map(|bridge| Identity::new(other_end(node.name(), bridge))).collect())
}

/// The other end of a bridge, `dialler:dialled`.
fn other_end<'a>(own: &str, bridge: &'a str) -> &'a str {
    match bridge.split_once(':') {
        Some((dialler, dialled)) if dialler == own => dialled,
        Some((dialler, _)) => dialler,
        None => bridge,
    }
}

/// The messages that a broker keeps for these topics, with their topics.
async fn retained(node: &ProcessContext, topics: &str) -> Result<Vec<(String, String)>> {
    let mut stream = node.dial(node.addr_of("client")).await?;
    let length = u8::try_from(topics.len()).map_err(Error::other)?;
    let subscribe = [&[0x82, length + 5, 0, 1, 0, length][..], topics.as_bytes(), &[0]].concat();
    // What it keeps comes before the answer to what follows.
    stream.write_all(&[CONNECT, &subscribe, PING].concat()).await?;
    let mut messages = Vec::new();
    loop {
        match packet(&mut stream).await? {
            (PONG, _) => return Ok(messages),
            (PUBLISH, body) => messages.extend(message(&body)),
            _ => {}
        }
    }
}

/// The next packet: its kind, and what follows its length, which has seven bits in each byte, the lowest first.
async fn packet(stream: &mut (impl AsyncRead + Unpin)) -> Result<(u8, Vec<u8>)> {
    let kind = stream.read_u8().await? & KIND_OF_PACKET;
    let (mut length, mut shift) = (0, 0);
    loop {
        let byte = stream.read_u8().await?;
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 || shift == 28 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok((kind, body))
}

/// The topic and the text of a message without quality of service.
fn message(body: &[u8]) -> Option<(String, String)> {
    let (length, rest) = body.split_first_chunk()?;
    let (topic, text) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((String::from_utf8_lossy(topic).into_owned(), String::from_utf8_lossy(text).into_owned()))
}

fn log_types(node: &ProcessContext) -> &'static [&'static str] {
    match node.level_of("mosquitto") {
        Level::Debug => &["all"],
        Level::Info | Level::Notice => &["error", "warning", "notice", "information"],
        Level::Warning => &["error", "warning"],
        Level::Error | Level::Fatal => &["error"],
    }
}

/// Its lines have no level, but some say it.
fn level(text: &str) -> Level {
    match text.split_once(' ') {
        Some(("Error:", _)) => Level::Error,
        Some(("Warning:", _)) => Level::Warning,
        Some(("Sending" | "Received", _)) => Level::Debug,
        _ => Level::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bridge_has_another_end() {
        assert_eq!(other_end("b", "b:a"), "a");
        assert_eq!(other_end("a", "b:a"), "b");
        assert_eq!(other_end("a", "stranger"), "stranger");
    }

    #[test]
    fn a_message_has_a_topic_and_a_text() {
        assert_eq!(message(b"\x00\x03a/b1"), Some(("a/b".to_owned(), "1".to_owned())));
        assert_eq!(message(b"\x00\x09a/b1"), None);
    }
}
