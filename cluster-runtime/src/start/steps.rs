//! Steps that nodes take together when all of them are ready.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

use crate::error::Result;
use crate::handle::AnyNode;
use crate::node::NodeContext;

/// The steps of the kinds of a start.
#[derive(Default)]
pub(super) struct Steps(Option<Step>);

/// What happens when the last node is ready, while all others wait.
pub(super) struct Step {
    /// The nodes of each protocol that takes a step; the first is of the kind that is called.
    groups: Vec<(AnyNode, Vec<NodeContext>)>,
    unready: AtomicUsize,
    taken: watch::Sender<bool>,
}

impl Steps {
    pub(super) fn none() -> Self {
        Self::default()
    }

    pub(super) fn of(nodes: &[AnyNode]) -> Self {
        let mut groups: BTreeMap<TypeId, (Option<AnyNode>, Vec<NodeContext>)> = BTreeMap::new();
        for node in nodes {
            let (first, contexts) = groups.entry(node.erased().protocol().0).or_default();
            contexts.push(node.context().clone());
            if node.profile().has_once {
                first.get_or_insert_with(|| node.clone());
            }
        }
        let groups: Vec<_> = groups.into_values().filter_map(|(first, contexts)| Some((first?, contexts))).collect();
        if groups.is_empty() {
            return Self::none();
        }
        Self(Some(Step { groups, unready: AtomicUsize::new(nodes.len()), taken: watch::Sender::new(false) }))
    }

    /// What a node does once it is ready, if there is anything.
    pub(super) fn after_ready(&self) -> Option<&Step> {
        self.0.as_ref()
    }
}

impl Step {
    /// Takes the steps if this is the last node that has become ready; waits for them otherwise.
    pub(super) async fn take(&self, node: &NodeContext) -> Result {
        if self.unready.fetch_sub(1, Ordering::AcqRel) > 1 {
            node.waiting_for("it is ready, and waits for the step that its kind takes once when all nodes are");
            // The sender is here.
            let _ = self.taken.subscribe().wait_for(|taken| *taken).await;
            return Ok(());
        }
        for (first, nodes) in &self.groups {
            node.waiting_for("the step that its kind takes once, when all nodes are ready, does not end");
            first.erased().once(nodes).await?;
        }
        self.taken.send_replace(true);
        Ok(())
    }
}
