use std::time::Duration;

use super::{Process, ProcessContext, life};
use crate::error::Result;
use crate::kind::{Feature, Kind, Speaks};
use crate::node::{Identity, NodeContext};
use crate::place::{Local, Place};

/// The runtime's own hard stop comes this long after the program should have been killed.
const SPARE_GRACE: Duration = Duration::from_secs(5);
/// File descriptors of a running program: its two outputs, its end, its log, and one for a question.
const DESCRIPTORS: usize = 5;

/// A kind that is described by a [`Process`]: with options and methods of its own, and everything else from the description.
///
/// # Examples
/// ```
/// use cluster_runtime::{Node, Process, ProcessKind, ProcessProtocol, Result};
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
    /// What nodes of this kind speak.
    type Protocol: Speaks<Self::Protocol> + 'static;

    /// The description. It is asked for at each step of a node's life, and says the same each time.
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
        description.ready.wait(&context).await?;
        if let Some(identity) = &description.learned_identity {
            node.set_identity(identity(context).await?);
        }
        Ok(())
    }

    async fn connections(&self, node: &NodeContext) -> Result<Vec<Identity>> {
        let process = self.process();
        let description = &process.description;
        match &description.connections {
            Some(connections) => connections(ProcessContext::new(node, description)?).await,
            None => Ok(node.reported_connections()),
        }
    }

    fn connections_interval(&self) -> Option<Duration> {
        let process = self.process();
        let description = &process.description;
        description.connections.is_some().then_some(description.connections_interval)
    }

    fn grace(&self) -> Duration {
        self.process().description.grace.saturating_add(SPARE_GRACE)
    }

    fn supports(&self, feature: Feature) -> bool {
        let process = self.process();
        let description = &process.description;
        let said = description.support.iter().rev().find(|(about, _)| *about == feature);
        said.map_or_else(
            || match feature {
                Feature::Private | Feature::OneWayPrivate | Feature::EventSectionsLevels => false,
                Feature::Connections => description.connections.is_some(),
                Feature::Public | Feature::EventLevel => true,
            },
            |(_, supported)| *supported,
        )
    }

    fn private(&self) -> bool {
        self.process().description.private
    }

    fn ports(&self) -> Vec<&'static str> {
        self.process().description.ports.clone()
    }

    fn faults(&self) -> Vec<String> {
        let process = self.process();
        let description = &process.description;
        let missing = Local.check(&description.program).err().map(|error| match &description.if_missing {
            Some(help) => format!("{error}\nhelp: {help}"),
            None => error.to_string(),
        });
        description.faults.iter().cloned().chain(missing).collect()
    }

    fn own_host(&self) -> bool {
        self.process().description.own_host
    }

    fn descriptors(&self, _peers: usize) -> usize {
        DESCRIPTORS + 2 * self.process().description.listeners.len()
    }
}
