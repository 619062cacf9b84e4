//! The network of a declaration list whose numbers are all literals, and the checks of its conditions and requirements.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use cluster_topology::{Demand, Topology, index, member_name};

use crate::ast::Count;
use crate::code::code;
use crate::errors::Errors;
use crate::messages;
use crate::model::{Argument, Known, Link, Model, Part, Requirement, Step};
use crate::pattern::Pattern;

/// More links are left to the runtime: they would take too long in a compiler without optimisation.
const MOST_LINKS: usize = 1_000_000;
/// How many links the searches for one requirement may visit.
const MOST_STEPS: usize = 100_000_000;

/// Checks the requirements that can be checked here. The others stay in the model, for the runtime.
pub fn check_requirements(model: &mut Model, errors: &mut Errors) {
    if model.requirements.is_empty() || !errors.is_empty() {
        return;
    }
    let mut requirements = std::mem::take(&mut model.requirements);
    if let Some(network) = Network::new(model) {
        requirements.retain(|requirement| network.check(requirement, errors).is_none());
    }
    model.requirements = requirements;
}

/// A link has one value of each condition: `connect(a, b, latency = 1ms); ring(a, b, c, latency = 2ms)`. What is not
/// literal is left to the runtime.
pub fn check_conditions(model: &Model, errors: &mut Errors) {
    let is_literal = |condition: &&Argument| matches!(condition.value, Known::Literal(_));
    let links: Vec<&Link> = model.links.iter().filter(|link| link.conditions.iter().any(|c| is_literal(&c))).collect();
    if links.len() < 2 || !errors.is_empty() {
        return;
    }
    let Some(layout) = Layout::new(model) else { return };
    let mut first: HashMap<(usize, usize, &str), &Argument> = HashMap::new();
    for link in links {
        let pairs = layout.instances(link.parent).filter_map(|instance| layout.pairs(link, instance)).flatten();
        let each =
            pairs.flat_map(|(a, b)| link.conditions.iter().filter(is_literal).map(move |c| (a.min(b), a.max(b), c)));
        for (a, b, condition) in each.take(MOST_LINKS) {
            let given = *first.entry((a, b, condition.parameter.name)).or_insert(condition);
            if given.value != condition.value {
                let again = messages::second_condition(&layout.names[a], &layout.names[b], &code(&given.written));
                errors.report_both(&condition.written, &again, &given.written, &messages::first_given());
                break;
            }
        }
    }
}

pub struct Network<'m> {
    layout: Layout<'m>,
    topology: Topology,
    links: usize,
}

impl<'m> Network<'m> {
    /// `None` if a number in it is not a literal, or it is too large.
    pub fn new(model: &'m Model) -> Option<Network<'m>> {
        let layout = Layout::new(model)?;
        let mut network = Network { topology: Topology::new(&layout.names), layout, links: 0 };
        for link in &model.links {
            for instance in network.layout.instances(link.parent) {
                network.link(link, instance)?;
            }
        }
        Some(network)
    }

    #[cfg(test)]
    pub fn into_topology(self) -> Topology {
        self.topology
    }

    fn link(&mut self, link: &Link, instance: Instance) -> Option<()> {
        for (a, b) in self.layout.pairs(link, instance)? {
            self.links += 1;
            if self.links > MOST_LINKS {
                return None;
            }
            match link.pattern {
                Pattern::OneWay => self.topology.link_one_way(a, b).ok()?,
                _ => self.topology.link(a, b).ok()?,
            }
        }
        Some(())
    }

    /// `None` if the requirement is left to the runtime. One that does not hold is reported.
    fn check(&self, requirement: &Requirement, errors: &mut Errors) -> Option<()> {
        let number = match requirement.number {
            None => 0,
            Some(Known::Literal(number)) => usize::try_from(number).ok()?,
            Some(Known::RunTime(_)) => return None,
        };
        let nodes = self.layout.names.len();
        let searches = match requirement.demand {
            Demand::Connected | Demand::Degree(_) => 1,
            Demand::Diameter(_) => nodes,
            // One search finds all nodes without which others are apart; another failure takes one for each node.
            Demand::Survives => nodes.saturating_pow(u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX)),
        };
        if searches.saturating_mul(self.links) > MOST_STEPS {
            return None;
        }
        let parts: Vec<&Part> = requirement.parts.iter().collect();
        for instance in self.layout.instances(requirement.parent) {
            let members = self.layout.all_members(&parts, instance)?;
            let members: Vec<&str> = members.into_iter().flatten().map(|node| &*self.layout.names[node]).collect();
            let network = match requirement.demand {
                // Of links with nodes around the cluster too.
                Demand::Degree(_) => Cow::Borrowed(&self.topology),
                _ => self.subnetwork(instance),
            };
            if let Err(unmet) = network.require(requirement.demand.of(&members, number)) {
                let diameter = match requirement.demand {
                    Demand::Diameter(comparison) => network.diameter().map(|diameter| (comparison, diameter)),
                    _ => None,
                };
                errors.report(&requirement.written, messages::unmet(&unmet.to_string(), diameter));
                break;
            }
        }
        Some(())
    }

