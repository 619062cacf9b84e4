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
    /// In the order of their ids.
    known: Vec<Peer>,
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
        PeerChanges { node: self.clone(), known: self.peers() }
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
        let present = self.node.peers();
        if let Some(index) = self.known.iter().position(|peer| place(peer, &present).is_err()) {
            return Some(PeerChange::Removed(self.known.remove(index)));
        }
        let (index, added) = present.iter().find_map(|peer| Some((place(peer, &self.known).err()?, peer)))?;
        self.known.insert(index, added.clone());
        Some(PeerChange::Added(added.clone()))
    }
}

/// Where the peer is among others, or would be.
fn place(peer: &Peer, others: &[Peer]) -> Result<usize, usize> {
    let id = |peer: &Peer| peer.link().other().id();
    others.binary_search_by_key(&id(peer), id)
}
