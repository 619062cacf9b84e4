//! What the node is, as a program.

use std::time::Duration;

use cluster_runtime::process::{Process, ProcessContext, ProcessKind, Ready, Source};
use cluster_runtime::{Error, Feature, Identity, Level, Peer, Result};
use serde_json::Value;

use crate::chain::Chain;
use crate::command_line::Run;
use crate::octez_node::OctezNode;
use crate::ports::{METRICS, RPC};
use crate::sink_uri::sink_uri;
use crate::{event_line, rpc};

const EVENTS: &str = "events";
const DATA: &str = "data";
const IDENTITY_FILE: &str = "data/identity.json";
const CONFIG_FILE: &str = "data/config.json";
/// How long Tezt lets a node end gracefully.
const GRACE: Duration = Duration::from_secs(30);

impl<C: Chain> ProcessKind for OctezNode<C> {
    type Protocol = C;

    fn process(&self) -> Process<C> {
        let (identified, configured, kind) = (self.clone(), self.clone(), self.clone());
        let process = Process::new(&self.program, move |node, command| {
            command.args(kind.run(&Run {
                data_dir: &node.path(DATA),
                net_addr: node.addr(),
                metrics_addr: node.addr_of(METRICS),
                rpc_addr: node.addr_of(RPC),
                private_mode: node.private(),
            }));
            command.env(C::EVENTS_VARIABLE, sink_uri(&node.path(EVENTS), &node.levels()));
        })
        .protocol::<C>()
        // A private node admits a caller by the address that it calls from, which is this one for all.
        .localhost()
        .port(RPC)
        .port(METRICS)
        .identity(move |node| identify(identified.clone(), node))
        .config(move |node| configure(configured.clone(), node))
        .events(Source::pipe(EVENTS), take_event)
        .ready(Ready::probe(rpc::is_ready))
        .learned_identity(rpc::identity)
        .connections(rpc::connections)
        .supports(Feature::Private)
        .supports(Feature::EventSectionsLevels)
        .private(self.private)
        .if_missing(format!(
            "say where it is: by `.path(..)`, in the variable {}, or let it be `{}` in PATH",
            C::PATH_VARIABLE,
            C::PROGRAM
        ))
        .grace(GRACE);
        match self.arguments.fault() {
            Some(fault) => process.refuse(fault),
            None => process,
        }
    }
}

/// A node that was started before keeps its identity.
async fn identify<C: Chain>(kind: OctezNode<C>, node: ProcessContext) -> Result<Identity> {
    if !node.exists(IDENTITY_FILE).await {
        node.command().args(kind.identity_generate(&node.path(DATA))).run().await?;
    }
    let file: Value = serde_json::from_str(&node.read(IDENTITY_FILE).await?)?;
    let id = file["peer_id"].as_str().map(Identity::new);
    id.ok_or_else(|| Error::other(format!("{}: expected the field `peer_id` with a text", node.path(IDENTITY_FILE))))
}

/// A node that was started before may have other peers now.
async fn configure<C: Chain>(kind: OctezNode<C>, node: ProcessContext) -> Result {
    node.remove(CONFIG_FILE).await?;
    let peers = node.peers();
    let dialled = peers.iter().filter(|peer| is_dialled(peer));
    let points = dialled.map(|peer| point(peer, kind.expect_peer_ids)).collect::<Result<Vec<_>>>()?;
    node.command().args(kind.config_init(&node.path(DATA), points)).run().await?;
    Ok(())
}

/// Of a link that either side may dial both do: a private node admits whom it dials.
fn is_dialled(peer: &Peer) -> bool {
    peer.dial() || !peer.is_one_way()
}

/// `HOST:PORT`, or `HOST:PORT#ID`.
fn point(peer: &Peer, with_id: bool) -> Result<String> {
    match peer.identity() {
        _ if !with_id => Ok(peer.addr().to_string()),
        Some(id) => Ok(format!("{}#{id}", peer.addr())),
        None => Err(Error::other(format!(
            "the identity of its peer `{}` is expected, and not known yet\nhelp: start both together, or that one first",
            peer.name()
        ))),
    }
}

fn take_event(node: &ProcessContext, line: &str) -> bool {
    let Some(event) = event_line::parse(line) else { return false };
    let level = known_level(&event.name).unwrap_or_else(|| node.level_of(&event.section));
    node.event(level, event.section, event.name, event.value);
    true
}

/// The level of an event that Tezt relies on. A line does not contain it.
fn known_level(event: &str) -> Option<Level> {
    match event.split_once(".v").map_or(event, |(name, _)| name) {
        "node_is_ready" | "read_identity" => Some(Level::Notice),
        "connection" | "disconnection" | "new_connection" | "disconnected" => Some(Level::Info),
        _ => None,
    }
}
