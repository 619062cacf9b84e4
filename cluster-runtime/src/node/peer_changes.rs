use std::collections::BTreeMap;

use super::context::NodeContext;
use super::peer::Peer;

/// A change of a node's peers.
#[derive(Clone, Debug)]
pub enum PeerChange {
    /// A node is a peer from now on.
    Added(Peer),
    /// A node is no peer any more.
    Removed(Peer),
}

/// The changes of a node's peers; see [`NodeContext::peer_changes`].
#[derive(Debug)]
pub struct PeerChanges {
    node: NodeContext,
    /// By the id of the peer.
    known: BTreeMap<u64, Peer>,
}

impl NodeContext {
    /// Returns the changes of its peers from now on: the test may add and remove nodes. Call it before [`peers`](Self::peers), so
    /// that none is missed in between; one that is added there is in both.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::NodeContext;
    /// use cluster_runtime::kind::PeerChange;
    ///
    /// async fn follow(node: NodeContext) {
    ///     let mut changes = node.peer_changes();
    ///     loop {
    ///         match changes.next().await {
    ///             PeerChange::Added(peer) => println!("{} is a peer now, at {}", peer.name(), peer.addr()),
    ///             PeerChange::Removed(peer) => println!("{} is no peer any more", peer.name()),
    ///         }
    ///     }
    /// }
    /// ```
    pub fn peer_changes(&self) -> PeerChanges {
        PeerChanges { node: self.clone(), known: peers(self) }
    }
}

impl PeerChanges {
    /// Waits for the next change. Dropping the future loses none.
    pub async fn next(&mut self) -> PeerChange {
        loop {
            let node = self.node.clone();
            let changed = node.state().rewired();
            if let Some(change) = self.take_change() {
                return change;
            }
            changed.await;
        }
    }

    fn take_change(&mut self) -> Option<PeerChange> {
        let present = peers(&self.node);
        if let Some(id) = self.known.keys().find(|id| !present.contains_key(id)).copied() {
            return self.known.remove(&id).map(PeerChange::Removed);
        }
        let (id, peer) = present.into_iter().find(|(id, _)| !self.known.contains_key(id))?;
        self.known.insert(id, peer.clone());
        Some(PeerChange::Added(peer))
    }
}

fn peers(node: &NodeContext) -> BTreeMap<u64, Peer> {
    node.peers().into_iter().map(|peer| (peer.link().other().id(), peer)).collect()
}
