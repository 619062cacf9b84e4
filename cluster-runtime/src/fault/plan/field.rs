use super::sort::Sort;
use super::step::Step;
use crate::fault::impose::Asked;
use crate::fault::partition::Partition;
use crate::fault::span::span;
use crate::handle::AnyNode;
use crate::net::{Conditions, Effect};
use crate::node::{LinkEnd, Span};
use crate::start::View;

/// The cluster as steps see it: its nodes by their names, and its links.
pub(super) struct Field {
    pub(super) cluster: View,
    /// Those that a seeded plan draws from.
    pub(super) nodes: Vec<AnyNode>,
    /// The ends of the declared links between them.
    pub(super) ends: Vec<LinkEnd>,
}

impl Field {
    pub(super) fn new(cluster: View, among: Option<Vec<AnyNode>>) -> Self {
        let nodes = among.unwrap_or_else(|| cluster.nodes().to_vec());
        let is_inside = |id: u64| nodes.iter().any(|node| node.state().id() == id);
        let ends = nodes.iter().flat_map(|node| node.context().links().declared());
        let ends = ends.filter(|end| is_inside(end.other().id())).collect();
        Self { cluster, nodes, ends }
    }

    /// The nodes of a step, set by set.
    ///
    /// # Errors
    /// When no node of the cluster has such a name.
    pub(super) fn sets(&self, step: &Step) -> Result<Vec<Vec<AnyNode>>, String> {
        let named = |name: &String| {
            let node = self.cluster.nodes().iter().find(|node| node.name() == name);
            node.cloned().ok_or_else(|| format!("{step} names `{name}`, which is no node of the cluster"))
        };
        step.sets.iter().map(|set| set.iter().map(named).collect()).collect()
    }

    /// The fault of links that a step is, unless it is none of links.
    pub(super) fn fault(&self, step: &Step, sets: &[Vec<AnyNode>]) -> Option<Asked> {
        let effect = match step.sort {
            Sort::Kill | Sort::Pause => return None,
            Sort::Slow => Effect::Conditions(Conditions { latency: Some(step.latency), ..Conditions::default() }),
            _ => Effect::Block(step.block),
        };
        let spans = self.spans(step.sort, sets);
        // Whether it is idle is looked at when it ends.
        Some(Asked { name: step.to_string(), spans, effect, may_be_idle: true })
    }

    fn spans(&self, sort: Sort, sets: &[Vec<AnyNode>]) -> Vec<Span> {
        let nodes = sets.concat();
        match (sort, &nodes[..]) {
            (Sort::Partition, _) => Partition::of_parts(sets).spans,
            (Sort::Bridge, nodes) => Partition::bridge(nodes).spans,
            (Sort::MajoritiesRing, nodes) => Partition::majorities_ring(nodes).spans,
            (Sort::CutOneWay, [from, to]) => vec![span(from_ref(from), from_ref(to))],
            (Sort::Cut | Sort::Slow, [a, b]) => vec![span(from_ref(a), from_ref(b)), span(from_ref(b), from_ref(a))],
            (_, nodes) => {
                let ids: Vec<_> = nodes.iter().map(|node| node.state().id()).collect();
                let others = self.cluster.nodes().iter().filter(|node| !ids.contains(&node.state().id()));
                let others: Vec<_> = others.cloned().collect();
                vec![span(nodes, &others), span(&others, nodes)]
            }
        }
    }
}

fn from_ref(node: &AnyNode) -> &[AnyNode] {
    std::slice::from_ref(node)
}