    /// The whole network, or one instance of a cluster by itself.
    fn subnetwork(&self, (cluster, number): Instance) -> Cow<'_, Topology> {
        let Some(cluster) = cluster else { return Cow::Borrowed(&self.topology) };
        let nodes = &self.layout.instances[cluster][number];
        let mut part = Topology::new(&self.layout.names[nodes.clone()]);
        for (a, b) in self.topology.links().map(|link| link.indices()) {
            if nodes.contains(&a) && nodes.contains(&b) {
                // Both are nodes of the part, and they differ.
                let _ = part.link(a - nodes.start, b - nodes.start);
            }
        }
        Cow::Owned(part)
    }
}

/// A cluster, or the whole network, and the number of one of its instances.
type Instance = (Option<usize>, usize);

/// The index of each node in the network.
struct Layout<'m> {
    model: &'m Model,
    /// By node.
    names: Vec<String>,
    /// By declaration, how many there are in each instance of the cluster around it.
    counts: Vec<usize>,
    /// By declaration, the nodes of each of its instances.
    instances: Vec<Vec<Range<usize>>>,
}

impl<'m> Layout<'m> {
    /// `None` if a count in it is not a literal, or it is too large.
    fn new(model: &'m Model) -> Option<Layout<'m>> {
        let counts = model.nodes.iter().map(|declaration| usize::try_from(declaration.count.literal()?).ok());
        let counts: Vec<usize> = counts.collect::<Option<_>>()?;
        let mut layout = Layout { model, names: Vec::new(), instances: vec![Vec::new(); counts.len()], counts };
        layout.create(None, "")?;
        Some(layout)
    }

    /// Creates the members of one instance of a cluster, whose name is in front of theirs.
    fn create(&mut self, cluster: Option<usize>, around: &str) -> Option<()> {
        for member in self.model.members(cluster) {
            let declaration = &self.model.nodes[member];
            for index in 0..self.counts[member] {
                let first = self.names.len();
                let name = match declaration.count {
                    Count::One => format!("{around}{}", declaration.text()),
                    _ => member_name(&format!("{around}{}", declaration.text()), index),
                };
                match declaration.is_cluster {
                    true => self.create(Some(member), &format!("{name}."))?,
                    false => self.names.push(name),
                }
                if self.names.len() > MOST_LINKS {
                    return None;
                }
                self.instances[member].push(first..self.names.len());
            }
        }
        Some(())
    }

    fn instances(&self, cluster: Option<usize>) -> impl Iterator<Item = Instance> + use<> {
        let count = cluster.map_or(1, |cluster| self.instances[cluster].len());
        (0..count).map(move |number| (cluster, number))
    }

    /// The nodes that a statement links. `None` if a number in it is not a literal.
    fn pairs(&self, link: &Link, instance: Instance) -> Option<impl Iterator<Item = (usize, usize)> + use<>> {
        let sides = link.sides().into_iter().map(|parts| self.all_members(&parts, instance));
        let sides: Vec<_> = sides.collect::<Option<_>>()?;
        let (first, second) = (sides.first()?.clone(), sides.last()?.clone());
        let count = first.len();
        let pairs: Box<dyn Iterator<Item = (usize, usize)>> = match link.pattern {
            Pattern::Clique => Box::new(index::clique(count)),
            Pattern::Ring => Box::new(index::ring(count)),
            Pattern::Line => Box::new(index::line(count)),
            Pattern::Star => Box::new(index::star(second.len())),
            Pattern::Connect | Pattern::OneWay => Box::new(index::connect(count, second.len())),
            // One without its seed, or with a seed that is drawn at run time, has no pairs here.
            _ => link.family()?.pairs(count).ok()?,
        };
        Some(pairs.flat_map(move |(a, b)| {
            let second = second[b].clone();
            first[a].clone().flat_map(move |a| second.clone().map(move |b| (a, b)))
        }))
    }

    /// The members that paths select, seen from an instance of the cluster around them: the nodes of each.
    fn all_members(&self, parts: &[&Part], instance: Instance) -> Option<Vec<Range<usize>>> {
        let members = parts.iter().map(|part| self.members(part, instance));
        members.collect::<Option<Vec<_>>>().map(|members| members.concat())
    }

    fn members(&self, part: &Part, (mut scope, mut number): Instance) -> Option<Vec<Range<usize>>> {
        // The path begins in the cluster of the statement, or in one around it.
        let outside = self.model.nodes[part.steps[0].node].parent;
        while let Some(cluster) = scope.filter(|_| scope != outside) {
            number /= self.counts[cluster];
            scope = self.model.nodes[cluster].parent;
        }
        let mut selected = vec![number];
        for Step { node, select, .. } in &part.steps {
            let (from, to) = select.indices()?;
            let (count, from) = (self.counts[*node], usize::try_from(from).ok()?);
            let to = to.map_or(Some(count), |to| usize::try_from(to).ok())?;
            selected =
                selected.into_iter().flat_map(|around| (from..to).map(move |index| around * count + index)).collect();
        }
        selected.into_iter().map(|number| self.instances[part.node()].get(number).cloned()).collect()
    }
}
