//! Which networks kinds can form.

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::Refusal;
use crate::handle::{AnyNode, grouped};
use crate::kind::Form;
use crate::topology::Topology;

/// The refusals of networks that the kinds of their nodes do not form.
pub(super) fn check(nodes: &[AnyNode]) -> Vec<Refusal> {
    let formed = nodes.iter().filter_map(|node| Some(((node.profile().form?, node.erased().protocol_name()), node)));
    grouped(formed).into_iter().flat_map(|((form, _), nodes)| misformed(form, &nodes)).collect()
}

fn misformed(form: Form, nodes: &[&AnyNode]) -> Vec<Refusal> {
    let topology = topology_of(nodes);
    let parts = topology.components();
    let refusal = |part: &[&str], found| {
        let nodes = nodes.iter().filter(|node| part.contains(&node.name()));
        let (names, kinds): (Vec<Arc<str>>, Vec<_>) =
            nodes.map(|node| (node.state().name().clone(), node.erased().type_name())).unzip();
        Refusal::Form { nodes: names, kind: kinds[0], required: form.requirement(), found }
    };
    match form {
        Form::Connected if parts.len() < 2 => Vec::new(),
        Form::Connected => {
            let found = format!("there is no path from `{}` to `{}`", parts[0][0], parts[1][0]);
            vec![refusal(&parts.concat(), found)]
        }
        Form::Clique => parts
            .iter()
            .filter_map(|part| {
                unlinked(&topology, part).map(|(a, b)| refusal(part, format!("`{a}` and `{b}` are not linked")))
            })
            .collect(),
        Form::Tree => parts
            .iter()
            .filter(|part| links_in(&topology, part) >= part.len())
            .map(|part| {
                refusal(part, format!("{} links between {} nodes make a circle", links_in(&topology, part), part.len()))
            })
            .collect(),
    }
}

fn topology_of(nodes: &[&AnyNode]) -> Topology {
    let mut topology = Topology::new(nodes.iter().map(|node| node.name()));
    let index: HashMap<_, _> = nodes.iter().enumerate().map(|(index, node)| (node.state().id(), index)).collect();
    for (own, node) in nodes.iter().enumerate() {
        let others =
            node.context().links().declared().into_iter().filter_map(|link| index.get(&link.other().id()).copied());
        for other in others.filter(|other| own < *other) {
            // Neither is out of bounds, and the two are not the same.
            let _ = topology.link(own, other);
        }
    }
    topology
}

fn links_in(topology: &Topology, part: &[&str]) -> usize {
    topology.links().filter(|link| part.contains(&link.a())).count()
}

/// Two nodes of the part without a link, if there are any.
fn unlinked<'a>(topology: &Topology, part: &[&'a str]) -> Option<(&'a str, &'a str)> {
    let is_linked = |a: &str, b: &str| topology.links().any(|link| [(a, b), (b, a)].contains(&(link.a(), link.b())));
    let pairs = part.iter().enumerate().flat_map(|(index, a)| part[index + 1..].iter().map(move |b| (*a, *b)));
    if links_in(topology, part) == part.len() * (part.len() - 1) / 2 {
        return None;
    }
    pairs.into_iter().find(|(a, b)| !is_linked(a, b))
}
