//! The life of one connection, from its handshake to its end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncWriteExt, BufReader};

use super::frame::{Contact, Frame, FrameError};
use super::gossip::Outgoing;
use super::handshake::{Connection, HandshakeError, accept, greet};
use super::hub::Hub;
use crate::clock::pause;
use crate::event::Level;
use crate::net::{ReadHalf, Stream, WriteHalf};
use crate::node::{Identity, Peer};

/// The first pause after a greeting that failed; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// The longest pause after a greeting that failed.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// How often a node that was learned of is dialled at most.
const ATTEMPTS_AT_LEARNED: u32 = 5;

/// Keeps a link to a declared peer, for as long as the node runs.
pub(super) async fn keep_dialling(hub: Arc<Hub>, peer: Peer) {
    let mut last_error = String::new();
    let mut wait = FIRST_PAUSE;
    while let Ok(mut stream) = hub.context().connect(&peer).await {
        let mut connection = Connection::new(&mut stream);
        match greet(&hub, &mut connection, peer.identity()).await {
            Ok(contact) => {
                wait = FIRST_PAUSE;
                last_error.clear();
                run(&hub, &contact, &mut connection).await;
            }
            Err(error) => {
                hub.context().dial_failed(peer.name(), &error);
                if error.to_string() != last_error {
                    last_error = error.to_string();
                    report_dial(&hub, peer.name(), &error);
                }
            }
        }
        pause(wait).await;
        wait = (wait * 2).min(LONGEST_PAUSE);
    }
}

/// Dials nodes that were learned of.
fn dial_learned(hub: &Arc<Hub>, learned: Vec<Contact>) {
    for contact in learned {
        hub.context().spawn(try_dialling(hub.clone(), contact));
    }
}

/// Dials a node that was learned of, a few times.
async fn try_dialling(hub: Arc<Hub>, contact: Contact) {
    let mut wait = FIRST_PAUSE;
    for _ in 0..ATTEMPTS_AT_LEARNED {
        if hub.context().is_connected_to(&contact.identity) {
            return;
        }
        match dial_once(&hub, &contact).await {
            Ok(()) => return,
            Err(error) => report_dial(&hub, &contact.name, &error),
        }
        pause(wait).await;
        wait *= 2;
    }
}

async fn dial_once(hub: &Arc<Hub>, contact: &Contact) -> Result<(), HandshakeError> {
    let mut stream = hub.context().dial(contact.addr).await?;
    let mut connection = Connection::new(&mut stream);
    let contact = greet(hub, &mut connection, Some(contact.identity.clone())).await?;
    run(hub, &contact, &mut connection).await;
    Ok(())
}

fn report_dial(hub: &Hub, peer: &str, error: &HandshakeError) {
    let level = match error {
        HandshakeError::WrongIdentity { .. } => Level::Warning,
        _ => Level::Debug,
    };
    hub.context().event(level, "p2p.dial", "dial_failed", json!({ "peer": peer, "error": error.to_string() }));
}

/// Serves an accepted connection.
pub(super) async fn serve(hub: Arc<Hub>, mut stream: Stream) {
    let mut connection = Connection::new(&mut stream);
    match accept(&hub, &mut connection).await {
        Ok(contact) => run(&hub, &contact, &mut connection).await,
        Err(error) => hub.context().event(
            Level::Warning,
            "p2p.accept",
            "connection_dropped",
            json!({ "error": error.to_string() }),
        ),
    }
}

/// A link that is up, until either side ends it.
async fn run(hub: &Arc<Hub>, contact: &Contact, Connection { reader, writer }: &mut Connection<'_>) {
    // Without this each link would leave a port in TIME_WAIT for a minute, and a suite of tests would run out of ports.
    let _ = writer.set_zero_linger();
    let (number, outgoing, learned) = hub.open_link(contact);
    dial_learned(hub, learned);
    let _up = Up { hub, number, identity: &contact.identity };
    let broken = tokio::select! {
        biased;
        broken = receive(hub, number, reader) => broken,
        () = send(&outgoing, writer) => return,
        () = outgoing.until_full() => FrameError::Unread,
    };
    match broken {
        FrameError::Closed | FrameError::Broken(_) => {}
        error => hub.context().event(
            Level::Warning,
            "p2p",
            "connection_dropped",
            json!({ "peer": contact.name, "error": error.to_string() }),
        ),
    }
}

async fn receive(hub: &Arc<Hub>, number: u64, reader: &mut BufReader<ReadHalf<'_>>) -> FrameError {
    loop {
        match Frame::read(reader).await {
            Ok(Frame::Message(message)) => hub.receive(message, number),
            Ok(Frame::Addresses(contacts)) => dial_learned(hub, hub.learn(contacts, number)),
            Ok(Frame::Hello(_) | Frame::Refused(_)) => {
                return FrameError::Garbage("a greeting after the handshake".to_owned());
            }
            Err(error) => return error,
        }
    }
}

async fn send(outgoing: &Outgoing, writer: &mut WriteHalf<'_>) {
    while let Some(frame) = outgoing.next().await {
        if writer.write_all(&frame).await.is_err() {
            return;
        }
    }
}

/// Reports that a link is down, however it ends.
struct Up<'a> {
    hub: &'a Hub,
    number: u64,
    identity: &'a Identity,
}

impl Drop for Up<'_> {
    fn drop(&mut self) {
        self.hub.close_link(self.number);
        self.hub.context().disconnected_from(self.identity);
    }
}
