//! Nodes of [Yggdrasil](https://yggdrasil-network.github.io), an encrypted network of routers (version 0.4.7, as Debian has it).

use cluster_runtime::process::{ProcessContext, Source};
use cluster_runtime::{Error, Feature, Identity, Level, Process, Ready, Result, Speaks};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What routers speak.
#[derive(Debug)]
pub struct YggdrasilProtocol;

impl Speaks<YggdrasilProtocol> for YggdrasilProtocol {}

/// A router with keys of its own and no network interface. It is known by its public key; a private one admits only those of
/// its peers. The lines of its log are its events `log`, in the section `router`.
///
/// A router reads the keys that it admits when it is run: neither its admin socket nor a signal changes them. So private routers admit
/// one that joins later once they were restarted, after it was added: `net.add(&net.late).await?; net.restart(&net.k).await?`.
pub fn yggdrasil() -> Process<YggdrasilProtocol> {
    Process::new("yggdrasil", |node, command| {
        let level = match node.level_of("router") {
            Level::Debug => "debug",
            Level::Info | Level::Notice => "info",
            Level::Warning => "warn",
            Level::Error | Level::Fatal => "error",
        };
        command.args(["-useconffile", "node.json", "-loglevel", level]);
        // Version 0.4.7 crashes where two of its threads meet in the table that `getPeers` reads.
        command.env("GOMAXPROCS", 1);
    })
    .protocol()
    .if_missing("`apt-get install yggdrasil`")
    .port("admin")
    .identity(async |node: ProcessContext| {
        if !node.exists("keys.json").await {
            node.write("keys.json", node.command().args(["-genconf", "-json"]).run().await?).await?;
        }
        let keys: Value = serde_json::from_str(&node.read("keys.json").await?)?;
        Ok::<_, Error>(Identity::new(keys["PublicKey"].as_str().unwrap_or_default()))
    })
    .config(configure)
    .ready(Ready::port("admin"))
    .connections(connections)
    .events(Source::stdout(), |node, line| {
        node.event(Level::Info, "router", "log", json!(line));
        true
    })
    .supports(Feature::Private)
    .supports(Feature::OneWayPrivate)
}

/// Both ends of a link dial: after a failure a router tries again only when half a minute has passed.
async fn configure(node: ProcessContext) -> Result {
    let mut conf: Value = serde_json::from_str(&node.read("keys.json").await?)?;
    let peers = node.peers();
    let dialled = peers.iter().filter(|peer| peer.dial() || !peer.is_one_way());
    conf["Listen"] = json!([format!("tcp://{}", node.addr())]);
    conf["Peers"] = dialled.map(|peer| format!("tcp://{}", peer.addr())).collect();
    conf["AdminListen"] = json!(format!("tcp://{}", node.addr_of("admin")));
    conf["MulticastInterfaces"] = json!([]);
    conf["IfName"] = json!("none");
    if node.private() {
        // With its own key, for an empty list would admit everyone.
        let allowed = peers.iter().filter_map(|peer| peer.identity()).chain(node.identity());
        conf["AllowedPublicKeys"] = allowed.map(|key| key.to_string()).collect();
    }
    node.write("node.json", conf.to_string()).await
}

async fn connections(node: ProcessContext) -> Result<Vec<Identity>> {
    let mut socket = node.dial(node.addr_of("admin")).await?;
    socket.write_all(br#"{"request":"getPeers"}"#).await?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await?;
    let answer: Value = serde_json::from_slice(&answer)?;
    let peers = answer["response"]["peers"].as_array().ok_or_else(|| Error::other(format!("no peers in {answer}")))?;
    Ok(peers.iter().filter_map(|peer| peer["key"].as_str()).map(Identity::new).collect())
}
