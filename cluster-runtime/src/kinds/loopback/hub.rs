//! One running node: what its connections share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::frame::{Contact, Frame, Message};
use super::gossip::{Gossip, Outgoing};
use crate::event::Level;
use crate::node::{Identity, NodeContext};

/// How many of the nodes that it learns of a public node dials at most.
const MOST_LEARNED_DIALS: usize = 8;
/// How many public nodes a node remembers, and tells its neighbours of. Each of them goes over all links of a network: if all were
/// remembered, that would grow with the square of the nodes.
const MOST_KNOWN: usize = 64;

pub(super) struct Hub {
    context: NodeContext,
    contact: Contact,
    /// The frame that tells of it.
    hello: Vec<u8>,
    gossip: Mutex<Gossip>,
    /// Public nodes, in the order of their identities.
    known: Mutex<Vec<Contact>>,
    published: AtomicU64,
    beats: Notify,
    /// The prefix of the ids of this node's messages.
    salt: u64,
}

impl Hub {
    pub(super) fn new(context: NodeContext) -> Self {
        let contact = Contact {
            identity: context.identity().unwrap_or_else(|| Identity::new("")),
            name: context.name().to_owned(),
            addr: context.addr(),
            private: context.private(),
        };
        let salt = context.rng().next();
        Self {
            context,
            hello: Frame::Hello(contact.clone()).encode(),
            contact,
            gossip: Mutex::default(),
            known: Mutex::default(),
            published: AtomicU64::new(0),
            beats: Notify::new(),
            salt,
        }
    }

    /// Ends the handshakes that have waited for two beats: one timer serves all connections of the node.
    pub(super) fn beat(&self) {
        self.beats.notify_waiters();
    }

    /// Resolves after the time that a handshake may take: between one and two beats.
    pub(super) async fn patience(&self) {
        self.beats.notified().await;
        self.beats.notified().await;
    }

    pub(super) fn context(&self) -> &NodeContext {
        &self.context
    }

    /// What this node sends of itself.
    pub(super) fn hello(&self) -> &[u8] {
        &self.hello
    }

    /// # Errors
    /// Why this node refuses a connection from that one.
    pub(super) fn admit(&self, other: &Contact) -> Result<(), String> {
        if other.identity == self.contact.identity {
            return Err(format!("`{}` is this node itself", other.name));
        }
        if !self.contact.private || self.is_declared(&other.identity) {
            return Ok(());
        }
        Err(format!(
            "`{}` ({}) is not a declared peer of `{}`, which is private",
            other.name, other.identity, self.contact.name
        ))
    }

    fn is_declared(&self, identity: &Identity) -> bool {
        self.context.peer_by_identity(identity).is_some()
    }

    /// Reports that a link is up, and sends the public nodes to its other side. Returns nodes that are to be dialled.
    pub(super) fn open_link(&self, other: &Contact) -> (u64, Outgoing, Vec<Contact>) {
        let (number, outgoing) = lock(&self.gossip).open();
        self.context.connected_to(&other.identity);
        if self.contact.private || other.private {
            return (number, outgoing, Vec::new());
        }
        let known = lock(&self.known).clone();
        if !known.is_empty() {
            lock(&self.gossip).send_to(number, &Frame::Addresses(known).encode().into());
        }
        let to_dial = self.learn(vec![other.clone()], number);
        (number, outgoing, to_dial)
    }

    pub(super) fn close_link(&self, number: u64) {
        lock(&self.gossip).close(number);
    }

    /// Remembers public nodes that come from a link, and forwards new ones. Returns those that are to be dialled.
    pub(super) fn learn(&self, contacts: Vec<Contact>, link: u64) -> Vec<Contact> {
        if self.contact.private {
            return Vec::new();
        }
        let mut to_dial = Vec::new();
        let new: Vec<_> = contacts.into_iter().filter(|contact| self.note(contact, &mut to_dial)).collect();
        if !new.is_empty() {
            lock(&self.gossip).send(&Frame::Addresses(new).encode().into(), Some(link));
        }
        to_dial
    }

    /// Whether the public node is new here. The first few that are not connected yet are to be dialled.
    fn note(&self, contact: &Contact, to_dial: &mut Vec<Contact>) -> bool {
        let mut known = lock(&self.known);
        let is_other = contact.identity != self.contact.identity && !contact.private;
        // Whatever address is received, this node only dials on this machine.
        let is_other = is_other && contact.addr.ip().is_loopback();
        if !is_other || known.len() >= MOST_KNOWN {
            return false;
        }
        let Err(place) = known.binary_search_by(|known| known.identity.cmp(&contact.identity)) else { return false };
        known.insert(place, contact.clone());
        if known.len() <= MOST_LEARNED_DIALS
            && !self.is_declared(&contact.identity)
            && !self.context.is_connected_to(&contact.identity)
        {
            self.context.event(Level::Info, "p2p", "learned", json!({ "peer": contact.name }));
            to_dial.push(contact.clone());
        }
        true
    }

    /// Sends a message to the whole network.
    pub(super) fn publish(&self, payload: Vec<u8>) {
        let count = self.published.fetch_add(1, Ordering::Relaxed);
        let id = u128::from(self.salt) << 64 | u128::from(count);
        self.spread(Message { id, hops: 0, from: self.contact.name.clone(), payload }, None);
    }

    /// Takes a message from a link.
    pub(super) fn receive(&self, message: Message, link: u64) {
        self.spread(Message { hops: message.hops.saturating_add(1), ..message }, Some(link));
    }

    fn spread(&self, message: Message, came_from: Option<u64>) {
        if !lock(&self.gossip).is_new(message.id) {
            return;
        }
        self.context.event(Level::Info, "gossip", "message", value_of(&message));
        let frame = Frame::Message(message).encode().into();
        lock(&self.gossip).send(&frame, came_from);
    }
}

fn value_of(message: &Message) -> Value {
    let mut value = json!({ "from": message.from, "hops": message.hops });
    match std::str::from_utf8(&message.payload) {
        Ok(text) => value["text"] = json!(text),
        Err(_) => value["hex"] = json!(message.payload.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
    }
    value
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
