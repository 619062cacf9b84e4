use super::control::check_own;
use super::handle::Fault;
use super::impose::{Asked, impose};
use super::partition::{IntoPartition, Partition};
use super::span::{names, span};
use crate::error::FaultError;
use crate::handle::{AnyNode, Nodes, collect};
use crate::net::{Block, Effect};
use crate::start::{Cluster, View};
use crate::wait::Wait;

/// The options of a cut.
///
/// By default nothing is answered, as when a cable is cut: streams are held and go on after the cut is healed, datagrams are lost, and
/// dials wait.
#[derive(Debug, Default)]
pub struct Cut {
    block: Block,
    may_be_idle: bool,
}

impl<T> Wait<'_, T, Cut> {
    /// Connections are reset, and dials are refused, as by a firewall that rejects. Dials of [relays](crate::start::Start::link_control) are
    /// refused by the system, and nobody can count them: the nodes need a connection that is reset, or the cut counts as idle.
    pub fn refuse(self) -> Self {
        self.change(|options| options.block = Block::Refuse)
    }

    /// Connections are reset, and so are those that are dialled, as by a middlebox that has lost their state.
    pub fn reset(self) -> Self {
        self.change(|options| options.block = Block::Reset)
    }

    /// It is no error if no traffic of nodes runs into it.
    pub fn may_be_idle(self) -> Self {
        self.change(|options| options.may_be_idle = true)
    }
}

impl Cluster {
    /// Cuts all links between the nodes of two sets, both ways.
    ///
    /// # Errors
    /// [`Error::Fault`](crate::Error::Fault) when it is refused, or a probe gets through.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { center; leaves[3]: star(center) }.start().wait_connections(true).await?;
    /// let cut = net.cut(&net.center, &net.leaves[1..]).refuse().await?;
    /// assert_eq!(cut.evidence().connections, 2);
    /// cut.heal().await?;
    /// net.wait_connections().await?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn cut(&self, a: impl Nodes, b: impl Nodes) -> Wait<'static, Fault, Cut> {
        let (a, b) = (collect(a), collect(b));
        let name = format!("the cut between {} and {}", names(&a), names(&b));
        let spans = vec![span(&a, &b), span(&b, &a)];
        cut(self.view(), Partition { name, spans, nodes: [a, b].concat(), twice: None })
    }

    /// Cuts what the nodes of one set send to those of another: they are not heard any more, and hear as before. As a
    /// connection needs both ways, none can be made either.
    ///
    /// # Errors
    /// Those of [`cut`](Self::cut).
    pub fn cut_one_way(&self, from: impl Nodes, to: impl Nodes) -> Wait<'static, Fault, Cut> {
        let (from, to) = (collect(from), collect(to));
        let name = format!("the cut from {} to {}", names(&from), names(&to));
        let spans = vec![span(&from, &to)];
        cut(self.view(), Partition { name, spans, nodes: [from, to].concat(), twice: None })
    }

    /// Cuts all links between the nodes of a set and all other nodes. Those between nodes of the set stay.
    ///
    /// # Errors
    /// Those of [`cut`](Self::cut).
    pub fn isolate(&self, set: impl Nodes) -> Wait<'static, Fault, Cut> {
        let set = collect(set);
        let is_outside = |node: &AnyNode| !set.iter().any(|inner| inner.state().id() == node.state().id());
        let others: Vec<_> = self.nodes().into_iter().filter(is_outside).collect();
        let name = format!("the isolation of {}", names(&set));
        let spans = vec![span(&set, &others), span(&others, &set)];
        cut(self.view(), Partition { name, spans, nodes: set, twice: None })
    }

    /// Cuts all links between the parts: a tuple, an array or a slice of sets, or a [`Partition`]. Nodes in no part keep their
    /// links.
    ///
    /// # Errors
    /// Those of [`cut`](Self::cut).
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// use cluster_runtime::fault::Partition;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { k[5]: clique }.start().wait_connections(true).await?;
    /// net.partition((&net.k[..2], &net.k[2..])).refuse().await?;
    /// net.heal().await?;
    /// net.partition(Partition::majorities_ring(&net.k)).refuse().await?;
    /// net.heal().await?;
    /// net.wait_connections().await?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn partition(&self, parts: impl IntoPartition) -> Wait<'static, Fault, Cut> {
        cut(self.view(), parts.into_partition())
    }
}

fn cut(cluster: View, partition: Partition) -> Wait<'static, Fault, Cut> {
    let Partition { name, nodes, spans, twice } = partition;
    let what = name.clone();
    let watch = cluster.home().watch(move || what.clone());
    Wait::with_options(watch, Cut::default(), move |Cut { block, may_be_idle }, deadline| async move {
        check_own(&cluster, &name, &nodes)?;
        if let Some(node) = twice {
            let why = format!("`{node}` is in two parts\nhelp: put each node into one part at most");
            return Err(FaultError::Refused { fault: name, why }.into());
        }
        impose(&cluster, Asked { name, spans, effect: Effect::Block(block), may_be_idle }, deadline).await
    })
}
