//! Steps that nodes take together when all of them are ready.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use super::meeting::Meeting;
use crate::error::{BoxError, Error, Result, some_of};
use crate::handle::{AnyNode, grouped};
use crate::lock::lock;
use crate::node::{NodeContext, catch_panic};
use crate::place::BoxFuture;

/// The steps of a start: those of its kinds, then its own.
#[derive(Default)]
pub(super) struct Steps(Option<Step>);

/// A step of a start itself.
pub(super) struct OwnStep(Box<dyn FnOnce(Vec<AnyNode>) -> OwnFuture + Send>);

type OwnFuture = Pin<Box<dyn Future<Output = Result> + Send>>;

/// What happens when the last node is ready, while all others wait.
pub(super) struct Step {
    /// The nodes of each protocol that takes a step; the first is of the kind that is called.
    groups: Vec<(AnyNode, Vec<NodeContext>)>,
    nodes: Vec<AnyNode>,
    own: Mutex<Vec<OwnStep>>,
    ready: Meeting,
}

impl Steps {
    pub(super) fn none() -> Self {
        Self::default()
    }

    pub(super) fn of(nodes: &[AnyNode], own: Vec<OwnStep>) -> Self {
        let by_protocol = grouped(nodes.iter().map(|node| (node.erased().protocol(), node)));
        let group = |nodes: Vec<&AnyNode>| {
            let first = nodes.iter().find(|node| node.profile().has_once)?;
            Some(((*first).clone(), nodes.iter().map(|node| node.context().clone()).collect()))
        };
        let groups: Vec<_> = by_protocol.into_iter().filter_map(|(_, nodes)| group(nodes)).collect();
        if groups.is_empty() && own.is_empty() {
            return Self::none();
        }
        let ready = Meeting::of(nodes.len());
        Self(Some(Step { groups, nodes: nodes.to_vec(), own: Mutex::new(own), ready }))
    }

    /// What a node does once it is ready, if there is anything.
    pub(super) fn after_ready(&self) -> Option<&Step> {
        self.0.as_ref()
    }
}

impl Step {
    /// Takes the steps if this is the last node that has become ready; waits for them otherwise.
    ///
    /// # Errors
    /// [`Error::Step`], of the first that fails.
    pub(super) async fn take(&self, node: &NodeContext) -> Result {
        node.waiting_for("it is ready, and waits for a step that is taken once when all nodes are");
        if !self.ready.come().await {
            return Ok(());
        }
        for (first, nodes) in &self.groups {
            node.waiting_for("the step that its kind takes once, when all nodes are ready, does not end");
            let names: Vec<_> = nodes.iter().map(|node| format!("`{}`", node.name())).collect();
            let whose = format!("the kind of {}", some_of(&names, ", "));
            succeeded(whose, first.erased().once(nodes)).await?;
        }
        node.waiting_for("the step that the start takes once, when all nodes are ready, does not end");
        self.take_own().await?;
        self.ready.go_on().await;
        Ok(())
    }

    /// Takes the steps of the start itself, in their order.
    pub(super) async fn take_own(&self) -> Result {
        let steps = std::mem::take(&mut *lock(&self.own));
        for OwnStep(step) in steps {
            succeeded("the start".to_owned(), step(self.nodes.clone())).await?;
        }
        Ok(())
    }
}

/// Takes a step.
///
/// # Errors
/// Its own, and its panic, as an error of the step: it is none of the node that was ready last.
async fn succeeded(whose: String, step: BoxFuture<'_, Result>) -> Result {
    let source = match catch_panic(step).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(Error::Other(source))) => source,
        Ok(Err(error)) => error.into(),
        Err(message) => format!("it panicked: {message}").into(),
    };
    Err(Error::Step { whose, source, troubles: Box::default(), seed: None })
}

impl OwnStep {
    pub(super) fn new<F, R, E>(step: F) -> Self
    where
        F: FnOnce(Vec<AnyNode>) -> R + Send + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Self(Box::new(move |nodes| Box::pin(async move { step(nodes).await.map_err(Error::other) })))
    }
}

impl fmt::Debug for OwnStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnStep")
    }
}
