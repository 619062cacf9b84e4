use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use super::handle::RunningProgram;
use super::{Description, Process, ProcessContext, life, wrap};
use crate::error::{Error, Result};
use crate::feature::Feature;
use crate::kind::{Kind, Profile, Speaks};
use crate::node::{Identity, NodeContext};

/// How long after the grace time of the program the runtime aborts the node.
const SPARE_GRACE: Duration = Duration::from_secs(5);
/// File descriptors of a running program: its two outputs, its exit, its log, and one for a probe.
const DESCRIPTORS: usize = 5;

/// A kind with options and methods of its own, whose nodes are programs that a [`Process`] describes.
///
/// # Examples
/// ```
/// use cluster_runtime::process::{ProcessKind, ProcessProtocol};
/// use cluster_runtime::{Node, Process, Result};
///
/// #[derive(Clone)]
/// struct Sleeper {
///     seconds: u32,
/// }
///
/// impl ProcessKind for Sleeper {
///     type Protocol = ProcessProtocol;
///
///     fn process(&self) -> Process {
///         let seconds = self.seconds;
///         Process::new("sleep", move |_node, command| {
///             command.arg(seconds);
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let node = Node::new(&Sleeper { seconds: 1000 }, "sleeper");
/// let net = cluster_runtime::start(&node).public(true).await?;
/// assert!(node.process_id().is_some());
/// net.stop().await
/// # }
/// ```
pub trait ProcessKind: Clone + Send + Sync + 'static {
    /// The protocol of its nodes.
    type Protocol: Speaks<Self::Protocol> + 'static;

    /// Returns the description. It is called several times for each node, and must return the same each time.
    fn process(&self) -> Process<Self::Protocol>;
}

impl<P: Speaks<P> + 'static> ProcessKind for Process<P> {
    type Protocol = P;

    fn process(&self) -> Self {
        self.clone()
    }
}

impl<K: ProcessKind> Kind for K {
    type Protocol = K::Protocol;

    async fn identity(&self, node: &NodeContext) -> Result {
        let process = self.process();
        let description = &process.description;
        let context = ProcessContext::new(node, description)?;
        if let Some(identity) = &description.identity {
            node.set_identity(identity(context).await?);
        } else if description.learned_identity.is_none() {
            node.set_identity(Identity::new(node.name()));
        }
        Ok(())
    }

    async fn config(&self, node: &NodeContext) -> Result {
        let process = self.process();
        let description = &process.description;
        let context = ProcessContext::new(node, description)?;
        if let Some(precedes) = &description.after {
            for peer in node.peers().iter().filter(|peer| precedes(peer)) {
                node.waiting_for(&format!("it starts after `{}`, which is not ready", peer.name()));
                peer.is_ready().await;
            }
            node.waiting_for("");
        }
        for (file, contents) in &description.files {
            context.write(file, contents(&context)).await?;
        }
        for config in &description.config {
            config(context.clone()).await?;
        }
        description.ready.prepare(&context).await
    }

    async fn run(&self, node: NodeContext) -> Result {
        let process = self.process();
        life::live(process.description, node).await
    }

    async fn ready(&self, node: &NodeContext) -> Result {
        let process = self.process();
        let description = &process.description;
        let context = ProcessContext::new(node, description)?;
        node.waiting_for("its program has not been spawned");
        is_spawned(node).await;
        description.ready.wait(&context).await?;
        if let Some(identity) = &description.learned_identity {
            node.set_identity(identity(context).await?);
        }
        Ok(())
    }

    async fn connections(&self, node: &NodeContext) -> Result<Option<Vec<Identity>>> {
        let process = self.process();
        let description = &process.description;
        match &description.connections {
            Some(connections) => Ok(Some(connections(ProcessContext::new(node, description)?).await?)),
            None => Ok(None),
        }
    }

    async fn once(&self, nodes: &[NodeContext]) -> Result {
        let process = self.process();
        let description = &process.description;
        let contexts = nodes.iter().map(|node| ProcessContext::new(node, description)).collect::<Result<_>>()?;
        match &description.once {
            Some(once) => once(contexts).await,
            None => Ok(()),
        }
    }

    async fn pause(&self, node: &NodeContext) -> Result {
        Ok(program_of(node)?.program().suspend().await?)
    }

    async fn resume(&self, node: &NodeContext) -> Result {
        Ok(program_of(node)?.program().resume().await?)
    }

    fn profile(&self) -> Profile {
        self.process().description.profile()
    }
}

/// Resolves when the place has said that the program runs, or the node has ended. Until then it can show signs of being ready, and
/// cannot be paused.
async fn is_spawned(node: &NodeContext) {
    let lifecycle = node.state().lifecycle();
    if let Some(run) = lifecycle.present_run() {
        lifecycle.until_provided(TypeId::of::<RunningProgram>(), run).await;
    }
}

/// # Errors
/// When the program does not run, as before its node enters the phase ready.
fn program_of(node: &NodeContext) -> Result<Arc<RunningProgram>> {
    let provided = node.state().lifecycle().provided();
    let program = provided.and_then(|provided| provided.downcast::<RunningProgram>().ok());
    program.ok_or_else(|| Error::other(format!("the program of node `{}` is not running", node.name())))
}

impl Description {
    fn profile(&self) -> Profile {
        let profile = Profile::default()
            .grace(self.grace.saturating_add(SPARE_GRACE))
            .ports(self.ports.iter().copied())
            .private(self.private)
            .outside()
            .shared()
            .program(&self.program, self.if_missing.clone())
            .descriptors(DESCRIPTORS + 2 * self.listeners.len(), 0);
        let profile = if self.own_host { profile } else { profile.localhost() };
        let profile = match &self.connections {
            Some(_) => profile.connections_interval(self.connections_interval),
            None => profile,
        };
        let profile = if self.once.is_some() { profile.once() } else { profile };
        let profile = self.form.into_iter().fold(profile, Profile::forms);
        let profile = self.wrappers.iter().fold(profile, |profile, (wrapper, _)| profile.program(wrapper, None));
        let profile = wrap::refusal().into_iter().fold(profile, Profile::refuse);
        let profile = self.refusals.iter().fold(profile, Profile::refuse);
        Feature::ALL.into_iter().filter(|feature| !self.supports(*feature)).fold(profile, Profile::does_not_support)
    }

    /// What the description has declared last, or the default.
    fn supports(&self, feature: Feature) -> bool {
        let said = self.support.iter().rev().find(|(about, _)| *about == feature);
        said.map_or_else(
            || match feature {
                Feature::Private | Feature::OneWayPrivate | Feature::EventSectionsLevels => false,
                Feature::Connections => self.connections.is_some(),
                Feature::Public | Feature::EventLevel | Feature::LinkControl => true,
            },
            |(_, supported)| *supported,
        )
    }
}
